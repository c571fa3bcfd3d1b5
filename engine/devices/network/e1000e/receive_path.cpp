// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/network/e1000e/receive_path.h"

#include "devices/network/checksum.h"
#include "devices/network/e1000e/statistics.h"

#include <algorithm>
#include <optional>

namespace engine::e1000e {

namespace {

using network::loadBigEndian16;

constexpr std::size_t AddressBytes = 6;
constexpr std::size_t TypeAt = 12;
constexpr std::size_t HeaderBytes = 14;
constexpr std::size_t TagBytes = 4;
constexpr std::size_t ShortestFrame = 60;
constexpr std::size_t CheckSequenceBytes = 4;
constexpr std::uint32_t ExtendedDescriptors = 1U << 15; // RFCTL.EXSTEN
constexpr std::uint32_t PacketSplit = 1U << 10;         // RCTL.DTYP
// Descriptor status (7.1.4)
constexpr std::uint32_t Done = 1U << 0;          // DD
constexpr std::uint32_t EndOfPacket = 1U << 1;   // EOP
constexpr std::uint32_t NoChecksum = 1U << 2;    // IXSM
constexpr std::uint32_t VlanStripped = 1U << 3;  // VP
constexpr std::uint32_t Layer4Checked = 1U << 5; // TCPCS
constexpr std::uint32_t IpChecked = 1U << 6;     // IPCS

unsigned byteAt(std::span<const std::byte> bytes, std::size_t at)
{
    return std::to_integer<unsigned>(bytes[at]);
}

bool isExactAddress(std::span<const std::byte> frame, const RegisterFile& registers)
{
    constexpr std::uint32_t Entries = 16;
    constexpr std::uint32_t Valid = 1U << 31;
    for (std::uint32_t i = 0; i < Entries; ++i) {
        const std::uint32_t low = registers.get(reg::ReceiveAddress + 8 * i);
        const std::uint32_t high = registers.get(reg::ReceiveAddress + 8 * i + 4);
        bool same = (high & Valid) != 0;
        for (std::size_t b = 0; b < AddressBytes; ++b)
            same = same && byteAt(frame, b) == ((b < 4 ? low >> (8 * b) : high >> (8 * (b - 4))) & 0xff);
        if (same)
            return true;
    }
    return false;
}

/// Twelve bits of the address, chosen by RCTL.MO, index the multicast table.
bool isInMulticastTable(std::span<const std::byte> frame, const RegisterFile& registers)
{
    constexpr std::array<unsigned, 4> Shifts{4, 3, 2, 0};
    const unsigned shift = Shifts.at(registers.get(reg::ReceiveControl) >> 12 & 3);
    const unsigned bits = (byteAt(frame, 4) | byteAt(frame, 5) << 8) >> shift & 0xfff;
    return (registers.get(reg::MulticastTable + 4 * (bits >> 5)) >> (bits & 31) & 1) != 0;
}

bool passesVlanFilter(std::span<const std::byte> frame, const RegisterFile& registers)
{
    if ((registers.get(reg::ReceiveControl) & ReceiveVlanFilter) == 0 || frame.size() < HeaderBytes + TagBytes
        || loadBigEndian16(frame, TypeAt) != registers.get(reg::VlanEtherType))
        return true;
    const unsigned id = loadBigEndian16(frame, HeaderBytes) & 0xfff;
    return (registers.get(reg::VlanTable + 4 * (id >> 5)) >> (id & 31) & 1) != 0;
}

std::uint32_t bufferBytes(std::uint32_t control)
{
    constexpr std::uint32_t Kibibyte = 1024;
    if (const std::uint32_t flexible = control >> 27 & 0xf; flexible != 0)
        return flexible * Kibibyte;
    const std::uint32_t code = control >> 16 & 3;
    if ((control & ReceiveLargeBuffers) != 0 && code != 0)
        return (32 * Kibibyte) >> code;
    return (2 * Kibibyte) >> code;
}

/// Which checksums the card may vouch for: the network behind it only sends right ones.
std::uint32_t checksumStatus(std::span<const std::byte> frame, const RegisterFile& registers)
{
    constexpr std::uint32_t IpOffload = 1U << 8;     // RXCSUM.IPOFLD
    constexpr std::uint32_t Layer4Offload = 1U << 9; // RXCSUM.TUOFLD
    constexpr unsigned Tcp = 6;
    const std::uint32_t enabled = registers.get(reg::ReceiveChecksum);
    constexpr std::size_t Ipv4ProtocolAt = HeaderBytes + 9;
    if (frame.size() <= Ipv4ProtocolAt || loadBigEndian16(frame, TypeAt) != 0x0800)
        return NoChecksum;
    std::uint32_t status = (enabled & IpOffload) != 0 ? IpChecked : 0;
    const bool isFragment = (loadBigEndian16(frame, HeaderBytes + 6) & 0x3fff) != 0;
    if ((enabled & Layer4Offload) != 0 && !isFragment && byteAt(frame, Ipv4ProtocolAt) == Tcp)
        status |= Layer4Checked;
    return status != 0 ? status : NoChecksum;
}

} // namespace

bool passesFilter(std::span<const std::byte> frame, const RegisterFile& registers)
{
    const std::uint32_t control = registers.get(reg::ReceiveControl);
    if (!passesVlanFilter(frame, registers))
        return false;
    if (std::ranges::all_of(frame.first(AddressBytes), [](std::byte b) { return b == std::byte{0xff}; }))
        return (control & (ReceiveBroadcast | ReceiveAllMulticast)) != 0;
    if (isExactAddress(frame, registers))
        return true;
    if ((byteAt(frame, 0) & 1) == 0)
        return (control & ReceiveAllUnicast) != 0;
    return (control & ReceiveAllMulticast) != 0 || isInMulticastTable(frame, registers);
}

ReceivePath::Format ReceivePath::formatOf(const RegisterFile& registers)
{
    constexpr std::uint32_t HeaderUnit = 128;
    constexpr std::uint32_t BufferUnit = 1024;
    const std::uint32_t control = registers.get(reg::ReceiveControl);
    Format format{.isExtended = (registers.get(reg::ReceiveFilter) & ExtendedDescriptors) != 0,
                  .isSplit = (control & PacketSplit) != 0};
    if (!format.isSplit) {
        format.rooms[0] = bufferBytes(control);
        return format;
    }
    const std::uint32_t sizes = registers.get(reg::PacketSplitControl);
    format.rooms = {(sizes & 0x7f) * HeaderUnit, (sizes >> 8 & 0x3f) * BufferUnit,
                    (sizes >> 16 & 0x3f) * BufferUnit, (sizes >> 24 & 0x3f) * BufferUnit};
    return format;
}

bool ReceivePath::store(const GuestMemory& memory, GuestAddress place, const Format& format,
                        std::span<const std::byte> part, const Report& report)
{
    if (format.isSplit)
        return storeSplit(memory, place, format, part, report);
    const auto before = memory.readObject<Descriptor>(place);
    if (!before)
        return false;
    (void)memory.write(GuestAddress((*before)[0] | std::uint64_t{(*before)[1]} << 32), part); // or lost
    const auto length = static_cast<std::uint32_t>(part.size());
    const std::uint32_t tag = std::uint32_t{report.vlanTag} << 16;
    const Descriptor after =
        format.isExtended ? Descriptor{0, 0, report.status, length | tag}
                          : Descriptor{(*before)[0], (*before)[1], length, (report.status & 0xff) | tag};
    return memory.writeObject(place, after).has_value();
}

bool ReceivePath::storeSplit(const GuestMemory& memory, GuestAddress place, const Format& format,
                             std::span<const std::byte> part, const Report& report)
{
    const auto buffers = memory.readObject<std::array<std::uint64_t, 4>>(place);
    if (!buffers)
        return false;
    std::array<std::uint32_t, 4> lengths{};
    for (std::size_t i = 0; i < lengths.size(); ++i) {
        const auto piece = part.first(std::min<std::size_t>(part.size(), format.rooms.at(i)));
        part = part.subspan(piece.size());
        lengths.at(i) = static_cast<std::uint32_t>(piece.size());
        if (!piece.empty())
            (void)memory.write(GuestAddress(buffers->at(i)), piece); // outside of RAM: lost
    }
    const std::array<std::uint32_t, 8> after{0,
                                             0,
                                             report.status,
                                             lengths[0] | std::uint32_t{report.vlanTag} << 16,
                                             lengths[1] << 16,
                                             lengths[2] | lengths[3] << 16};
    return memory.writeObject(place, after).has_value();
}

ReceivePath::Report ReceivePath::prepare(std::span<const std::byte> frame, const RegisterFile& registers)
{
    Report report{.status = checksumStatus(frame, registers)};
    m_bytes.assign(frame.begin(), frame.end());
    if ((registers.get(reg::DeviceControl) & ControlVlanMode) != 0 && frame.size() >= HeaderBytes + TagBytes
        && loadBigEndian16(frame, TypeAt) == registers.get(reg::VlanEtherType)) {
        report.vlanTag = loadBigEndian16(frame, HeaderBytes);
        report.status |= VlanStripped;
        m_bytes.erase(m_bytes.begin() + TypeAt, m_bytes.begin() + TypeAt + TagBytes);
    }
    m_bytes.resize(std::max(m_bytes.size(), ShortestFrame));
    if ((registers.get(reg::ReceiveControl) & ReceiveStripCrc) == 0)
        m_bytes.resize(m_bytes.size() + CheckSequenceBytes); // drivers cut it off unseen
    return report;
}

ReceivePath::Outcome ReceivePath::receive(std::span<const std::byte> frame, RegisterFile& registers,
                                          const GuestMemory& memory)
{
    const std::uint32_t control = registers.get(reg::ReceiveControl);
    if (frame.size() < HeaderBytes || (control & ReceiveEnable) == 0 || !registers.isLinkUp()
        || !passesFilter(frame, registers))
        return Outcome::Filtered;
    const Format format = formatOf(registers);
    const std::uint32_t room = format.room();
    if (room == 0)
        return Outcome::Filtered;
    const Report report = prepare(frame, registers);
    Ring ring = Ring::load(registers, reg::ReceiveRing);
    const std::uint32_t step = format.isSplit ? 2 : 1; // head and tail count 16 bytes in any case
    const auto needed = static_cast<std::uint32_t>((m_bytes.size() + room - 1) / room) * step;
    if (ring.size != 0 && needed >= ring.size)
        return Outcome::Filtered; // would never fit
    if (ring.available() < needed)
        return Outcome::NoBuffers;
    for (std::size_t offset = 0; offset < m_bytes.size(); offset += room) {
        const std::size_t bytes = std::min<std::size_t>(room, m_bytes.size() - offset);
        Report piece = report;
        piece.status =
            offset + bytes == m_bytes.size() ? report.status | Done | EndOfPacket : std::uint32_t{Done};
        const auto place = ring.at(ring.head);
        if (!place || !store(memory, *place, format, std::span(m_bytes).subspan(offset, bytes), piece))
            return Outcome::Filtered; // a ring that is not in RAM
        ring.head = (ring.head + step) % ring.size;
    }
    registers.set(reg::ReceiveRing + reg::RingHead, ring.head);
    countReceived(frame, registers);
    std::uint32_t causes = CauseReceiveTimer | CauseReceiveQueue0;
    if (ring.available() < ring.size >> (1 + (control >> 8 & 3)))
        causes |= CauseReceiveThreshold;
    registers.raise(causes);
    return Outcome::Stored;
}

} // namespace engine::e1000e
