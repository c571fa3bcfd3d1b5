// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/event_loop.h"

#include "base/thread.h"

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <condition_variable>

namespace engine {

namespace {

Result<> control(int epoll, int operation, int fd, std::uint32_t events)
{
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    if (::epoll_ctl(epoll, operation, fd, &event) != 0)
        return failSystem("epoll_ctl");
    return {};
}

} // namespace

Result<std::unique_ptr<EventLoop>> EventLoop::create(std::string threadName)
{
    UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
    if (!epoll)
        return failSystem("cannot create an epoll descriptor");
    EventFd wake = VM_TRY(EventFd::create());
    VM_TRY(control(epoll.get(), EPOLL_CTL_ADD, wake.fd(), EPOLLIN));
    std::unique_ptr<EventLoop> loop(new EventLoop(std::move(epoll), std::move(wake)));
    loop->m_thread =
        std::jthread([raw = loop.get(), name = std::move(threadName)](const std::stop_token& stop) {
            setThreadName(name);
            raw->run(stop);
        });
    return loop;
}

EventLoop::EventLoop(UniqueFd epoll, EventFd wake) : m_epoll(std::move(epoll)), m_wake(std::move(wake)) {}

EventLoop::~EventLoop()
{
    m_thread.request_stop();
    m_wake.signal();
    if (m_thread.joinable())
        m_thread.join();
}

void EventLoop::post(Task task)
{
    {
        std::scoped_lock lock(m_mutex);
        m_posted.push_back(std::move(task));
    }
    m_wake.signal();
}

void EventLoop::runAndWait(Task task)
{
    if (isLoopThread()) {
        task();
        return;
    }
    std::mutex doneMutex;
    std::condition_variable doneSignal;
    bool done = false;
    post([&] {
        task();
        // Notify under the lock: the waiter owns these objects and may leave as soon as it can lock.
        std::scoped_lock lock(doneMutex);
        done = true;
        doneSignal.notify_one();
    });
    std::unique_lock lock(doneMutex);
    doneSignal.wait(lock, [&] { return done; });
}

Result<> EventLoop::watch(int fd, std::uint32_t events, FdCallback callback)
{
    VM_TRY(control(m_epoll.get(), EPOLL_CTL_ADD, fd, events));
    m_watches[fd] = std::make_shared<Watch>(fd, std::move(callback));
    return {};
}

Result<> EventLoop::changeEvents(int fd, std::uint32_t events)
{
    return control(m_epoll.get(), EPOLL_CTL_MOD, fd, events);
}

void EventLoop::unwatch(int fd)
{
    if (m_watches.erase(fd) != 0)
        (void)control(m_epoll.get(), EPOLL_CTL_DEL, fd, 0);
}

EventLoop::TimerId EventLoop::startTimer(std::chrono::steady_clock::time_point deadline, Task task)
{
    const TimerId id = m_nextTimerId++;
    m_timers.emplace(deadline, PendingTimer{.id = id, .task = std::move(task)});
    return id;
}

void EventLoop::stopTimer(TimerId id)
{
    std::erase_if(m_timers, [id](const auto& entry) { return entry.second.id == id; });
}

int EventLoop::waitMilliseconds() const
{
    if (!m_deferred.empty())
        return 0;
    if (m_timers.empty())
        return -1;
    const auto left = m_timers.begin()->first - std::chrono::steady_clock::now();
    // Rounded up, so that the loop does not spin through the last fraction of a millisecond.
    const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(left).count();
    constexpr std::int64_t Longest = 60'000;
    return static_cast<int>(std::clamp<std::int64_t>(milliseconds, 0, Longest));
}

void EventLoop::runDueTimers()
{
    const auto now = std::chrono::steady_clock::now();
    while (!m_timers.empty() && m_timers.begin()->first <= now) {
        auto node = m_timers.extract(m_timers.begin());
        node.mapped().task();
    }
}

void EventLoop::runPosted()
{
    std::vector<Task> tasks;
    {
        std::scoped_lock lock(m_mutex);
        tasks.swap(m_posted);
    }
    for (Task& task : tasks)
        task();
}

void EventLoop::runDeferred()
{
    constexpr int RoundsPerTurn = 16;
    for (int round = 0; round < RoundsPerTurn && !m_deferred.empty(); ++round) {
        std::vector<Task> tasks;
        tasks.swap(m_deferred);
        for (Task& task : tasks)
            task();
    }
}

void EventLoop::run(const std::stop_token& stop)
{
    std::array<epoll_event, 32> ready{};
    while (!stop.stop_requested()) {
        const int count =
            ::epoll_wait(m_epoll.get(), ready.data(), static_cast<int>(ready.size()), waitMilliseconds());
        for (int i = 0; i < count; ++i) {
            const auto& event = ready[static_cast<std::size_t>(i)];
            if (event.data.fd == m_wake.fd()) {
                m_wake.drain();
                continue;
            }
            // A callback may unwatch itself or others: keep the object alive, look it up each time.
            if (const auto it = m_watches.find(event.data.fd); it != m_watches.end()) {
                const std::shared_ptr<Watch> watch = it->second;
                watch->callback(event.events);
            }
        }
        runPosted();
        runDueTimers();
        runDeferred();
    }
}

} // namespace engine
