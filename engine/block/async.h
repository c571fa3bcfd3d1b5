// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

namespace engine::block {

/// A lazily started coroutine that yields one T. It runs on the thread that awaits it (a disk's
/// event loop, or the caller of runBlocking); nothing here is shared between threads.
/// Coroutines take their parameters by value, and each co_await stands in a statement of its own.
template <class T>
class [[nodiscard]] Async {
public:
    struct promise_type {
        std::optional<T> value;
        std::coroutine_handle<> continuation;

        Async get_return_object() { return Async(std::coroutine_handle<promise_type>::from_promise(*this)); }
        std::suspend_always initial_suspend() noexcept { return {}; }
        auto final_suspend() noexcept
        {
            struct Resume {
                bool await_ready() noexcept { return false; }
                std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> self) noexcept
                {
                    const auto next = self.promise().continuation;
                    return next ? next : std::noop_coroutine();
                }
                void await_resume() noexcept {}
            };
            return Resume{};
        }
        template <class U>
        void return_value(U&& result)
        {
            value.emplace(std::forward<U>(result));
        }
        [[noreturn]] void unhandled_exception() noexcept { std::terminate(); }
    };

    Async(Async&& other) noexcept : m_handle(std::exchange(other.m_handle, nullptr)) {}
    Async& operator=(Async&&) = delete;
    Async(const Async&) = delete;
    Async& operator=(const Async&) = delete;
    ~Async()
    {
        if (m_handle)
            m_handle.destroy();
    }

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting) noexcept
    {
        m_handle.promise().continuation = awaiting;
        return m_handle;
    }
    T await_resume() { return std::move(*m_handle.promise().value); }

    /// For runBlocking(): runs until the first suspension; the value when it got to the end.
    std::optional<T> runUntilSuspended()
    {
        m_handle.resume();
        return std::move(m_handle.promise().value);
    }

private:
    explicit Async(std::coroutine_handle<promise_type> handle) : m_handle(handle) {}
    std::coroutine_handle<promise_type> m_handle;
};

/// A coroutine that starts at once and owns itself.
struct Detached {
    struct promise_type {
        Detached get_return_object() noexcept { return {}; }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() noexcept {}
        [[noreturn]] void unhandled_exception() noexcept { std::terminate(); }
    };
};

/// Runs a coroutine whose I/O completes inside the call (BlockingEngine), so that it can't suspend.
template <class T>
T runBlocking(Async<T> work)
{
    std::optional<T> value = work.runUntilSuspended();
    if (!value)
        std::terminate(); // our bug: somebody waits for an event that nobody will deliver
    return std::move(*value);
}

} // namespace engine::block
