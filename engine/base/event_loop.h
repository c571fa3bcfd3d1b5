// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/event_fd.h"
#include "base/result.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace engine {

/// An epoll(7) loop on a thread of its own: the heart of the platform thread, of each disk and of
/// each network. What it watches and runs belongs to that thread; post() is the way in from others.
class EventLoop {
public:
    using Task = std::move_only_function<void()>;
    /// Receives the ready events (EPOLLIN ...).
    using FdCallback = std::move_only_function<void(std::uint32_t events)>;
    using TimerId = std::uint64_t;

    /// Starts the thread, named `threadName` (15 bytes are kept).
    [[nodiscard]] static Result<std::unique_ptr<EventLoop>> create(std::string threadName);
    /// Stops and joins. Tasks not yet started are destroyed unrun. Never from the loop's own thread.
    ~EventLoop();
    EventLoop(const EventLoop&) = delete;
    EventLoop& operator=(const EventLoop&) = delete;
    EventLoop(EventLoop&&) = delete;
    EventLoop& operator=(EventLoop&&) = delete;

    /// Any thread: runs `task` on the loop's thread, in order of posting.
    void post(Task task);
    /// Loop thread only: runs `task` once, after what the loop is doing now and before it sleeps
    /// again. For work that is cheaper in batches. Tasks that go on deferring tasks take turns with
    /// descriptors and timers.
    void defer(Task task) { m_deferred.push_back(std::move(task)); }
    /// Any other thread: runs `task` on the loop's thread and waits until it has run. On the loop's
    /// own thread it runs at once.
    void runAndWait(Task task);
    [[nodiscard]] bool isLoopThread() const { return std::this_thread::get_id() == m_thread.get_id(); }

    /// Loop thread only. `fd` stays the caller's and must be unwatched before it is closed.
    [[nodiscard]] Result<> watch(int fd, std::uint32_t events, FdCallback callback);
    [[nodiscard]] Result<> changeEvents(int fd, std::uint32_t events);
    void unwatch(int fd);

    /// Loop thread only. Runs `task` once at `deadline`.
    TimerId startTimer(std::chrono::steady_clock::time_point deadline, Task task);
    void stopTimer(TimerId id);

private:
    EventLoop(UniqueFd epoll, EventFd wake);
    void run(const std::stop_token& stop);
    [[nodiscard]] int waitMilliseconds() const;
    void runDueTimers();
    void runPosted();
    void runDeferred();

    struct Watch {
        int fd;
        FdCallback callback;
    };
    struct PendingTimer {
        TimerId id;
        Task task;
    };

    UniqueFd m_epoll;
    EventFd m_wake;
    std::mutex m_mutex;
    std::vector<Task> m_posted;                                                  // guarded by m_mutex
    std::vector<Task> m_deferred;                                                // loop thread only
    std::map<int, std::shared_ptr<Watch>> m_watches;                             // loop thread only
    std::multimap<std::chrono::steady_clock::time_point, PendingTimer> m_timers; // loop thread only
    TimerId m_nextTimerId = 1;                                                   // loop thread only
    std::jthread m_thread; // last member: starts last, joins first
};

} // namespace engine
