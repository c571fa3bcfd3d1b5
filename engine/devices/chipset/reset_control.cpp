// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/chipset/reset_control.h"

#include <algorithm>

namespace engine {

namespace {

constexpr std::uint8_t SystemReset = 1 << 1; // SYS_RST
constexpr std::uint8_t ResetCpu = 1 << 2;    // RST_CPU
constexpr std::uint8_t FullReset = 1 << 3;   // FULL_RST
constexpr std::uint8_t Implemented = SystemReset | ResetCpu | FullReset;

} // namespace

void ResetControl::read(std::uint64_t offset, std::span<std::byte> data)
{
    std::ranges::fill(data, std::byte{0xff});
    if (offset == 0 && !data.empty())
        data.front() = std::byte{m_value.load(std::memory_order_relaxed)};
}

void ResetControl::write(std::uint64_t offset, std::span<const std::byte> data)
{
    if (offset != 0 || data.empty())
        return;
    const auto value = static_cast<std::uint8_t>(std::to_integer<std::uint8_t>(data.front()) & Implemented);
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
    out.integer(m_value.load());
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
