// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/chipset/reset_control.h"

namespace engine {

namespace {

constexpr std::uint8_t SystemReset = 1 << 1; // SYS_RST
constexpr std::uint8_t ResetCpu = 1 << 2;    // RST_CPU
constexpr std::uint8_t FullReset = 1 << 3;   // FULL_RST
constexpr std::uint8_t Implemented = SystemReset | ResetCpu | FullReset;

} // namespace

void ResetControl::write(std::uint8_t value)
{
    value &= Implemented;
    const std::uint8_t before = m_value.exchange(value);
    if (!(value & ResetCpu) || (before & ResetCpu) || !m_onReset)
        return;
    if (!(value & SystemReset))
        m_onReset(ResetKind::Init);
    else
        m_onReset(value & FullReset ? ResetKind::PowerCycle : ResetKind::Hard);
}

void ResetControl::saveState(StateWriter& out) const
{
    out.version(1);
    out.integer(read());
}

Result<> ResetControl::restoreState(StateReader& in)
{
    (void)in.version(1);
    const auto value = in.integer<std::uint8_t>();
    VM_TRY(in.finish());
    m_value = value & Implemented;
    return {};
}

} // namespace engine
