// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "block/async.h"
#include "devices/storage/block_backend.h"

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>

namespace engine::block {

/// Mutual exclusion between the coroutines of one thread, first come first served.
class AsyncMutex {
public:
    class Guard {
    public:
        explicit Guard(AsyncMutex& mutex) : m_mutex(&mutex) {}
        Guard(Guard&& other) noexcept : m_mutex(std::exchange(other.m_mutex, nullptr)) {}
        Guard& operator=(Guard&&) = delete;
        Guard(const Guard&) = delete;
        Guard& operator=(const Guard&) = delete;
        ~Guard()
        {
            if (m_mutex)
                m_mutex->unlock();
        }

    private:
        AsyncMutex* m_mutex;
    };

    /// `const auto guard = co_await mutex.lock();`
    auto lock()
    {
        struct Awaiter {
            AsyncMutex& mutex;
            bool await_ready() const noexcept { return !std::exchange(mutex.m_locked, true); }
            void await_suspend(std::coroutine_handle<> waiter) { mutex.m_waiters.push_back(waiter); }
            Guard await_resume() noexcept { return Guard(mutex); }
        };
        return Awaiter{*this};
    }

private:
    void unlock()
    {
        if (m_waiters.empty()) {
            m_locked = false;
            return;
        }
        const auto next = m_waiters.front();
        m_waiters.pop_front();
        next.resume(); // the lock passes on
    }

    bool m_locked = false;
    std::deque<std::coroutine_handle<>> m_waiters;
};

/// Exclusive use of ranges of guest clusters: who allocates, discards or zeroes them holds them.
class RangeLock {
public:
    class Guard {
    public:
        Guard(RangeLock& lock, std::uint64_t first, std::uint64_t last);
        Guard(const Guard&) = delete;
        Guard& operator=(const Guard&) = delete;
        Guard(Guard&&) = delete;
        Guard& operator=(Guard&&) = delete;
        ~Guard();

    private:
        friend class RangeLock;
        RangeLock& m_lock;
        std::list<std::pair<std::uint64_t, std::uint64_t>>::iterator m_range;
    };

    [[nodiscard]] bool isHeld(std::uint64_t first, std::uint64_t last) const;
    /// Waits until somebody releases a range: then look again. Guards are constructed once
    /// isHeld() is false, without an await in between.
    auto waitForRelease()
    {
        struct Awaiter {
            RangeLock& lock;
            bool await_ready() const noexcept { return false; }
            void await_suspend(std::coroutine_handle<> waiter) { lock.m_waiters.push_back(waiter); }
            void await_resume() noexcept {}
        };
        return Awaiter{*this};
    }

private:
    std::list<std::pair<std::uint64_t, std::uint64_t>> m_held; // [first, last], inclusive
    std::deque<std::coroutine_handle<>> m_waiters;
};

/// Runs several coroutines at once and waits for all; the first failure is the result.
class AsyncGroup {
public:
    void start(Async<BlockStatus> work);
    auto wait()
    {
        struct Awaiter {
            AsyncGroup& group;
            bool await_ready() const noexcept { return group.m_running == 0; }
            void await_suspend(std::coroutine_handle<> waiter) { group.m_waiter = waiter; }
            BlockStatus await_resume() const noexcept { return group.m_status; }
        };
        return Awaiter{*this};
    }
    [[nodiscard]] bool isEmpty() const { return m_running == 0; }
    [[nodiscard]] BlockStatus status() const { return m_status; }

private:
    Detached run(Async<BlockStatus> work);

    unsigned m_running = 0;
    BlockStatus m_status = BlockStatus::Ok;
    std::coroutine_handle<> m_waiter;
};

} // namespace engine::block
