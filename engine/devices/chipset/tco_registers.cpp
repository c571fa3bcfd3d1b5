// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/chipset/tco_registers.h"

namespace engine {

namespace {

constexpr std::uint64_t Reload = 0x00; // TCO_RLD: reads the count, any write restarts it
constexpr std::uint64_t ReloadHigh = 0x01;
constexpr std::uint64_t StatusFirst = 0x04; // TCO1_STS and TCO2_STS, write 1 to clear
constexpr std::uint64_t StatusLast = 0x07;
constexpr std::uint64_t TimerLow = 0x12; // TCO_TMR, 10 bits
constexpr std::uint64_t TimerHigh = 0x13;
constexpr std::uint8_t TimerHighMask = 0x03;

/// Offsets without a register read as zero.
constexpr bool isReserved(std::uint64_t offset)
{
    return offset == 0x0f || offset == 0x11 || offset > TimerHigh;
}

} // namespace

std::uint8_t TcoRegisters::read(std::uint64_t offset) const
{
    if (offset >= BlockBytes)
        return 0;
    if (offset == Reload) // the count stands at its start for ever
        return m_bytes[TimerLow];
    if (offset == ReloadHigh)
        return m_bytes[TimerHigh];
    return m_bytes[offset];
}

void TcoRegisters::write(std::uint64_t offset, std::uint8_t value)
{
    if (offset >= BlockBytes || offset == Reload || offset == ReloadHigh || isReserved(offset))
        return;
    if (offset >= StatusFirst && offset <= StatusLast)
        m_bytes[offset] &= static_cast<std::uint8_t>(~value);
    else
        m_bytes[offset] = offset == TimerHigh ? value & TimerHighMask : value;
}

} // namespace engine
