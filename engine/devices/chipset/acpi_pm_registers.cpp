// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/chipset/acpi_pm_registers.h"

namespace engine {

namespace {

// Offsets from PMBASE (ICH9 datasheet, table 13-11; ACPI 6.4, 4.8.3 and 4.8.4).
constexpr std::uint64_t Pm1Status = 0x00;  // PM1_STS, 2 bytes, write 1 to clear
constexpr std::uint64_t Pm1Enable = 0x02;  // PM1_EN, 2 bytes
constexpr std::uint64_t Pm1Control = 0x04; // PM1_CNT, 4 bytes, the high half reserved
constexpr std::uint64_t Pm1End = 0x08;
constexpr std::uint64_t Gpe0Status = 0x20; // GPE0_STS, 8 bytes, write 1 to clear
constexpr std::uint64_t Gpe0Enable = 0x28; // GPE0_EN, 8 bytes
constexpr std::uint64_t SmiEnable = 0x30;  // SMI_EN, 4 bytes
constexpr std::uint64_t SmiStatus = 0x34;  // SMI_STS, 4 bytes, write 1 to clear
constexpr std::uint64_t SmiEnd = 0x38;
constexpr std::uint64_t TcoBlock = 0x60;

constexpr std::uint16_t Pm1StatusMask = 0xcf31; // events, BM_STS, PCIEXPWAK_STS, WAK_STS
constexpr std::uint16_t Pm1EnableMask = 0x4721;
constexpr std::uint16_t ControlKept = 0x1c02; // SLP_TYP, BM_RLD
constexpr std::uint16_t SciEnable = 1 << 0;
constexpr std::uint8_t GlobalRelease = 1 << 2;   // GBL_RLS
constexpr std::uint8_t SleepEnableHigh = 1 << 5; // SLP_EN, bit 13
constexpr std::uint16_t SciCauses = 0x0721;      // TMR, GBL, PWRBTN, SLPBTN, RTC
constexpr std::uint8_t UnclaimedByte = 0xff;
constexpr std::uint64_t HalfPeriodMask = 0xffff'ffff; // 318 years

template <class T>
std::uint8_t byteOf(T value, std::uint64_t index)
{
    return static_cast<std::uint8_t>(value >> (8 * index));
}

template <class T>
T withByte(T value, std::uint64_t index, std::uint8_t byte)
{
    const unsigned shift = static_cast<unsigned>(8 * index);
    return static_cast<T>((value & ~(T{0xff} << shift)) | static_cast<T>(static_cast<T>(byte) << shift));
}

template <class T>
T clearedByOnes(T value, std::uint64_t index, std::uint8_t ones)
{
    return static_cast<T>(value & ~static_cast<T>(static_cast<T>(ones) << (8 * index)));
}

/// TMR_STS follows bit 23 of the count.
std::uint64_t halfPeriods(std::chrono::nanoseconds now)
{
    return PmTimer::ticks(now) >> 23;
}

} // namespace

std::uint64_t PmTimer::ticks(std::chrono::nanoseconds now)
{
    const auto nanos = static_cast<std::uint64_t>(now.count());
    constexpr std::uint64_t PerSecond = 1'000'000'000;
    // Whole seconds apart, so that no product overflows.
    return nanos / PerSecond * FrequencyHz + nanos % PerSecond * FrequencyHz / PerSecond;
}

std::chrono::nanoseconds PmTimer::timeOf(std::uint64_t tick)
{
    constexpr std::uint64_t PerSecond = 1'000'000'000;
    const std::uint64_t rest = tick % FrequencyHz * PerSecond;
    const std::uint64_t nanos = tick / FrequencyHz * PerSecond + (rest + FrequencyHz - 1) / FrequencyHz;
    return std::chrono::nanoseconds(nanos);
}

std::uint8_t AcpiPmRegisters::read(std::uint64_t offset, std::chrono::nanoseconds now)
{
    if (offset < Pm1Enable) {
        advance(now);
        return byteOf(m_status, offset - Pm1Status);
    }
    if (offset < Pm1Control)
        return byteOf(m_enable, offset - Pm1Enable);
    if (offset < Pm1End)
        return byteOf(std::uint32_t{m_control} | (m_sciEnabled ? SciEnable : 0U), offset - Pm1Control);
    if (offset >= TimerOffset && offset < TimerOffset + TimerBytes)
        return byteOf(static_cast<std::uint32_t>(PmTimer::ticks(now)) & PmTimer::Mask, offset - TimerOffset);
    if (offset >= Gpe0Status && offset < Gpe0Enable)
        return byteOf(m_gpeStatus, offset - Gpe0Status);
    if (offset >= Gpe0Enable && offset < SmiEnable)
        return byteOf(m_gpeEnable, offset - Gpe0Enable);
    if (offset >= SmiEnable && offset < SmiStatus)
        return byteOf(m_smiEnable, offset - SmiEnable);
    if (offset >= SmiStatus && offset < SmiEnd)
        return byteOf(m_smiStatus, offset - SmiStatus);
    if (offset >= TcoBlock && offset < TcoBlock + TcoRegisters::BlockBytes)
        return m_tco.read(offset - TcoBlock);
    return UnclaimedByte; // processor control and other parts that this machine lacks
}

std::optional<SleepState> AcpiPmRegisters::write(std::uint64_t offset, std::uint8_t value,
                                                 std::chrono::nanoseconds now)
{
    if (offset < Pm1Enable) {
        advance(now);
        m_status = clearedByOnes(m_status, offset - Pm1Status, value);
    } else if (offset < Pm1Control) {
        m_enable = withByte(m_enable, offset - Pm1Enable, value) & Pm1EnableMask;
    } else if (offset < Pm1End) {
        return writeControl(offset - Pm1Control, value);
    } else if (offset >= Gpe0Status && offset < Gpe0Enable) {
        m_gpeStatus = clearedByOnes(m_gpeStatus, offset - Gpe0Status, value);
    } else if (offset >= Gpe0Enable && offset < SmiEnable) {
        m_gpeEnable = withByte(m_gpeEnable, offset - Gpe0Enable, value);
    } else if (offset >= SmiEnable && offset < SmiStatus) {
        m_smiEnable = withByte(m_smiEnable, offset - SmiEnable, value);
    } else if (offset >= SmiStatus && offset < SmiEnd) {
        m_smiStatus = clearedByOnes(m_smiStatus, offset - SmiStatus, value);
    } else if (offset >= TcoBlock && offset < TcoBlock + TcoRegisters::BlockBytes) {
        m_tco.write(offset - TcoBlock, value);
    }
    return std::nullopt;
}

std::optional<SleepState> AcpiPmRegisters::writeControl(std::uint64_t offset, std::uint8_t value)
{
    if (offset >= sizeof m_control)
        return std::nullopt;
    // SCI_EN is firmware's: the operating system changes it through the SMI command port (ACPI 4.8.2.5).
    m_control = withByte(m_control, offset, value) & ControlKept;
    if (offset == 0 && (value & GlobalRelease))
        m_smiStatus |= 1 << 2; // BIOS_STS; no SMM code will ever look
    if (offset == 1 && (value & SleepEnableHigh))
        return sleepState();
    return std::nullopt;
}

SleepState AcpiPmRegisters::sleepState() const
{
    const std::uint8_t type = lastSleepType();
    if (type == m_types.s5)
        return SleepState::S5;
    if (type == m_types.s4)
        return SleepState::S4;
    return type == m_types.s3 ? SleepState::S3 : SleepState::S1;
}

void AcpiPmRegisters::advance(std::chrono::nanoseconds now)
{
    const std::uint64_t current = halfPeriods(now);
    if (current != m_lastHalfPeriod)
        raise(Event::Timer);
    m_lastHalfPeriod = current;
}

bool AcpiPmRegisters::sciLevel() const
{
    return m_sciEnabled && ((m_status & m_enable & SciCauses) != 0 || (m_gpeStatus & m_gpeEnable) != 0);
}

std::optional<std::chrono::nanoseconds> AcpiPmRegisters::nextEvent() const
{
    const auto timer = static_cast<std::uint16_t>(Event::Timer);
    if (!m_sciEnabled || !(m_enable & timer) || (m_status & timer))
        return std::nullopt;
    return PmTimer::timeOf((m_lastHalfPeriod + 1) << 23);
}

void AcpiPmRegisters::reset(std::chrono::nanoseconds now)
{
    *this = AcpiPmRegisters(m_types);
    m_lastHalfPeriod = halfPeriods(now);
}

void AcpiPmRegisters::save(StateWriter& out) const
{
    out.integer(m_status);
    out.integer(m_enable);
    out.integer(m_control);
    out.boolean(m_sciEnabled);
    out.integer(m_gpeStatus);
    out.integer(m_gpeEnable);
    out.integer(m_smiEnable);
    out.integer(m_smiStatus);
    out.integer(m_lastHalfPeriod);
    out.bytes(std::as_bytes(m_tco.bytes()));
}

Result<AcpiPmRegisters> AcpiPmRegisters::restore(StateReader& in, SleepTypes types)
{
    AcpiPmRegisters pm(types);
    pm.m_status = in.integer<std::uint16_t>() & Pm1StatusMask;
    pm.m_enable = in.integer<std::uint16_t>() & Pm1EnableMask;
    pm.m_control = in.integer<std::uint16_t>() & ControlKept;
    pm.m_sciEnabled = in.boolean();
    pm.m_gpeStatus = in.integer<std::uint64_t>();
    pm.m_gpeEnable = in.integer<std::uint64_t>();
    pm.m_smiEnable = in.integer<std::uint32_t>();
    pm.m_smiStatus = in.integer<std::uint32_t>();
    pm.m_lastHalfPeriod = in.integer<std::uint64_t>() & HalfPeriodMask;
    in.bytes(std::as_writable_bytes(pm.m_tco.bytes()));
    VM_TRY(in.finish());
    return pm;
}

} // namespace engine
