// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/chipset/mc146818.h"

#include <algorithm>

namespace engine {

namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

// Time and alarm bytes (MC146818A datasheet, table 2).
constexpr std::uint8_t SecondsIndex = 0x00;
constexpr std::uint8_t SecondsAlarm = 0x01;
constexpr std::uint8_t MinutesIndex = 0x02;
constexpr std::uint8_t MinutesAlarm = 0x03;
constexpr std::uint8_t HoursIndex = 0x04;
constexpr std::uint8_t HoursAlarm = 0x05;
constexpr std::uint8_t WeekdayIndex = 0x06;
constexpr std::uint8_t DayIndex = 0x07;
constexpr std::uint8_t MonthIndex = 0x08;
constexpr std::uint8_t YearIndex = 0x09;
// Register A
constexpr std::uint8_t UpdateInProgress = 1 << 7; // UIP
constexpr std::uint8_t DividerMask = 0x70;        // DV2-DV0
constexpr std::uint8_t DividerReset = 0x60;       // 11x: held in reset
constexpr std::uint8_t RateMask = 0x0f;           // RS3-RS0
// Register B
constexpr std::uint8_t SetMode = 1 << 7;          // SET
constexpr std::uint8_t PeriodicEnable = 1 << 6;   // PIE
constexpr std::uint8_t AlarmEnable = 1 << 5;      // AIE
constexpr std::uint8_t UpdateEndEnable = 1 << 4;  // UIE
constexpr std::uint8_t SquareWaveEnable = 1 << 3; // SQWE
constexpr std::uint8_t BinaryMode = 1 << 2;       // DM
constexpr std::uint8_t Hours24 = 1 << 1;          // 24/12
// Register C
constexpr std::uint8_t InterruptRequest = 1 << 7; // IRQF
constexpr std::uint8_t PeriodicFlag = 1 << 6;     // PF
constexpr std::uint8_t AlarmFlag = 1 << 5;        // AF
constexpr std::uint8_t UpdateEndFlag = 1 << 4;    // UF
constexpr std::uint8_t FlagMask = PeriodicFlag | AlarmFlag | UpdateEndFlag;
// Register D
constexpr std::uint8_t ValidRam = 1 << 7; // VRT
constexpr std::uint8_t AlarmDontCare = 0xc0;
constexpr std::uint8_t Afternoon = 0x80;

constexpr std::uint8_t DefaultA = 0x26;     // 32.768 kHz crystal, 1.024 kHz rate
constexpr nanoseconds UpdateLength = 244us; // UIP leads the update by this much (table 5)
constexpr std::int64_t SecondsPerDay = 86'400;
// Nanoseconds reach 292 years to either side of 1970. A guest's time takes half of that, so that its
// difference to the host's stays inside, too.
constexpr nanoseconds MaxTime = nanoseconds(INT64_MAX / 2);
constexpr nanoseconds MaxOffset = nanoseconds(INT64_MAX / 4 * 3);

std::int64_t floorSeconds(nanoseconds time)
{
    return std::chrono::floor<std::chrono::seconds>(time).count();
}

constexpr bool isTimeIndex(std::uint8_t index)
{
    return index == SecondsIndex || index == MinutesIndex || index == HoursIndex
           || (index >= WeekdayIndex && index <= YearIndex) || index == Mc146818::Century;
}

} // namespace

Mc146818::Mc146818(RtcInstant now)
{
    m_bytes[RegisterA] = DefaultA;
    m_bytes[RegisterB] = Hours24;
    m_bytes[RegisterD] = ValidRam;
    m_lastSecond = guestSecond(now);
}

bool Mc146818::isRunning() const
{
    return !(m_bytes[RegisterB] & SetMode) && (m_bytes[RegisterA] & DividerReset) != DividerReset;
}

nanoseconds Mc146818::guestTime(RtcInstant now) const
{
    return now.civil + m_offset;
}

Mc146818::Seconds Mc146818::guestSecond(RtcInstant now) const
{
    return floorSeconds(guestTime(now));
}

bool Mc146818::updateIsNear(RtcInstant now) const
{
    const nanoseconds fraction = guestTime(now) - std::chrono::seconds(guestSecond(now));
    return isRunning() && fraction >= 1s - UpdateLength;
}

std::uint8_t Mc146818::encode(int value) const
{
    const auto number = static_cast<unsigned>(value);
    return static_cast<std::uint8_t>(m_bytes[RegisterB] & BinaryMode ? number
                                                                     : (number / 10) << 4 | number % 10);
}

int Mc146818::decode(std::uint8_t raw) const
{
    return m_bytes[RegisterB] & BinaryMode ? raw : (raw >> 4) * 10 + (raw & 0x0f);
}

std::uint8_t Mc146818::encodeHour(int hour) const
{
    if (m_bytes[RegisterB] & Hours24)
        return encode(hour);
    const int hour12 = hour % 12 == 0 ? 12 : hour % 12;
    return static_cast<std::uint8_t>(encode(hour12) | (hour >= 12 ? Afternoon : 0));
}

int Mc146818::decodeHour(std::uint8_t raw) const
{
    if (m_bytes[RegisterB] & Hours24)
        return decode(raw);
    return decode(raw & 0x7f) % 12 + (raw & Afternoon ? 12 : 0);
}

void Mc146818::timeToRegisters(Seconds time)
{
    const auto point = std::chrono::sys_seconds(std::chrono::seconds(time));
    const auto day = std::chrono::floor<std::chrono::days>(point);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(point - day);
    m_bytes[SecondsIndex] = encode(static_cast<int>(clock.seconds().count()));
    m_bytes[MinutesIndex] = encode(static_cast<int>(clock.minutes().count()));
    m_bytes[HoursIndex] = encodeHour(static_cast<int>(clock.hours().count()));
    m_bytes[WeekdayIndex] = encode(static_cast<int>(std::chrono::weekday(day).c_encoding()) + 1);
    m_bytes[DayIndex] = encode(static_cast<int>(unsigned(date.day())));
    m_bytes[MonthIndex] = encode(static_cast<int>(unsigned(date.month())));
    const int year = std::clamp(int(date.year()), 0, 9999);
    m_bytes[YearIndex] = encode(year % 100);
    m_bytes[Century] = encode(year / 100);
}

Mc146818::Seconds Mc146818::registersToTime() const
{
    // Any byte is possible; values beyond a calendar's simply carry over into the next unit.
    const int months = decode(m_bytes[MonthIndex]) - 1;
    const int year =
        decode(m_bytes[Century]) * 100 + decode(m_bytes[YearIndex]) + (months < 0 ? -1 : months / 12);
    const auto month = static_cast<unsigned>((months + 12) % 12 + 1);
    const auto firstOfMonth = std::chrono::sys_days(std::chrono::year_month_day(
        std::chrono::year(std::clamp(year, 1970, 9999)), std::chrono::month(month), std::chrono::day(1)));
    const Seconds days = firstOfMonth.time_since_epoch().count() + decode(m_bytes[DayIndex]) - 1;
    return days * SecondsPerDay + decodeHour(m_bytes[HoursIndex]) * Seconds{3600}
           + decode(m_bytes[MinutesIndex]) * Seconds{60} + decode(m_bytes[SecondsIndex]);
}

void Mc146818::takeTimeFromRegisters(RtcInstant now)
{
    const Seconds limit = floorSeconds(MaxTime);
    const Seconds time = std::clamp(registersToTime(), -limit, limit);
    m_offset = std::chrono::seconds(time) + m_stoppedFraction - now.civil;
    m_lastSecond = guestSecond(now);
}

bool Mc146818::alarmMatches(Seconds time) const
{
    const auto matches = [](std::uint8_t raw, std::uint8_t expected) {
        return (raw & AlarmDontCare) == AlarmDontCare || raw == expected;
    };
    const Seconds second = ((time % SecondsPerDay) + SecondsPerDay) % SecondsPerDay;
    return matches(m_bytes[SecondsAlarm], encode(static_cast<int>(second % 60)))
           && matches(m_bytes[MinutesAlarm], encode(static_cast<int>(second / 60 % 60)))
           && matches(m_bytes[HoursAlarm], encodeHour(static_cast<int>(second / 3600)));
}

void Mc146818::advanceUpdates(RtcInstant now)
{
    const Seconds current = guestSecond(now);
    if (!isRunning() || current <= m_lastSecond) {
        m_lastSecond = std::min(m_lastSecond, current); // the host's clock may have been set back
        return;
    }
    m_bytes[RegisterC] |= UpdateEndFlag;
    // A day holds every alarm there is.
    for (Seconds time = std::max(m_lastSecond + 1, current - SecondsPerDay + 1);
         time <= current && !(m_bytes[RegisterC] & AlarmFlag); ++time)
        if (alarmMatches(time))
            m_bytes[RegisterC] |= AlarmFlag;
    m_lastSecond = current;
}

std::optional<nanoseconds> Mc146818::period() const
{
    // Reference machines let the periodic flag run only while its interrupt is enabled; firmware reads
    // register C and was recorded doing so, so we keep to that.
    unsigned rate = m_bytes[RegisterA] & RateMask;
    const unsigned divider = m_bytes[RegisterA] & DividerMask;
    if (rate == 0 || divider > 0x20 || !(m_bytes[RegisterB] & PeriodicEnable))
        return std::nullopt;
    if (rate <= 2) // rates 1 and 2 repeat 8 and 9 at 32.768 kHz (table 5)
        rate += 7;
    return nanoseconds((std::uint64_t{1} << (rate - 1)) * 1'000'000'000ULL / 32'768);
}

void Mc146818::restartPeriodic(RtcInstant now)
{
    const auto interval = period();
    m_nextTick.reset();
    if (interval)
        m_nextTick = now.machine + *interval;
}

void Mc146818::advancePeriodic(RtcInstant now)
{
    const auto interval = period();
    if (!interval || !m_nextTick || now.machine < *m_nextTick)
        return;
    m_bytes[RegisterC] |= PeriodicFlag;
    const auto missed = (now.machine - *m_nextTick) / *interval;
    *m_nextTick += (missed + 1) * *interval;
}

void Mc146818::advance(RtcInstant now)
{
    advanceUpdates(now);
    advancePeriodic(now);
}

bool Mc146818::interruptPending() const
{
    // PIE, AIE and UIE sit at the same places in B as PF, AF and UF in C.
    return (m_bytes[RegisterC] & m_bytes[RegisterB] & FlagMask) != 0;
}

std::optional<nanoseconds> Mc146818::nextEvent(RtcInstant now) const
{
    std::optional<nanoseconds> next;
    if (m_bytes[RegisterB] & ~m_bytes[RegisterC] & PeriodicEnable)
        next = m_nextTick;
    if (isRunning() && (m_bytes[RegisterB] & ~m_bytes[RegisterC] & (AlarmEnable | UpdateEndEnable))) {
        const nanoseconds untilUpdate = std::chrono::seconds(m_lastSecond + 1) - guestTime(now);
        const nanoseconds update = now.machine + untilUpdate;
        next = next ? std::min(*next, update) : update;
    }
    return next;
}

std::uint8_t Mc146818::read(std::uint8_t index, RtcInstant now)
{
    index &= 0x7f;
    advance(now);
    if (isTimeIndex(index)) {
        if (isRunning())
            timeToRegisters(guestSecond(now));
        return m_bytes[index];
    }
    switch (index) {
    case RegisterA:
        return static_cast<std::uint8_t>(m_bytes[RegisterA] | (updateIsNear(now) ? UpdateInProgress : 0));
    case RegisterC: {
        const auto flags =
            static_cast<std::uint8_t>(m_bytes[RegisterC] | (interruptPending() ? InterruptRequest : 0));
        m_bytes[RegisterC] = 0;
        return flags;
    }
    default: return m_bytes[index];
    }
}

void Mc146818::write(std::uint8_t index, std::uint8_t value, RtcInstant now)
{
    index &= 0x7f;
    advance(now);
    switch (index) {
    case RegisterA: writeRegisterA(value, now); return;
    case RegisterB: writeRegisterB(value, now); return;
    case RegisterC:
    case RegisterD: return; // read only
    default: break;
    }
    if (isTimeIndex(index) && isRunning()) {
        timeToRegisters(guestSecond(now));
        m_stoppedFraction = guestTime(now) - std::chrono::seconds(guestSecond(now));
        m_bytes[index] = value;
        takeTimeFromRegisters(now);
        return;
    }
    m_bytes[index] = value;
}

void Mc146818::writeRegisterA(std::uint8_t value, RtcInstant now)
{
    const bool wasRunning = isRunning();
    if (wasRunning)
        timeToRegisters(guestSecond(now));
    m_bytes[RegisterA] = value & ~UpdateInProgress;
    if (wasRunning != isRunning()) {
        // The first update comes half a second after the divider is released (datasheet, "Divider control").
        m_stoppedFraction = 500ms;
        if (isRunning())
            takeTimeFromRegisters(now);
    }
    restartPeriodic(now);
}

void Mc146818::writeRegisterB(std::uint8_t value, RtcInstant now)
{
    const bool wasRunning = isRunning();
    if (wasRunning) {
        timeToRegisters(guestSecond(now));
        m_stoppedFraction = guestTime(now) - std::chrono::seconds(guestSecond(now));
    }
    const bool wasPeriodic = (m_bytes[RegisterB] & PeriodicEnable) != 0;
    if (value & SetMode)
        value &= ~UpdateEndEnable; // SET clears UIE
    m_bytes[RegisterB] = value;
    if (!wasRunning && isRunning())
        takeTimeFromRegisters(now);
    if (wasPeriodic != ((value & PeriodicEnable) != 0))
        restartPeriodic(now);
}

void Mc146818::setByte(std::uint8_t index, std::uint8_t value)
{
    if (index >= FirstUserByte && index < CmosBytes && index != Century)
        m_bytes[index] = value;
}

void Mc146818::setOffset(nanoseconds offset, RtcInstant now)
{
    m_offset = std::clamp(offset, -MaxOffset, MaxOffset);
    m_lastSecond = guestSecond(now);
}

void Mc146818::reset()
{
    m_bytes[RegisterB] &=
        static_cast<std::uint8_t>(~(PeriodicEnable | AlarmEnable | UpdateEndEnable | SquareWaveEnable));
    m_bytes[RegisterC] = 0;
    m_bytes[ShutdownCode] = 0; // a full reset is a cold start for firmware
    m_nextTick.reset();
}

void Mc146818::save(StateWriter& out) const
{
    out.bytes(std::as_bytes(std::span(m_bytes)));
    out.integer(static_cast<std::uint64_t>(m_offset.count()));
    out.integer(static_cast<std::uint64_t>(m_lastSecond));
    out.integer(static_cast<std::uint64_t>(m_stoppedFraction.count()));
    out.boolean(m_nextTick.has_value());
    out.integer(static_cast<std::uint64_t>(m_nextTick.value_or(nanoseconds{0}).count()));
}

Result<Mc146818> Mc146818::restore(StateReader& in, RtcInstant now)
{
    Mc146818 rtc(now);
    in.bytes(std::as_writable_bytes(std::span(rtc.m_bytes)));
    const auto offset = static_cast<std::int64_t>(in.integer<std::uint64_t>());
    const auto lastSecond = static_cast<std::int64_t>(in.integer<std::uint64_t>());
    const auto fraction = static_cast<std::int64_t>(in.integer<std::uint64_t>());
    const bool ticking = in.boolean();
    const auto nextTick = static_cast<std::int64_t>(in.integer<std::uint64_t>());
    if (nanoseconds(offset) > MaxOffset || nanoseconds(offset) < -MaxOffset || fraction < 0
        || nanoseconds(fraction) >= 1s || nextTick < 0)
        return fail(ErrorCode::Corrupt, "the saved clock's values are out of range");
    rtc.m_bytes[RegisterA] &= static_cast<std::uint8_t>(~UpdateInProgress);
    rtc.m_bytes[RegisterC] &= FlagMask;
    rtc.m_bytes[RegisterD] = ValidRam;
    rtc.m_offset = nanoseconds(offset);
    rtc.m_stoppedFraction = nanoseconds(fraction);
    rtc.m_lastSecond = std::min(lastSecond, rtc.guestSecond(now));
    if (ticking && rtc.period())
        rtc.m_nextTick = nanoseconds(nextTick);
    return rtc;
}

} // namespace engine
