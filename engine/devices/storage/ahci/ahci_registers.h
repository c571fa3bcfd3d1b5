// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/storage/ahci/ahci_port_registers.h"

#include <array>
#include <span>

namespace engine::ahci {

inline constexpr unsigned PortCount = 6;

/// What a register write asks of each port's command engine.
using HostEffects = std::array<PortEffects, PortCount>;

/// The memory registers of the controller (AHCI 1.3.1, chapter 3): generic host control and six
/// ports, as a pure model. Callers serialise.
class HostRegisters {
public:
    static constexpr std::uint32_t Bytes = 0x1000;

    /// Any offset and width up to 8 bytes: an access covers whole or partial 32-bit registers, byte by
    /// byte; bytes that a write does not cover keep their value (or are not cleared, not set).
    void read(std::uint64_t offset, std::span<std::byte> data) const;
    [[nodiscard]] HostEffects write(std::uint64_t offset, std::span<const std::byte> data);
    /// Power-on.
    void reset();
    /// GHC.HR ends when no command is running any more; called after commands ended.
    void settleReset();

    [[nodiscard]] PortRegisters& port(unsigned index) { return m_ports.at(index); }
    [[nodiscard]] const PortRegisters& port(unsigned index) const { return m_ports.at(index); }

    /// Takes the ports' interrupts into IS. True when there is something new, or something left over
    /// after an acknowledge, that a message interrupt has to tell.
    [[nodiscard]] bool collectInterrupts();
    /// The level of the interrupt pin.
    [[nodiscard]] bool interruptPending() const;

    void saveState(StateWriter& out) const;
    /// Reads into this object (a copy of the real one); judge with StateReader::finish().
    void readState(StateReader& in);

private:
    [[nodiscard]] std::uint32_t readRegister(std::uint32_t offset) const;
    void writeRegister(std::uint32_t offset, std::uint32_t value, std::uint32_t byteMask,
                       HostEffects& effects);
    void writeControl(std::uint32_t value, HostEffects& effects);

    std::array<PortRegisters, PortCount> m_ports;
    std::array<std::uint32_t, PortCount> m_reported{}; ///< what has been told by message already
    std::uint32_t m_interruptStatus = 0;               // IS
    bool m_interruptsEnabled = false;                  // GHC.IE
    bool m_resetting = false;                          // GHC.HR
    bool m_tellAgain = false;
};

} // namespace engine::ahci
