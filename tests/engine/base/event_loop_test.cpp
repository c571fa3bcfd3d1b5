// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/event_loop.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <future>

namespace engine {
namespace {

using namespace std::chrono_literals;

std::unique_ptr<EventLoop> createLoop()
{
    return EventLoop::create("a rather long loop name").value();
}

TEST(EventLoop, RunsTasksInOrderOnItsNamedThread)
{
    const auto loop = createLoop();
    std::vector<int> order;
    for (int i = 0; i < 100; ++i)
        loop->post([&order, i] { order.push_back(i); });
    std::array<char, 16> name{};
    bool onLoop = false;
    loop->runAndWait([&] {
        onLoop = loop->isLoopThread();
        ::pthread_getname_np(::pthread_self(), name.data(), name.size());
    });
    EXPECT_TRUE(onLoop);
    EXPECT_FALSE(loop->isLoopThread());
    EXPECT_STREQ(name.data(), "a rather long l");
    EXPECT_EQ(order.size(), 100U);
    EXPECT_TRUE(std::ranges::is_sorted(order));
}

TEST(EventLoop, RunAndWaitOnTheLoopItselfRunsAtOnce)
{
    const auto loop = createLoop();
    bool ran = false;
    loop->runAndWait([&] { loop->runAndWait([&] { ran = true; }); });
    EXPECT_TRUE(ran);
}

TEST(EventLoop, DeferredWorkComesAfterWhatIsRunning)
{
    const auto loop = createLoop();
    std::vector<int> order;
    std::promise<void> done;
    loop->post([&] {
        loop->defer([&] {
            order.push_back(2);
            loop->defer([&] {
                order.push_back(3);
                done.set_value();
            });
        });
        order.push_back(1);
    });
    ASSERT_EQ(done.get_future().wait_for(30s), std::future_status::ready);
    EXPECT_EQ(order, (std::vector{1, 2, 3}));
}

TEST(EventLoop, TimersFireInOrderAndStoppedOnesDoNot)
{
    const auto loop = createLoop();
    std::vector<int> order;
    std::promise<void> done;
    loop->runAndWait([&] {
        const auto now = std::chrono::steady_clock::now();
        loop->startTimer(now + 20ms, [&] {
            order.push_back(2);
            done.set_value();
        });
        const auto stopped = loop->startTimer(now + 10ms, [&] { order.push_back(99); });
        loop->startTimer(now + 5ms, [&] { order.push_back(1); });
        loop->stopTimer(stopped);
        loop->stopTimer(12345);
    });
    ASSERT_EQ(done.get_future().wait_for(30s), std::future_status::ready);
    EXPECT_EQ(order, (std::vector{1, 2}));
}

TEST(EventLoop, WatchedDescriptorsCallBackUntilUnwatched)
{
    const auto loop = createLoop();
    const EventFd event = EventFd::create().value();
    std::atomic<int> calls = 0;
    std::promise<void> done;
    loop->runAndWait([&] {
        ASSERT_TRUE(loop->watch(event.fd(), EPOLLIN, [&](std::uint32_t events) {
            EXPECT_TRUE(events & EPOLLIN);
            event.drain();
            if (++calls == 1) {
                loop->unwatch(event.fd()); // inside its own callback
                done.set_value();
            }
        }));
        EXPECT_FALSE(loop->watch(event.fd(), EPOLLIN, [](std::uint32_t) {})) << "watched already";
        EXPECT_FALSE(loop->watch(-1, EPOLLIN, [](std::uint32_t) {}));
    });
    event.signal();
    ASSERT_EQ(done.get_future().wait_for(30s), std::future_status::ready);
    event.signal();
    loop->runAndWait([&] { loop->unwatch(event.fd()); }); // again: nothing happens
    EXPECT_EQ(calls, 1);
}

TEST(EventLoop, EndsWithTasksWaitingAndDestroysThem)
{
    const auto token = std::make_shared<int>(1);
    // They outlive the loop, whose thread may still be using them when its owner lets go.
    std::promise<void> started;
    std::promise<void> release;
    auto released = release.get_future();
    {
        const auto loop = createLoop();
        loop->post([&] {
            started.set_value();
            released.wait();
        });
        started.get_future().wait();
        for (int i = 0; i < 10; ++i)
            loop->post([token] { (void)token; });
        release.set_value();
    }
    EXPECT_EQ(token.use_count(), 1) << "run or destroyed, none is left";
}

TEST(EventFd, CountsToOneDrain)
{
    const EventFd event = EventFd::create().value();
    EXPECT_FALSE(event.drain());
    event.signal();
    event.signal();
    EXPECT_TRUE(event.drain());
    EXPECT_FALSE(event.drain());
}

} // namespace
} // namespace engine
