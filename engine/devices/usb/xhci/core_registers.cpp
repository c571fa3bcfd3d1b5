// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/usb/xhci/core.h"
#include "devices/usb/xhci/registers.h"

namespace engine::usb::xhci {

using namespace reg;

namespace {

constexpr std::uint32_t CapabilityVersion = 0x0110'0000 | OperationalBase; // HCIVERSION 1.1, CAPLENGTH
constexpr std::uint32_t InterruptLatency = 0xf;                            // IST: seven frames
constexpr std::uint32_t Addresses64 = 1U << 0;                             // AC64
constexpr std::uint32_t MicroframesPerSecond = 8000;
constexpr std::uint32_t MicroframeMask = 0x3fff;
constexpr std::uint64_t PointerMask = ~std::uint64_t{0x3f};

// CRCR's low bits.
constexpr std::uint32_t RingCycle = 1U << 0;
constexpr std::uint32_t RingStop = 1U << 1;
constexpr std::uint32_t RingAbort = 1U << 2;
constexpr std::uint32_t RingRunning = 1U << 3;

// The extended capabilities (chapter 7), relative to their block.
constexpr std::uint32_t LegacySupport = 0x00;
constexpr std::uint32_t LegacyControl = 0x04;
constexpr std::uint32_t ProtocolUsb2 = 0x10;
constexpr std::uint32_t ProtocolUsb3 = 0x20;
constexpr std::uint32_t NextAfterLegacy = (ProtocolUsb2 - LegacySupport) / 4 << 8;
constexpr std::uint32_t NextAfterUsb2 = (ProtocolUsb3 - ProtocolUsb2) / 4 << 8;
constexpr std::uint32_t LegacyId = 1;
constexpr std::uint32_t ProtocolId = 2;
constexpr std::uint32_t BiosOwned = 1U << 16;
constexpr std::uint32_t SystemOwned = 1U << 24;
constexpr std::uint32_t LegacyControlKept = 0x0000'e011;
constexpr std::uint32_t NameUsb = 0x2042'5355; // "USB "

constexpr std::uint32_t ConfigKept = 0x3ff; // MaxSlotsEn, U3E, CIE

} // namespace

Core::Core(const GuestMemory& memory, Log& log, std::string name)
    : m_memory(memory), m_log(log), m_name(std::move(name))
{
    for (unsigned i = PortsPerProtocol; i < PortCount; ++i)
        m_ports.at(i) = Port(Port::Protocol::Usb3);
    reset();
}

void Core::plug(unsigned port, UsbDevice* device)
{
    m_ports.at(port % PortsPerProtocol).plug(device);
}

void Core::reset()
{
    m_operational = {};
    m_operational.status = status::Halted;
    m_legacySupport = 0;
    m_legacyControl = 0;
    m_interrupters = {};
    for (Slot& slot : m_slots)
        slot = {};
    for (Port& port : m_ports)
        port.reset();
    m_commandsWaiting = false;
    m_endpointsWaiting = {};
    m_saved = false;
}

std::uint32_t Core::read(std::uint32_t offset, std::chrono::nanoseconds now) const
{
    if (offset < OperationalBase)
        return readCapability(offset);
    if (offset < Ports)
        return readOperational(offset - OperationalBase);
    if (offset < Ports + PortCount * PortStride)
        return m_ports.at((offset - Ports) / PortStride).read((offset - Ports) % PortStride);
    if (offset >= Extended && offset < Runtime)
        return readExtended(offset - Extended);
    if (offset == Runtime) {
        if (!isRunning())
            return 0;
        const auto microframes =
            static_cast<std::uint64_t>(now.count()) * MicroframesPerSecond / 1'000'000'000;
        return static_cast<std::uint32_t>(microframes) & MicroframeMask; // MFINDEX
    }
    constexpr std::uint32_t End = Interrupters + InterrupterCount * Interrupter::RegisterBytes;
    if (offset >= Interrupters && offset < End)
        return m_interrupters.at((offset - Interrupters) / Interrupter::RegisterBytes)
            .read((offset - Interrupters) % Interrupter::RegisterBytes);
    return 0; // doorbells read as zeros
}

std::uint32_t Core::readCapability(std::uint32_t offset)
{
    switch (offset) {
    case 0x00: return CapabilityVersion;
    case 0x04: return SlotCount | InterrupterCount << 8 | PortCount << 24;              // HCSPARAMS1
    case 0x08: return InterruptLatency | std::uint32_t{Interrupter::SegmentsLog2} << 4; // HCSPARAMS2
    case 0x10: return Addresses64 | Extended / 4 << 16;                                 // HCCPARAMS1
    case 0x14: return Doorbells;
    case 0x18: return Runtime;
    default: return 0; // HCSPARAMS3: no exit latencies; HCCPARAMS2: none of them
    }
}

std::uint32_t Core::readOperational(std::uint32_t offset) const
{
    switch (offset) {
    case UsbCommand: return m_operational.command;
    case UsbStatus: return m_operational.status;
    case PageSize: return 1; // 4 KiB
    case Notification: return m_operational.notification;
    case CommandRingLow: return m_operational.commandsRunning ? RingRunning : 0; // the rest reads as zeros
    case ContextArrayLow: return static_cast<std::uint32_t>(m_operational.contextArray);
    case ContextArrayHigh: return static_cast<std::uint32_t>(m_operational.contextArray >> 32);
    case Config: return m_operational.config;
    default: return 0;
    }
}

std::uint32_t Core::readExtended(std::uint32_t offset) const
{
    const auto protocol = [&](std::uint32_t at, std::uint32_t major, std::uint32_t next,
                              std::uint32_t firstPort) -> std::uint32_t {
        switch (offset - at) {
        case 0x0: return ProtocolId | next | major << 24;
        case 0x4: return NameUsb;
        case 0x8: return firstPort | PortsPerProtocol << 8;
        default: return 0; // slot type 0
        }
    };
    if (offset == LegacySupport)
        return LegacyId | NextAfterLegacy | m_legacySupport;
    if (offset == LegacyControl)
        return m_legacyControl;
    if (offset >= ProtocolUsb2 && offset < ProtocolUsb2 + 0x10)
        return protocol(ProtocolUsb2, 2, NextAfterUsb2, 1);
    if (offset >= ProtocolUsb3 && offset < ProtocolUsb3 + 0x10)
        return protocol(ProtocolUsb3, 3, 0, 1 + PortsPerProtocol);
    return 0;
}

void Core::write(std::uint32_t offset, std::uint32_t value, std::uint32_t mask)
{
    if (offset >= Extended && offset < Runtime)
        return writeExtended(offset - Extended, value, mask);
    if (mask != 0xffff'ffff)
        return; // 5.1: dwords only
    if (offset >= Doorbells) {
        if ((offset - Doorbells) / 4 <= SlotCount)
            ringDoorbell((offset - Doorbells) / 4, value);
    } else if (offset >= Runtime) {
        writeRuntime(offset, value);
    } else if (offset >= Ports) {
        if (offset < Ports + PortCount * PortStride)
            m_ports.at((offset - Ports) / PortStride).write((offset - Ports) % PortStride, value);
        for (unsigned number = 1; number <= SlotCount; ++number) // a resumed port lets its transfers go on
            if (m_slots.at(number).enabled)
                m_endpointsWaiting.at(number) = ~0U;
    } else if (offset >= OperationalBase) {
        writeOperational(offset - OperationalBase, value);
    }
}

void Core::writeOperational(std::uint32_t offset, std::uint32_t value)
{
    Operational& registers = m_operational;
    switch (offset) {
    case UsbCommand: writeCommandRegister(value); break;
    case UsbStatus: registers.status &= ~(value & status::Clearable); break;
    case Notification: registers.notification = value & 0xffff; break;
    case CommandRingLow: writeCommandRing(value); break;
    case CommandRingHigh:
        if (!registers.commandsRunning)
            registers.commands.address =
                (registers.commands.address & 0xffff'ffff) | std::uint64_t{value} << 32;
        break;
    case ContextArrayLow:
        registers.contextArray =
            ((registers.contextArray & ~std::uint64_t{0xffff'ffff}) | value) & PointerMask;
        break;
    case ContextArrayHigh:
        registers.contextArray = (registers.contextArray & 0xffff'ffff) | std::uint64_t{value} << 32;
        break;
    case Config: registers.config = value & ConfigKept; break;
    default: break;
    }
}

void Core::writeCommandRing(std::uint32_t low)
{
    Operational& registers = m_operational;
    if (registers.commandsRunning) {
        // Commands end before their doorbell write does, so there never is one to wait for or to abort.
        if ((low & (RingStop | RingAbort)) != 0) {
            registers.commandsRunning = false;
            post(0, {.parameter = registers.commands.address,
                     .status = statusOf(Code::CommandRingStopped),
                     .control = controlOf(TrbType::CommandCompletion)});
        }
        return;
    }
    registers.commands.address = (registers.commands.address & ~std::uint64_t{0xffff'ffff}) | (low & ~0x3fU);
    registers.commands.cycle = (low & RingCycle) != 0;
}

void Core::writeCommandRegister(std::uint32_t value)
{
    if ((value & command::Reset) != 0) {
        reset();
        return;
    }
    const bool wasRunning = (m_operational.command & command::Run) != 0;
    m_operational.command = value & command::Kept;
    if ((value & command::SaveState) != 0)
        saveController();
    if ((value & command::RestoreState) != 0)
        restoreController();
    if (wasRunning != ((value & command::Run) != 0))
        startOrStop(!wasRunning);
}

void Core::startOrStop(bool run)
{
    if (run) {
        m_operational.status &= ~status::Halted;
        return;
    }
    m_operational.status |= status::Halted;
    m_operational.commandsRunning = false;
    m_commandsWaiting = false;
}

void Core::saveController()
{
    m_savedInterrupters = m_interrupters;
    m_saved = true;
}

void Core::restoreController()
{
    // Power is never lost, so everything but the places in the event rings, which the drivers' writes of
    // ERSTBA reset, still is what it was. After a reset there is nothing to go back to.
    if (!m_saved) {
        m_operational.status |= status::SaveRestoreError;
        return;
    }
    for (unsigned i = 0; i < InterrupterCount; ++i)
        m_interrupters.at(i).restorePosition(m_savedInterrupters.at(i));
}

void Core::writeExtended(std::uint32_t offset, std::uint32_t value, std::uint32_t mask)
{
    if (offset == LegacySupport) {
        m_legacySupport = ((m_legacySupport & ~mask) | (value & mask)) & (BiosOwned | SystemOwned);
        // No firmware serves system management interrupts here, so it lets go at once (4.22.1).
        if ((m_legacySupport & SystemOwned) != 0)
            m_legacySupport &= ~BiosOwned;
    } else if (offset == LegacyControl) {
        m_legacyControl = ((m_legacyControl & ~mask) | (value & mask)) & LegacyControlKept;
    }
}

void Core::writeRuntime(std::uint32_t offset, std::uint32_t value)
{
    constexpr std::uint32_t End = Interrupters + InterrupterCount * Interrupter::RegisterBytes;
    if (offset < Interrupters || offset >= End)
        return;
    const std::uint32_t relative = offset - Interrupters;
    Interrupter& interrupter = m_interrupters.at(relative / Interrupter::RegisterBytes);
    interrupter.write(relative % Interrupter::RegisterBytes, value);
}

void Core::ringDoorbell(unsigned slot, std::uint32_t value)
{
    const unsigned target = value & 0xff;
    if (!isRunning())
        return;
    if (slot == 0) {
        if (target == 0) {
            m_commandsWaiting = true;
            m_operational.commandsRunning = true;
        }
        return;
    }
    if (!m_slots.at(slot).enabled || target == 0 || target >= Slot::EndpointCount)
        return;
    const auto& endpoint = m_slots.at(slot).endpoints.at(target);
    if (!endpoint)
        return;
    if (endpoint->state == EndpointState::Stopped) {
        endpoint->state = EndpointState::Running; // 4.8.3
        publishEndpoint(m_slots.at(slot), target);
    }
    m_endpointsWaiting.at(slot) |= 1U << target;
}

} // namespace engine::usb::xhci
