// SPDX-License-Identifier: GPL-3.0-or-later
#include "machine/platform_clock.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace engine {
namespace {

using namespace std::chrono_literals;

class PlatformClockTest : public testing::Test {
protected:
    /// False after a generous time, so that a loaded machine passes.
    template <class Condition>
    [[nodiscard]] static bool eventually(Condition condition)
    {
        for (const auto deadline = std::chrono::steady_clock::now() + 30s; !condition();
             std::this_thread::sleep_for(1ms))
            if (std::chrono::steady_clock::now() > deadline)
                return false;
        return true;
    }

    std::unique_ptr<EventLoop> m_loop = EventLoop::create("clock").value();
    PlatformClock m_clock{*m_loop};
};

TEST_F(PlatformClockTest, StandsStillUntilResumedAndWhilePaused)
{
    EXPECT_EQ(m_clock.now(), 0ns);
    std::this_thread::sleep_for(2ms);
    EXPECT_EQ(m_clock.now(), 0ns);
    m_clock.resume();
    m_clock.resume();
    EXPECT_TRUE(eventually([&] { return m_clock.now() > 1ms; }));
    m_clock.pause();
    m_clock.pause();
    const auto stopped = m_clock.now();
    std::this_thread::sleep_for(5ms);
    EXPECT_EQ(m_clock.now(), stopped);
    m_clock.resume();
    EXPECT_TRUE(eventually([&] { return m_clock.now() > stopped; }));
}

TEST_F(PlatformClockTest, TimersWaitForTheClockAndRunOnTheLoop)
{
    std::atomic<int> fired = 0;
    std::atomic<bool> onLoop = false;
    const auto timer = m_clock.createTimer([&] {
        onLoop = m_loop->isLoopThread();
        ++fired;
    });
    timer->arm(1ms);
    std::this_thread::sleep_for(10ms);
    EXPECT_EQ(fired, 0) << "the clock has not been started";
    m_clock.resume();
    EXPECT_TRUE(eventually([&] { return fired == 1; }));
    EXPECT_TRUE(onLoop);
    EXPECT_GE(m_clock.now(), 1ms);
    timer->arm(0ns); // passed already
    EXPECT_TRUE(eventually([&] { return fired == 2; }));
}

TEST_F(PlatformClockTest, CancelledAndPausedTimersDoNotFire)
{
    std::atomic<int> fired = 0;
    m_clock.resume();
    auto timer = m_clock.createTimer([&] { ++fired; });
    timer->arm(m_clock.now() + 1h);
    timer->cancel();
    timer->arm(m_clock.now() + 1h);
    m_clock.pause();
    timer->arm(m_clock.now());
    std::this_thread::sleep_for(10ms);
    EXPECT_EQ(fired, 0);
    m_clock.resume();
    EXPECT_TRUE(eventually([&] { return fired == 1; }));
    timer->arm(m_clock.now() + 5ms);
    timer.reset();
    std::this_thread::sleep_for(20ms);
    EXPECT_EQ(fired, 1) << "destroying cancels";
}

} // namespace
} // namespace engine
