// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/storage/ahci/ahci_port_registers.h"

namespace engine::ahci {

namespace {

// Offsets (AHCI 1.3.1, 3.3).
constexpr std::uint32_t CommandListBase = 0x00;      ///< PxCLB
constexpr std::uint32_t CommandListBaseUpper = 0x04; ///< PxCLBU
constexpr std::uint32_t FisBase = 0x08;              ///< PxFB
constexpr std::uint32_t FisBaseUpper = 0x0c;         ///< PxFBU
constexpr std::uint32_t InterruptStatus = 0x10;      ///< PxIS
constexpr std::uint32_t InterruptEnable = 0x14;      ///< PxIE
constexpr std::uint32_t CommandAndStatus = 0x18;     ///< PxCMD
constexpr std::uint32_t TaskFileData = 0x20;         ///< PxTFD
constexpr std::uint32_t SignatureRegister = 0x24;    ///< PxSIG
constexpr std::uint32_t SataStatus = 0x28;           ///< PxSSTS
constexpr std::uint32_t SataControl = 0x2c;          ///< PxSCTL
constexpr std::uint32_t SataError = 0x30;            ///< PxSERR
constexpr std::uint32_t SataActive = 0x34;           ///< PxSACT
constexpr std::uint32_t CommandIssue = 0x38;         ///< PxCI

// PxCMD
constexpr std::uint32_t SpinUp = 1U << 1;              ///< SUD, fixed: no staggered spin-up
constexpr std::uint32_t PowerOn = 1U << 2;             ///< POD, fixed: no cold presence detection
constexpr std::uint32_t ListOverride = 1U << 3;        ///< CLO
constexpr std::uint32_t FisReceiveRunning = 1U << 14;  ///< FR
constexpr std::uint32_t CommandListRunning = 1U << 15; ///< CR
constexpr unsigned CurrentSlotShift = 8;               ///< CCS
constexpr std::uint32_t CommandWritable = 1U << 0 | 1U << 4 | 1U << 24 | 1U << 25; ///< ST FRE ATAPI DLAE

constexpr std::uint32_t InterruptEnableMask = 0xfdc0'00ff;
constexpr std::uint32_t InterruptClearable =
    ~(port_interrupt::ConnectChange | port_interrupt::PhyReadyChange | 1U << 4);
constexpr std::uint32_t ListAddressMask = 0xffff'fc00;
constexpr std::uint32_t FisAddressMask = 0xffff'ff00;
constexpr std::uint32_t ControlMask = 0x0000'0fff;
constexpr std::uint32_t ControlDetection = 0x0f; ///< PxSCTL.DET
constexpr std::uint32_t DetectionReset = 1;
constexpr std::uint32_t DetectionOffline = 4;
constexpr std::uint32_t LinkEstablished = 0x113; ///< active, 1.5 Gbit/s, device present
constexpr std::uint32_t LinkOffline = 4;
constexpr std::uint32_t ErrorPhyReadyChange = 1U << 16; ///< DIAG.N
constexpr std::uint32_t ErrorCommWake = 1U << 18;       ///< DIAG.W
constexpr std::uint32_t ErrorExchanged = 1U << 26;      ///< DIAG.X
constexpr std::uint32_t NoDeviceTaskFile = 0x7f;
constexpr std::uint32_t NoSignature = 0xffff'ffff;

std::uint64_t mergeLow(std::uint64_t old, std::uint32_t value, std::uint32_t mask, std::uint32_t writable)
{
    return (old & ~std::uint64_t{mask}) | (value & mask & writable);
}

std::uint64_t mergeHigh(std::uint64_t old, std::uint32_t value, std::uint32_t mask)
{
    return (old & ~(std::uint64_t{mask} << 32)) | std::uint64_t{value & mask} << 32;
}

} // namespace

std::uint32_t PortRegisters::interruptStatus() const
{
    std::uint32_t status = m_interruptStatus;
    if ((m_error & ErrorExchanged) != 0)
        status |= port_interrupt::ConnectChange;
    if ((m_error & ErrorPhyReadyChange) != 0)
        status |= port_interrupt::PhyReadyChange;
    return status;
}

std::uint32_t PortRegisters::command() const
{
    std::uint32_t value = m_command | SpinUp | PowerOn;
    if (receivesFis())
        value |= FisReceiveRunning;
    // Commands that were stopped may still be moving data: the list runs until they are through.
    if (isStarted() || m_active != 0)
        value |= CommandListRunning;
    if (isStarted())
        value |= m_currentSlot << CurrentSlotShift;
    return value;
}

std::uint32_t PortRegisters::read(std::uint32_t offset) const
{
    switch (offset) {
    case CommandListBase: return static_cast<std::uint32_t>(m_commandList);
    case CommandListBaseUpper: return static_cast<std::uint32_t>(m_commandList >> 32);
    case FisBase: return static_cast<std::uint32_t>(m_fisArea);
    case FisBaseUpper: return static_cast<std::uint32_t>(m_fisArea >> 32);
    case InterruptStatus: return interruptStatus();
    case InterruptEnable: return m_interruptEnable;
    case CommandAndStatus: return command();
    case TaskFileData: return m_taskFile;
    case SignatureRegister: return m_signatureRegister;
    case SataStatus:
        if ((m_control & ControlDetection) == DetectionOffline)
            return LinkOffline;
        return isAttached() && (m_control & ControlDetection) != DetectionReset ? LinkEstablished : 0;
    case SataControl: return m_control;
    case SataError: return m_error;
    case SataActive: return m_sataActive;
    case CommandIssue: return m_commandIssue;
    default: return 0;
    }
}

PortEffects PortRegisters::write(std::uint32_t offset, std::uint32_t value, std::uint32_t byteMask)
{
    const auto merged = [&](std::uint32_t old) { return (old & ~byteMask) | (value & byteMask); };
    switch (offset) {
    case CommandListBase: m_commandList = mergeLow(m_commandList, value, byteMask, ListAddressMask); break;
    case CommandListBaseUpper: m_commandList = mergeHigh(m_commandList, value, byteMask); break;
    case FisBase: m_fisArea = mergeLow(m_fisArea, value, byteMask, FisAddressMask); break;
    case FisBaseUpper: m_fisArea = mergeHigh(m_fisArea, value, byteMask); break;
    case InterruptStatus: m_interruptStatus &= ~(value & InterruptClearable); break;
    case InterruptEnable: m_interruptEnable = merged(m_interruptEnable) & InterruptEnableMask; break;
    case CommandAndStatus: return writeCommand(merged(m_command));
    case SataControl: return writeControl(merged(m_control) & ControlMask);
    case SataError: m_error &= ~value; break;
    case SataActive: m_sataActive |= value; break;
    case CommandIssue:
        if (isStarted()) {
            m_commandIssue |= value;
            return {.commandsIssued = value != 0};
        }
        break;
    default: break;
    }
    return {};
}

PortEffects PortRegisters::writeCommand(std::uint32_t value)
{
    PortEffects effects;
    const std::uint32_t old = m_command;
    m_command = value & CommandWritable;
    if (isStarted() && !receivesFis())
        m_command &= ~CommandStart; // 10.3.1: software must start FIS reception first
    if ((old & CommandStart) != 0 && !isStarted())
        forgetCommands();
    if ((value & ListOverride) != 0 && !isStarted())
        m_taskFile &= ~std::uint32_t{ata::StatusBusy | ata::StatusDataRequest};
    if ((old & CommandFisReceive) == 0 && receivesFis())
        effects.receiveStarted = true;
    return effects;
}

PortEffects PortRegisters::writeControl(std::uint32_t value)
{
    const std::uint32_t old = m_control & ControlDetection;
    m_control = value;
    const std::uint32_t now = value & ControlDetection;
    if (old == now || !isAttached())
        return {};
    if (now == DetectionReset || now == DetectionOffline) {
        forgetCommands();
        m_taskFile = NoDeviceTaskFile;
        m_signatureRegister = NoSignature;
        m_error |= ErrorPhyReadyChange;
        return {};
    }
    if (now == 0) {
        linkUp();
        return {.deviceReset = true};
    }
    return {};
}

void PortRegisters::forgetCommands()
{
    m_commandIssue = 0;
    m_sataActive = 0;
    m_activeQueued = 0;
    m_currentSlot = 0;
    m_halted = false;
    ++m_generation;
}

void PortRegisters::linkUp()
{
    m_error |= ErrorPhyReadyChange | ErrorCommWake | ErrorExchanged;
    showSignature();
}

void PortRegisters::showSignature()
{
    if (!m_signature)
        return;
    setTaskFile(m_signature->status, m_signature->error);
    m_signatureRegister = static_cast<std::uint32_t>(m_signature->lba << 8 | (m_signature->count & 0xff));
}

void PortRegisters::reset(bool keepAddresses)
{
    PortRegisters fresh;
    fresh.m_signature = m_signature;
    fresh.m_active = m_active;
    fresh.m_generation = m_generation + 1;
    if (keepAddresses) {
        fresh.m_commandList = m_commandList;
        fresh.m_fisArea = m_fisArea;
    }
    *this = fresh;
    showSignature();
}

void PortRegisters::attach(const ata::Signature& signature, bool announce)
{
    m_signature = signature;
    if ((m_control & ControlDetection) != 0)
        return;
    if (announce)
        linkUp();
    else
        showSignature();
}

void PortRegisters::detach()
{
    forgetCommands();
    m_signature.reset();
    m_active = 0;
    m_taskFile = NoDeviceTaskFile;
    m_signatureRegister = NoSignature;
    m_error |= ErrorPhyReadyChange;
}

void PortRegisters::started(unsigned slot, bool queued)
{
    m_active |= 1U << slot;
    m_currentSlot = slot;
    if (queued) {
        m_activeQueued |= 1U << slot;
        m_commandIssue &= ~(1U << slot);
        setTaskFile(ata::StatusGood, 0);
    } else {
        m_taskFile |= ata::StatusBusy;
    }
}

void PortRegisters::succeeded(unsigned slot, bool queued, std::uint8_t status, std::uint8_t error)
{
    setTaskFile(status, error);
    m_commandIssue &= ~(1U << slot);
    if (queued) {
        m_activeQueued &= ~(1U << slot);
        m_sataActive &= ~(1U << slot);
    }
}

void PortRegisters::failed(std::uint8_t status, std::uint8_t error, std::uint32_t interrupts)
{
    setTaskFile(status, error);
    m_halted = true;
    raise(interrupts);
}

void PortRegisters::saveState(StateWriter& out) const
{
    out.integer(m_commandList);
    out.integer(m_fisArea);
    for (const std::uint32_t value : {m_interruptStatus, m_interruptEnable, m_command, m_taskFile,
                                      m_signatureRegister, m_control, m_error, m_sataActive, m_currentSlot})
        out.integer(value);
    // What the device has accepted but not finished is issued again after a restore.
    out.integer(m_commandIssue | m_activeQueued);
    out.boolean(m_halted);
}

void PortRegisters::readState(StateReader& in)
{
    m_commandList = in.integer<std::uint64_t>() & (~std::uint64_t{0xffff'ffff} | ListAddressMask);
    m_fisArea = in.integer<std::uint64_t>() & (~std::uint64_t{0xffff'ffff} | FisAddressMask);
    m_interruptStatus = in.integer<std::uint32_t>();
    m_interruptEnable = in.integer<std::uint32_t>() & InterruptEnableMask;
    m_command = in.integer<std::uint32_t>() & CommandWritable;
    m_taskFile = in.integer<std::uint32_t>() & 0xffff;
    m_signatureRegister = in.integer<std::uint32_t>();
    m_control = in.integer<std::uint32_t>() & ControlMask;
    m_error = in.integer<std::uint32_t>();
    m_sataActive = in.integer<std::uint32_t>();
    m_currentSlot = in.integer<std::uint32_t>() & 31;
    m_commandIssue = in.integer<std::uint32_t>();
    m_halted = in.boolean();
    m_activeQueued = 0;
    if (isStarted() && !receivesFis())
        m_command &= ~CommandStart;
}

void PortRegisters::adopt(const PortRegisters& current)
{
    m_signature = current.m_signature;
    m_active = current.m_active;
    m_generation = current.m_generation + 1;
}

} // namespace engine::ahci
