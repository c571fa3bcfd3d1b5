// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/chipset/system_ports.h"

#include <algorithm>

namespace engine {

namespace {

// Port 92
constexpr std::uint8_t FastInit = 1 << 0; // INIT_NOW
constexpr std::uint8_t PortAKept = 0x03;  // and ALT_A20_GATE
// Port 61
constexpr std::uint8_t Timer2Gate = 1 << 0;    // TIM_CNT2_EN
constexpr std::uint8_t SpeakerData = 1 << 1;   // SPKR_DAT_EN
constexpr std::uint8_t PortBWritable = 0x0f;   // and the two NMI enables
constexpr std::uint8_t RefreshToggle = 1 << 4; // REF_TOGGLE
constexpr std::uint8_t Timer2Out = 1 << 5;     // TMR2_OUT_STS
constexpr unsigned RefreshShift = 14;          // about 16 microseconds, near the original 15
// B2, B3
constexpr std::uint64_t ApmCommand = 0;
constexpr std::uint64_t ApmStatus = 1;

void fillAbsent(std::span<std::byte> data)
{
    std::ranges::fill(data, std::byte{0xff});
}

} // namespace

void SystemControlPortA::read(std::uint64_t offset, std::span<std::byte> data)
{
    fillAbsent(data);
    if (offset == 0 && !data.empty())
        data.front() = std::byte{m_value.load()};
}

void SystemControlPortA::write(std::uint64_t offset, std::span<const std::byte> data)
{
    if (offset != 0 || data.empty())
        return;
    const auto value = static_cast<std::uint8_t>(std::to_integer<std::uint8_t>(data.front()) & PortAKept);
    const std::uint8_t before = m_value.exchange(value);
    if ((value & FastInit) && !(before & FastInit) && m_onReset)
        m_onReset(ResetKind::Init);
}

void SystemControlPortA::saveState(StateWriter& out) const
{
    out.version(1);
    out.integer(m_value.load());
}

Result<> SystemControlPortA::restoreState(StateReader& in)
{
    (void)in.version(1);
    const auto value = in.integer<std::uint8_t>();
    VM_TRY(in.finish());
    m_value = value & PortAKept;
    return {};
}

void SystemControlPortB::read(std::uint64_t offset, std::span<std::byte> data)
{
    fillAbsent(data);
    if (offset != 0 || data.empty())
        return;
    const bool refresh = (static_cast<std::uint64_t>(m_clock.now().count()) >> RefreshShift & 1) != 0;
    const bool output = !m_timer2Output || m_timer2Output();
    data.front() = std::byte(
        static_cast<std::uint8_t>(m_value.load() | (refresh ? RefreshToggle : 0) | (output ? Timer2Out : 0)));
}

void SystemControlPortB::write(std::uint64_t offset, std::span<const std::byte> data)
{
    if (offset == 0 && !data.empty())
        m_value = std::to_integer<std::uint8_t>(data.front()) & PortBWritable;
}

bool SystemControlPortB::isSpeakerOn() const
{
    return (m_value.load() & (SpeakerData | Timer2Gate)) == (SpeakerData | Timer2Gate);
}

void SystemControlPortB::saveState(StateWriter& out) const
{
    out.version(1);
    out.integer(m_value.load());
}

Result<> SystemControlPortB::restoreState(StateReader& in)
{
    (void)in.version(1);
    const auto value = in.integer<std::uint8_t>();
    VM_TRY(in.finish());
    m_value = value & PortBWritable;
    return {};
}

void ApmPorts::read(std::uint64_t offset, std::span<std::byte> data)
{
    fillAbsent(data);
    for (std::byte& byte : data) {
        if (offset == ApmCommand)
            byte = std::byte{m_command.load()};
        else if (offset == ApmStatus)
            byte = std::byte{m_status.load()};
        ++offset;
    }
}

void ApmPorts::write(std::uint64_t offset, std::span<const std::byte> data)
{
    for (const std::byte byte : data) {
        const auto value = std::to_integer<std::uint8_t>(byte);
        if (offset == ApmStatus)
            m_status = value;
        if (offset++ != ApmCommand)
            continue;
        m_command = value;
        if (value == m_commands.acpiEnable)
            m_pm.setSciEnabled(true);
        else if (value == m_commands.acpiDisable)
            m_pm.setSciEnabled(false);
    }
}

void ApmPorts::reset()
{
    m_command = 0;
    m_status = 0;
}

void ApmPorts::saveState(StateWriter& out) const
{
    out.version(1);
    out.integer(m_command.load());
    out.integer(m_status.load());
}

Result<> ApmPorts::restoreState(StateReader& in)
{
    (void)in.version(1);
    const auto command = in.integer<std::uint8_t>();
    const auto status = in.integer<std::uint8_t>();
    VM_TRY(in.finish());
    m_command = command;
    m_status = status;
    return {};
}

} // namespace engine
