// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/storage/ahci/ahci_registers.h"

#include <algorithm>

namespace engine::ahci {

namespace {

// Generic host control (AHCI 1.3.1, 3.1).
constexpr std::uint32_t Capabilities = 0x00;     ///< CAP
constexpr std::uint32_t GlobalControl = 0x04;    ///< GHC
constexpr std::uint32_t InterruptStatus = 0x08;  ///< IS
constexpr std::uint32_t PortsImplemented = 0x0c; ///< PI
constexpr std::uint32_t Version = 0x10;          ///< VS
constexpr std::uint32_t PortsStart = 0x100;

// 64-bit addresses, NCQ, 1.5 Gbit/s, AHCI only, 32 slots, 6 ports.
constexpr std::uint32_t CapabilitiesValue = 0xc014'1f05;
constexpr std::uint32_t VersionValue = 0x0001'0000;
constexpr std::uint32_t PortsMask = (1U << PortCount) - 1;
constexpr std::uint32_t ControlReset = 1U << 0;           ///< GHC.HR
constexpr std::uint32_t ControlInterruptEnable = 1U << 1; ///< GHC.IE
constexpr std::uint32_t ControlAhciEnable = 1U << 31;     ///< GHC.AE, always on

} // namespace

std::uint32_t HostRegisters::readRegister(std::uint32_t offset) const
{
    if (offset >= PortsStart) {
        const unsigned index = (offset - PortsStart) / PortRegisters::Bytes;
        return index < PortCount ? m_ports.at(index).read(offset % PortRegisters::Bytes) : 0;
    }
    switch (offset) {
    case Capabilities: return CapabilitiesValue;
    case GlobalControl:
        return ControlAhciEnable | (m_interruptsEnabled ? ControlInterruptEnable : 0)
               | (m_resetting ? ControlReset : 0);
    case InterruptStatus: return m_interruptStatus;
    case PortsImplemented: return PortsMask;
    case Version: return VersionValue;
    default: return 0;
    }
}

void HostRegisters::read(std::uint64_t offset, std::span<std::byte> data) const
{
    for (std::size_t i = 0; i < data.size(); ++i) {
        const std::uint64_t at = offset + i;
        const std::uint32_t value = at < Bytes ? readRegister(static_cast<std::uint32_t>(at & ~3ULL)) : ~0U;
        data[i] = std::byte(static_cast<std::uint8_t>(value >> (8 * (at & 3))));
    }
}

HostEffects HostRegisters::write(std::uint64_t offset, std::span<const std::byte> data)
{
    HostEffects effects;
    std::size_t i = 0;
    while (i < data.size() && offset + i < Bytes) {
        const auto at = static_cast<std::uint32_t>(offset + i);
        std::uint32_t value = 0;
        std::uint32_t mask = 0;
        for (unsigned lane = at & 3; lane < 4 && i < data.size(); ++lane, ++i) {
            value |= std::to_integer<std::uint32_t>(data[i]) << (8 * lane);
            mask |= 0xffU << (8 * lane);
        }
        writeRegister(at & ~3U, value, mask, effects);
    }
    return effects;
}

void HostRegisters::writeRegister(std::uint32_t offset, std::uint32_t value, std::uint32_t byteMask,
                                  HostEffects& effects)
{
    if (offset >= PortsStart) {
        const unsigned index = (offset - PortsStart) / PortRegisters::Bytes;
        if (index >= PortCount || m_resetting)
            return;
        const auto effect = m_ports.at(index).write(offset % PortRegisters::Bytes, value, byteMask);
        effects.at(index).commandsIssued |= effect.commandsIssued;
        effects.at(index).deviceReset |= effect.deviceReset;
        effects.at(index).receiveStarted |= effect.receiveStarted;
    } else if (offset == GlobalControl && (byteMask & 0xff) != 0) {
        writeControl(value, effects);
    } else if (offset == InterruptStatus) {
        m_interruptStatus &= ~value;
        m_tellAgain = true;
    }
}

void HostRegisters::writeControl(std::uint32_t value, HostEffects& effects)
{
    if ((value & ControlReset) != 0) {
        for (PortRegisters& port : m_ports)
            port.reset(true);
        m_reported = {};
        m_interruptStatus = 0;
        m_interruptsEnabled = false;
        m_resetting = true;
        for (PortEffects& effect : effects)
            effect.deviceReset = true;
        settleReset();
        return;
    }
    const bool enable = (value & ControlInterruptEnable) != 0;
    m_tellAgain |= enable && !m_interruptsEnabled;
    m_interruptsEnabled = enable;
}

void HostRegisters::reset()
{
    for (PortRegisters& port : m_ports)
        port.reset(false);
    m_reported = {};
    m_interruptStatus = 0;
    m_interruptsEnabled = false;
    m_resetting = false;
    m_tellAgain = false;
}

void HostRegisters::settleReset()
{
    if (std::ranges::all_of(m_ports, [](const PortRegisters& port) { return port.active() == 0; }))
        m_resetting = false;
}

bool HostRegisters::collectInterrupts()
{
    bool fresh = false;
    for (unsigned i = 0; i < PortCount; ++i) {
        const std::uint32_t pending = m_ports.at(i).pendingInterrupts();
        if (pending != 0)
            m_interruptStatus |= 1U << i;
        fresh |= (pending & ~m_reported.at(i)) != 0;
        m_reported.at(i) = pending;
    }
    const bool tell = (fresh || m_tellAgain) && interruptPending();
    m_tellAgain = false;
    return tell;
}

bool HostRegisters::interruptPending() const
{
    return m_interruptsEnabled && m_interruptStatus != 0;
}

void HostRegisters::saveState(StateWriter& out) const
{
    for (const PortRegisters& port : m_ports)
        port.saveState(out);
    out.integer(m_interruptStatus);
    out.boolean(m_interruptsEnabled);
}

void HostRegisters::readState(StateReader& in)
{
    for (PortRegisters& port : m_ports) {
        PortRegisters restored;
        restored.readState(in);
        restored.adopt(port);
        port = restored;
    }
    m_interruptStatus = in.integer<std::uint32_t>() & PortsMask;
    m_interruptsEnabled = in.boolean();
    m_resetting = false;
    m_tellAgain = false;
    for (unsigned i = 0; i < PortCount; ++i)
        m_reported.at(i) = m_ports.at(i).pendingInterrupts();
}

} // namespace engine::ahci
