// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/state.h"
#include "devices/storage/ata/ata_device.h"
#include "memory/guest_address.h"

#include <cstdint>
#include <optional>

namespace engine::ahci {

/// PxIS (AHCI 1.3.1, 3.3.5).
namespace port_interrupt {
inline constexpr std::uint32_t DeviceToHostFis = 1U << 0;  ///< DHRS
inline constexpr std::uint32_t PioSetupFis = 1U << 1;      ///< PSS
inline constexpr std::uint32_t SetDeviceBitsFis = 1U << 3; ///< SDBS
inline constexpr std::uint32_t ConnectChange = 1U << 6;    ///< PCS, follows PxSERR.DIAG.X
inline constexpr std::uint32_t PhyReadyChange = 1U << 22;  ///< PRCS, follows PxSERR.DIAG.N
inline constexpr std::uint32_t Overflow = 1U << 24;        ///< OFS
inline constexpr std::uint32_t HostBusFatal = 1U << 29;    ///< HBFS
inline constexpr std::uint32_t TaskFileError = 1U << 30;   ///< TFES
} // namespace port_interrupt

/// What a register write asks the rest of the controller to do.
struct PortEffects {
    bool commandsIssued = false; ///< look for work
    bool deviceReset = false;    ///< COMRESET: the device starts over
    bool receiveStarted = false; ///< PxCMD.FRE came on: the waiting signature FIS can be stored
};

/// The registers of one port (AHCI 1.3.1, 3.3), without memory, threads and device. Callers serialise.
class PortRegisters {
public:
    /// Bytes of one port's registers.
    static constexpr std::uint32_t Bytes = 0x80;

    [[nodiscard]] std::uint32_t read(std::uint32_t offset) const;
    /// `byteMask` has FFh for each byte that the guest wrote; `value` is zero elsewhere.
    [[nodiscard]] PortEffects write(std::uint32_t offset, std::uint32_t value, std::uint32_t byteMask);
    /// GHC.HR and power-on: everything but the memory addresses (which "HBA reset" leaves alone).
    void reset(bool keepAddresses);

    // --- the cable
    /// `announce`: a driver is running and must be told (PxSERR).
    void attach(const ata::Signature& signature, bool announce);
    void detach();
    [[nodiscard]] bool isAttached() const { return m_signature.has_value(); }
    [[nodiscard]] const std::optional<ata::Signature>& signature() const { return m_signature; }
    /// A software reset ended: the task file and PxSIG show the signature again.
    void showSignature();

    // --- for the command engine
    [[nodiscard]] bool isRunning() const { return isStarted() && !m_halted && isAttached(); }
    [[nodiscard]] bool isStarted() const { return (m_command & CommandStart) != 0; }
    [[nodiscard]] bool receivesFis() const { return (m_command & CommandFisReceive) != 0; }
    [[nodiscard]] GuestAddress commandList() const { return GuestAddress(m_commandList); }
    [[nodiscard]] GuestAddress fisArea() const { return GuestAddress(m_fisArea); }
    /// Commands that wait to be started; never one that is running still from before a reset.
    [[nodiscard]] std::uint32_t waiting() const { return m_commandIssue & ~m_active; }
    [[nodiscard]] std::uint32_t active() const { return m_active; }
    [[nodiscard]] std::uint64_t generation() const { return m_generation; }

    void started(unsigned slot, bool queued);
    /// The device no longer works on `slot`, whatever became of it.
    void released(unsigned slot) { m_active &= ~(1U << slot); }
    void succeeded(unsigned slot, bool queued, std::uint8_t status, std::uint8_t error);
    /// The slot stays in PxCI or PxSACT, and nothing starts until software clears PxCMD.ST.
    void failed(std::uint8_t status, std::uint8_t error, std::uint32_t interrupts);
    void raise(std::uint32_t interrupts) { m_interruptStatus |= interrupts; }
    void acceptControlFis(unsigned slot) { m_commandIssue &= ~(1U << slot); }
    void setTaskFile(std::uint8_t status, std::uint8_t error)
    {
        m_taskFile = std::uint32_t{status} | std::uint32_t{error} << 8;
    }

    /// PxIS & PxIE.
    [[nodiscard]] std::uint32_t pendingInterrupts() const { return interruptStatus() & m_interruptEnable; }

    void saveState(StateWriter& out) const;
    /// Reads everything; judge with StateReader::finish() before using the object.
    void readState(StateReader& in);
    /// After a restore: takes over what belongs to this run and not to the saved one.
    void adopt(const PortRegisters& current);

private:
    static constexpr std::uint32_t CommandStart = 1U << 0;
    static constexpr std::uint32_t CommandFisReceive = 1U << 4;

    [[nodiscard]] std::uint32_t interruptStatus() const;
    [[nodiscard]] std::uint32_t command() const;
    [[nodiscard]] PortEffects writeCommand(std::uint32_t value);
    [[nodiscard]] PortEffects writeControl(std::uint32_t value);
    void forgetCommands();
    void linkUp();

    std::uint64_t m_commandList = 0; // PxCLB, PxCLBU
    std::uint64_t m_fisArea = 0;     // PxFB, PxFBU
    std::uint32_t m_interruptStatus = 0;
    std::uint32_t m_interruptEnable = 0;
    std::uint32_t m_command = 0; // the writable bits of PxCMD
    std::uint32_t m_taskFile = 0x7f;
    std::uint32_t m_signatureRegister = 0xffff'ffff;
    std::uint32_t m_control = 0; // PxSCTL
    std::uint32_t m_error = 0;   // PxSERR
    std::uint32_t m_sataActive = 0;
    std::uint32_t m_commandIssue = 0;
    std::uint32_t m_currentSlot = 0;
    std::uint32_t m_active = 0;       ///< slots that the device works on, also those of earlier generations
    std::uint32_t m_activeQueued = 0; ///< of this generation, no longer in PxCI
    bool m_halted = false;            ///< an error waits for software
    std::uint64_t m_generation = 0;   ///< counts resets: completions of an older one are stale
    std::optional<ata::Signature> m_signature; ///< of the attached device
};

} // namespace engine::ahci
