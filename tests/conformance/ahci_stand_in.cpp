// SPDX-License-Identifier: GPL-3.0-or-later
#include "conformance/ahci_stand_in.h"

namespace engine::conformance {

namespace {

// Offsets in the controller's window and in a port's registers (AHCI 1.3.1, 3.1 and 3.3).
constexpr std::uint64_t WindowMask = 0xfff;
constexpr std::uint64_t FirstPort = 0x100;
constexpr std::uint64_t PortBytes = 0x80;
constexpr std::uint64_t CommandListBase = 0x00;
constexpr std::uint64_t InterruptStatus = 0x10;
constexpr std::uint64_t CommandIssue = 0x38;
constexpr std::uint64_t TaskFileError = 1 << 30; // PxIS.TFES
constexpr std::uint64_t PioSetup = 1 << 1;       // PxIS.PSS

// ATA commands (ACS-3, clause 7) and a packet (SPC-4, clause 6).
constexpr std::uint8_t IdentifyDevice = 0xec;
constexpr std::uint8_t IdentifyPacketDevice = 0xa1;
constexpr std::uint8_t ReadDmaExt = 0x25;
constexpr std::uint8_t Packet = 0xa0;
constexpr std::uint8_t RequestSense = 0x03;
constexpr std::uint8_t SenseBytes = 18;

// Where the recorded firmware keeps nothing that this replay needs.
constexpr std::uint64_t TableAddress = 0x800'0000;
constexpr std::uint64_t DataAddress = 0x810'0000;

struct Register {
    std::uint64_t port;
    std::uint64_t offset;
};

std::optional<Register> registerOf(const RecordedAccess& access)
{
    const std::uint64_t offset = access.address & WindowMask;
    if (access.region != "ahci" || offset < FirstPort)
        return std::nullopt;
    return Register{.port = (offset - FirstPort) / PortBytes, .offset = offset % PortBytes};
}

} // namespace

AhciStandIn::Ending AhciStandIn::endingOf(std::span<const RecordedAccess> rest)
{
    const auto issued = registerOf(rest.front());
    for (const RecordedAccess& access : rest.subspan(1)) {
        const auto at = registerOf(access);
        if (!at || at->port != issued->port)
            continue;
        if (access.isWrite && at->offset == CommandIssue)
            break;
        if (access.isWrite || at->offset != InterruptStatus || access.value == 0)
            continue;
        return (access.value & TaskFileError) ? Ending::Refused
               : (access.value & PioSetup)    ? Ending::DataByPio
                                              : Ending::Success;
    }
    return Ending::Success;
}

Result<> AhciStandIn::before(std::span<const RecordedAccess> rest)
{
    const RecordedAccess& access = rest.front();
    const auto at = registerOf(access);
    if (!at || !access.isWrite || at->port >= m_ports.size())
        return {};
    if (at->offset == CommandListBase)
        m_ports.at(at->port).commandList = access.value;
    if (at->offset == CommandIssue && (access.value & 1))
        VM_TRY(placeCommand(static_cast<unsigned>(at->port), endingOf(rest)));
    return {};
}

Result<> AhciStandIn::placeCommand(unsigned port, Ending ending)
{
    const bool isDisk = port == 0;
    const bool isPacket = !isDisk && ending == Ending::Success;
    std::array<std::uint8_t, 128 + 16> table{0x27, 0x80}; // register FIS to the device, C bit
    std::uint32_t length = 512;
    if (isPacket) {
        table[2] = Packet;
        table[3] = 1; // by DMA
        table[64] = RequestSense;
        table[68] = SenseBytes;
        length = SenseBytes;
    } else if (ending == Ending::Success) {
        table[2] = ReadDmaExt;
        table[7] = 0x40; // LBA
        table[12] = 1;   // one sector
    } else {
        table[2] = isDisk == (ending == Ending::DataByPio) ? IdentifyDevice : IdentifyPacketDevice;
    }
    for (unsigned i = 0; i < 4; ++i) {
        table.at(128 + i) = static_cast<std::uint8_t>(DataAddress >> (8 * i));
        table.at(140 + i) = static_cast<std::uint8_t>((length - 1) >> (8 * i));
    }
    constexpr std::uint32_t FiveWords = 5;
    constexpr std::uint32_t AtapiFlag = 1 << 5;
    constexpr std::uint32_t OneRegion = 1 << 16;
    const std::array<std::uint32_t, 4> header{FiveWords | OneRegion | (isPacket ? AtapiFlag : 0), 0,
                                              static_cast<std::uint32_t>(TableAddress), 0};
    VM_TRY(m_memory.write(GuestAddress(TableAddress), std::as_bytes(std::span(table))));
    VM_TRY(m_memory.write(GuestAddress(m_ports.at(port).commandList), std::as_bytes(std::span(header))));
    return {};
}

} // namespace engine::conformance
