// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/event_fd.h"
#include "block/direct_path.h"
#include "block/io_engine.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace engine::block {

/// Performs operations on a few threads and reports them to the loop through an eventfd. For
/// kernels and sandboxes without io_uring.
class ThreadPoolEngine final : public IoEngine {
public:
    static constexpr unsigned MaxThreads = 8;

    [[nodiscard]] static Result<std::unique_ptr<ThreadPoolEngine>> create(EventLoop& loop);
    ThreadPoolEngine(const ThreadPoolEngine&) = delete;
    ThreadPoolEngine& operator=(const ThreadPoolEngine&) = delete;
    ThreadPoolEngine(ThreadPoolEngine&&) = delete;
    ThreadPoolEngine& operator=(ThreadPoolEngine&&) = delete;
    ~ThreadPoolEngine() override;

    bool submit(IoOperation& operation) override;
    void cancelAll() override;
    void drain() override;
    [[nodiscard]] unsigned inFlight() const override { return m_inFlight; }
    [[nodiscard]] const char* name() const override { return "threads"; }

private:
    ThreadPoolEngine(EventLoop& loop, EventFd completed) : m_loop(loop), m_completed(std::move(completed)) {}
    void work(const std::stop_token& stop);
    void deliver();

    EventLoop& m_loop;
    EventFd m_completed;
    unsigned m_inFlight = 0; // loop thread only
    DirectPath m_direct;     // loop thread only
    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    std::condition_variable m_doneSignal;
    std::deque<IoOperation*> m_queue;    // guarded by m_mutex
    std::vector<IoOperation*> m_done;    // guarded by m_mutex
    unsigned m_idle = 0;                 // guarded by m_mutex
    std::vector<std::jthread> m_threads; // last member: joins first; grown on the loop thread
};

} // namespace engine::block
