// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/state.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

namespace engine {

/// The two clocks that the RTC lives by: civil time moves its registers, machine time its periodic rate.
struct RtcInstant {
    std::chrono::nanoseconds civil;   ///< since 1970 UTC, as the host knows it
    std::chrono::nanoseconds machine; ///< DeviceClock::now()
};

/// The MC146818A real-time clock with 128 bytes of battery-backed memory, as a pure register model. The
/// civil time plus an offset is its time; setting the clock changes the offset.
///
/// Every call first catches up with the instant it is given. Years 1970 to 2115.
class Mc146818 {
public:
    static constexpr std::size_t CmosBytes = 128;
    static constexpr std::uint8_t RegisterA = 0x0a;
    static constexpr std::uint8_t RegisterB = 0x0b;
    static constexpr std::uint8_t RegisterC = 0x0c;
    static constexpr std::uint8_t RegisterD = 0x0d;
    static constexpr std::uint8_t FirstUserByte = 0x0e;
    static constexpr std::uint8_t ShutdownCode = 0x0f; ///< tells firmware why it was entered
    static constexpr std::uint8_t Century = 0x32;      ///< ICH9, by convention; see the FADT

    explicit Mc146818(RtcInstant now);

    [[nodiscard]] std::uint8_t read(std::uint8_t index, RtcInstant now);
    void write(std::uint8_t index, std::uint8_t value, RtcInstant now);

    /// A battery-backed byte (index FirstUserByte to 127, except Century), for the machine.
    void setByte(std::uint8_t index, std::uint8_t value);
    [[nodiscard]] std::uint8_t byte(std::uint8_t index) const { return m_bytes.at(index & 0x7f); }
    /// Difference between the guest's clock and UTC: a time zone, or a clock that is wrong on purpose.
    void setOffset(std::chrono::nanoseconds offset, RtcInstant now);
    [[nodiscard]] std::chrono::nanoseconds offset() const { return m_offset; }

    /// Raises the flags that are due.
    void advance(RtcInstant now);
    /// The machine time at which advance() could raise the interrupt next; nullopt: never by itself.
    [[nodiscard]] std::optional<std::chrono::nanoseconds> nextEvent(RtcInstant now) const;
    [[nodiscard]] bool interruptPending() const;

    /// The chip's reset pin: interrupts off, time and memory kept.
    void reset();
    void save(StateWriter& out) const;
    [[nodiscard]] static Result<Mc146818> restore(StateReader& in, RtcInstant now);

private:
    using Seconds = std::int64_t;

    [[nodiscard]] bool isRunning() const;
    [[nodiscard]] std::chrono::nanoseconds guestTime(RtcInstant now) const;
    [[nodiscard]] Seconds guestSecond(RtcInstant now) const;
    [[nodiscard]] bool updateIsNear(RtcInstant now) const;
    [[nodiscard]] std::optional<std::chrono::nanoseconds> period() const;
    [[nodiscard]] std::uint8_t encode(int value) const;
    [[nodiscard]] int decode(std::uint8_t raw) const;
    [[nodiscard]] std::uint8_t encodeHour(int hour) const;
    [[nodiscard]] int decodeHour(std::uint8_t raw) const;
    void timeToRegisters(Seconds time);
    [[nodiscard]] Seconds registersToTime() const;
    void takeTimeFromRegisters(RtcInstant now);
    [[nodiscard]] bool alarmMatches(Seconds time) const;
    void advanceUpdates(RtcInstant now);
    void advancePeriodic(RtcInstant now);
    void writeRegisterA(std::uint8_t value, RtcInstant now);
    void writeRegisterB(std::uint8_t value, RtcInstant now);
    void restartPeriodic(RtcInstant now);

    std::array<std::uint8_t, CmosBytes> m_bytes{};
    std::chrono::nanoseconds m_offset{0};
    Seconds m_lastSecond = 0;                           // the last update that has been accounted for
    std::chrono::nanoseconds m_stoppedFraction{0};      // part of a second, kept while the clock is set
    std::optional<std::chrono::nanoseconds> m_nextTick; // machine time of the next periodic flag
};

} // namespace engine
