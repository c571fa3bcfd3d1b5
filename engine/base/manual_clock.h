// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"

#include <mutex>
#include <optional>
#include <vector>

namespace engine {

/// A clock that moves only when told to; for unit tests and the qtest server. Timer callbacks run
/// inside advance(), on the caller's thread, in order of their deadlines.
class ManualClock final : public DeviceClock {
public:
    /// Wall time starts at `epoch` and advances with the clock.
    explicit ManualClock(std::chrono::system_clock::time_point epoch = {}) : m_epoch(epoch) {}

    [[nodiscard]] std::chrono::nanoseconds now() const override;
    [[nodiscard]] std::chrono::system_clock::time_point wallTime() const override;
    [[nodiscard]] std::unique_ptr<Timer> createTimer(std::move_only_function<void()> callback) override;

    void advance(std::chrono::nanoseconds step) { advanceTo(now() + step); }
    /// Moves to `target` (never backwards), firing every timer on the way at its own deadline.
    void advanceTo(std::chrono::nanoseconds target);
    /// The deadline of the timer that fires next, nullopt when none is armed.
    [[nodiscard]] std::optional<std::chrono::nanoseconds> nextDeadline() const;

private:
    class ManualTimer;
    mutable std::mutex m_mutex;
    std::chrono::nanoseconds m_now{0};  // guarded by m_mutex
    std::vector<ManualTimer*> m_timers; // guarded by m_mutex
    const std::chrono::system_clock::time_point m_epoch;
};

} // namespace engine
