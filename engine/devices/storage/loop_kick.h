// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/event_loop.h"

#include <atomic>
#include <functional>

namespace engine {

/// "There is work": runs a function on an event loop, once for any number of kicks that arrive
/// before it starts, so that a guest hammering a doorbell costs one task at a time. The owner
/// must run everything posted (EventLoop::runAndWait) before it destroys this object.
class LoopKick {
public:
    /// `loop` must outlive this object. `work` runs on its thread.
    LoopKick(EventLoop& loop, std::function<void()> work) : m_loop(loop), m_work(std::move(work)) {}

    /// Any thread.
    void kick()
    {
        if (m_pending.exchange(true, std::memory_order_acq_rel))
            return;
        m_loop.post([this] {
            m_pending.store(false, std::memory_order_release);
            m_work();
        });
    }

    /// Any thread: a kick has arrived whose work has not begun.
    [[nodiscard]] bool isPending() const { return m_pending.load(std::memory_order_acquire); }

private:
    EventLoop& m_loop;
    std::function<void()> m_work;
    std::atomic<bool> m_pending = false;
};

} // namespace engine
