// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/network/e1000e/phy.h"

namespace engine::e1000e {

namespace {

constexpr unsigned Control = 0;
constexpr unsigned Status = 1;
constexpr unsigned Identifier1 = 2;
constexpr unsigned Identifier2 = 3;
constexpr unsigned Advertisement = 4;
constexpr unsigned PartnerAbility = 5;
constexpr unsigned Expansion = 6;
constexpr unsigned NextPage = 7;
constexpr unsigned GigabitControl = 9;
constexpr unsigned GigabitStatus = 10;
constexpr unsigned ExtendedStatus = 15;
constexpr unsigned SpecificControl = 16;
constexpr unsigned SpecificStatus = 17; // speed and duplex as resolved
constexpr unsigned PageSelect = 22;

constexpr std::uint16_t ControlReset = 1 << 15;
constexpr std::uint16_t ControlRestart = 1 << 9;
constexpr std::uint16_t StatusNegotiated = 1 << 5;
constexpr std::uint16_t StatusLink = 1 << 2;
constexpr std::uint16_t SpecificLink = 1 << 10 | 1 << 3; // copper, and any
/// The registers that software may set; of the others it can only read.
constexpr std::uint32_t Writable = 1U << Control | 1U << Advertisement | 1U << NextPage | 1U << GigabitControl
                                   | 1U << SpecificControl | 1U << 18 | 1U << 20 | 1U << PageSelect | 1U << 25
                                   | 1U << 26 | 1U << 29 | 1U << 30;

} // namespace

void Phy::reset()
{
    m_values = {};
    m_values[Control] = 0x1140; // negotiation on, full duplex, 1000 Mbit/s
    m_values[Advertisement] = 0x0de1;
    m_values[NextPage] = 0x2001;
    m_values[GigabitControl] = 0x0f00;
    m_values[SpecificControl] = 0x3360;
}

std::uint16_t Phy::read(unsigned number) const
{
    const unsigned index = number % m_values.size();
    if (index != PageSelect && m_values[PageSelect] != 0)
        return 0;
    switch (index) {
    case Status: return static_cast<std::uint16_t>(0x7949 | (m_linkUp ? StatusNegotiated | StatusLink : 0));
    case Identifier1: return 0x0141;
    case Identifier2: return 0x0cb1;
    case PartnerAbility: return m_linkUp ? 0xcde1 : 0;
    case Expansion: return m_linkUp ? 0x000f : 0x0004;
    case GigabitStatus: return m_linkUp ? 0x7c00 : 0;
    case ExtendedStatus: return 0x3000;
    case SpecificStatus: return static_cast<std::uint16_t>(0xa800 | (m_linkUp ? SpecificLink : 0));
    default: return m_values[index];
    }
}

bool Phy::write(unsigned number, std::uint16_t value)
{
    const unsigned index = number % m_values.size();
    if ((Writable >> index & 1) == 0 || (index != PageSelect && m_values[PageSelect] != 0))
        return false;
    if (index != Control) {
        m_values[index] = value;
        return false;
    }
    const bool restart = (value & (ControlReset | ControlRestart)) != 0;
    if ((value & ControlReset) != 0)
        reset();
    else
        m_values[Control] = static_cast<std::uint16_t>(value & ~ControlRestart);
    return restart;
}

void Phy::saveState(StateWriter& out) const
{
    for (const std::uint16_t value : m_values)
        out.integer(value);
}

void Phy::readState(StateReader& in)
{
    for (std::uint16_t& value : m_values)
        value = in.integer<std::uint16_t>();
}

} // namespace engine::e1000e
