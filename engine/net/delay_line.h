// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/event_loop.h"

#include <deque>
#include <functional>
#include <random>
#include <span>
#include <vector>

namespace engine::net {

/// How much worse than it is a network shall be. All zero: as good as it is.
struct Shaping {
    std::uint64_t downBitsPerSecond = 0; ///< to the guest; 0: no limit
    std::uint64_t upBitsPerSecond = 0;
    std::uint32_t delayMilliseconds = 0; ///< added to a round trip; at most 10,000
    double lossPercent = 0;              ///< of the frames, each way; 0 to 100
    bool operator==(const Shaping&) const = default;
};

/// One direction of a slow, long or lossy wire. Frames keep their order; what does not fit on the wire
/// waits, in bounds. Loop thread only.
class DelayLine {
public:
    using Clock = std::chrono::steady_clock;
    struct Settings {
        std::uint64_t bitsPerSecond = 0;
        std::chrono::microseconds delay{0};
        double lossPercent = 0;
    };

    /// `deliver` gets each frame at its time; `drained` is told when congestion has ended.
    DelayLine(EventLoop& loop, std::function<void(std::span<const std::byte>)> deliver,
              std::function<void()> drained);
    ~DelayLine();
    DelayLine(const DelayLine&) = delete;
    DelayLine& operator=(const DelayLine&) = delete;
    DelayLine(DelayLine&&) = delete;
    DelayLine& operator=(DelayLine&&) = delete;

    void configure(const Settings& settings);
    void push(std::span<const std::byte> frame);
    /// So much waits for the wire that a sender should wait, too.
    [[nodiscard]] bool isCongested() const;
    /// Lost on purpose, or for want of room.
    [[nodiscard]] std::uint64_t dropped() const { return m_dropped; }
    void clear();

private:
    struct Waiting {
        Clock::time_point due;
        std::vector<std::byte> frame;
    };
    [[nodiscard]] bool isPlain() const
    {
        return m_settings.bitsPerSecond == 0 && m_settings.delay.count() == 0 && m_settings.lossPercent <= 0;
    }
    void arm();
    void release();

    EventLoop& m_loop;
    const std::function<void(std::span<const std::byte>)> m_deliver;
    const std::function<void()> m_drained;
    Settings m_settings;
    std::deque<Waiting> m_waiting;
    std::size_t m_waitingBytes = 0;
    Clock::time_point m_wireFree;
    EventLoop::TimerId m_timer = 0;
    std::minstd_rand m_random{std::random_device{}()};
    std::uint64_t m_dropped = 0;
};

} // namespace engine::net
