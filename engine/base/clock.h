// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <functional>
#include <memory>

namespace engine {

/// A one-shot timer of a DeviceClock. Destroying it cancels it: afterwards its callback neither
/// starts nor runs. Do not destroy it or wait for it while holding a lock that the callback takes.
class Timer {
public:
    virtual ~Timer() = default;
    /// Fires once when the clock reaches `deadline` (at once if it has passed). Replaces an
    /// earlier deadline. Any thread.
    virtual void arm(std::chrono::nanoseconds deadline) = 0;
    /// Forgets the deadline. A callback that is running already still finishes. Any thread.
    virtual void cancel() = 0;
};

/// Time as the guest's devices see it. The product's implementation runs callbacks on the VM's
/// platform thread and stands still while the VM is paused; ManualClock (tests, qtest) moves only
/// when told to. Any thread may call; callbacks come on one thread and without any lock held.
class DeviceClock {
public:
    virtual ~DeviceClock() = default;
    /// Nanoseconds since the machine was created, not counting pauses.
    [[nodiscard]] virtual std::chrono::nanoseconds now() const = 0;
    /// The host's civil time (UTC), for the RTC.
    [[nodiscard]] virtual std::chrono::system_clock::time_point wallTime() const = 0;
    [[nodiscard]] virtual std::unique_ptr<Timer> createTimer(std::move_only_function<void()> callback) = 0;
};

} // namespace engine
