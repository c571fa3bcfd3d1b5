// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "base/event_loop.h"

#include <memory>
#include <mutex>
#include <vector>

namespace engine {

/// The DeviceClock of a running machine: the host's monotonic clock less the time spent paused.
/// Timer callbacks run on the platform thread. Starts paused.
class PlatformClock final : public DeviceClock {
public:
    /// `loop` is the platform thread's and outlives the clock.
    explicit PlatformClock(EventLoop& loop);
    ~PlatformClock() override;
    PlatformClock(const PlatformClock&) = delete;
    PlatformClock& operator=(const PlatformClock&) = delete;
    PlatformClock(PlatformClock&&) = delete;
    PlatformClock& operator=(PlatformClock&&) = delete;

    [[nodiscard]] std::chrono::nanoseconds now() const override;
    [[nodiscard]] std::chrono::system_clock::time_point wallTime() const override;
    [[nodiscard]] std::unique_ptr<Timer> createTimer(std::move_only_function<void()> callback) override;

    /// Any thread. While paused the time stands still and no timer fires. Repeated calls do nothing.
    void pause();
    void resume();

private:
    struct TimerState;
    class PlatformTimer;
    struct Shared;
    std::shared_ptr<Shared> m_shared;
};

} // namespace engine
