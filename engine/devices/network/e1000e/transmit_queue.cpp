// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/network/e1000e/transmit_queue.h"

#include "devices/network/checksum.h"

namespace engine::e1000e {

namespace {

// Descriptor bits (datasheet 7.2.3, 7.2.5): the third double word has length, type and command.
constexpr std::uint32_t CommandEnd = 1U << 24;          // EOP
constexpr std::uint32_t CommandChecksum = 1U << 26;     // IC of a legacy descriptor
constexpr std::uint32_t CommandSegment = 1U << 26;      // TSE of a data descriptor
constexpr std::uint32_t CommandReport = 1U << 27;       // RS
constexpr std::uint32_t CommandExtended = 1U << 29;     // DEXT
constexpr std::uint32_t CommandVlan = 1U << 30;         // VLE
constexpr std::uint32_t ContextTcp = 1U << 24;          // TUCMD.TCP
constexpr std::uint32_t ContextIpv4 = 1U << 25;         // TUCMD.IP
constexpr std::uint32_t StatusDone = 1U << 0;           // DD
constexpr std::uint32_t OptionIpChecksum = 1U << 0;     // IXSM
constexpr std::uint32_t OptionLayer4Checksum = 1U << 1; // TXSM

constexpr std::size_t LongestPacket = 65536 + 256;
constexpr std::size_t ShortestFrame = 60;

std::uint32_t typeOf(const Descriptor& descriptor)
{
    return descriptor[2] >> 20 & 0xf;
}

bool isExtended(const Descriptor& descriptor)
{
    return (descriptor[2] & CommandExtended) != 0;
}

OffloadContext parseContext(const Descriptor& d)
{
    return {.ipStart = static_cast<std::uint8_t>(d[0]),
            .ipField = static_cast<std::uint8_t>(d[0] >> 8),
            .ipEnd = static_cast<std::uint16_t>(d[0] >> 16),
            .layer4Start = static_cast<std::uint8_t>(d[1]),
            .layer4Field = static_cast<std::uint8_t>(d[1] >> 8),
            .layer4End = static_cast<std::uint16_t>(d[1] >> 16),
            .headerBytes = static_cast<std::uint8_t>(d[3] >> 8),
            .segmentBytes = static_cast<std::uint16_t>(d[3] >> 16),
            .isTcp = (d[2] & ContextTcp) != 0,
            .isIpv4 = (d[2] & ContextIpv4) != 0};
}

void insertVlanTag(std::vector<std::byte>& frame, std::uint16_t etherType, std::uint16_t tag)
{
    constexpr std::ptrdiff_t AfterAddresses = 12;
    if (frame.size() < static_cast<std::size_t>(AfterAddresses))
        return;
    frame.insert(frame.begin() + AfterAddresses, 4, std::byte{0});
    network::storeBigEndian16(frame, AfterAddresses, etherType);
    network::storeBigEndian16(frame, AfterAddresses + 2, tag);
}

} // namespace

TransmitQueue::Outcome TransmitQueue::work(RegisterFile& registers, const GuestMemory& memory, unsigned limit,
                                           std::size_t longestFrame)
{
    Outcome outcome;
    if ((registers.get(reg::TransmitControl) & TransmitEnable) == 0)
        return outcome;
    Ring ring = Ring::load(registers, m_block);
    while (ring.available() != 0 && limit-- != 0 && outcome.frames.empty()) {
        const auto place = ring.at(ring.head);
        const auto descriptor =
            place ? memory.readObject<Descriptor>(*place) : Result<Descriptor>(Descriptor{});
        if (!place || !descriptor) { // a ring that is not in RAM: the card hangs, as on a real bus error
            m_broken = true;
            return outcome;
        }
        if (process(*descriptor, memory))
            finishPacket(registers, *descriptor, longestFrame, outcome);
        if ((*descriptor)[2] & CommandReport) {
            constexpr std::uint64_t StatusOffset = 12;
            if (const auto status = place->checkedAdd(StatusOffset))
                (void)memory.writeObject<std::uint32_t>(*status, (*descriptor)[3] | StatusDone);
            outcome.causes |= CauseTransmitDone;
        }
        ring.head = (ring.head + 1) % ring.size;
        registers.set(m_block + reg::RingHead, ring.head);
    }
    outcome.hasMore = ring.available() != 0;
    if (!outcome.hasMore && ring.size != 0)
        outcome.causes |= CauseTransmitEmpty;
    return outcome;
}

bool TransmitQueue::process(const Descriptor& d, const GuestMemory& memory)
{
    const std::uint64_t address = d[0] | std::uint64_t{d[1]} << 32;
    if (!isExtended(d)) {
        if (m_packet.empty())
            m_segmented = false;
        gather(memory, address, d[2] & 0xffff);
    } else if (typeOf(d) == 0) {
        m_context = parseContext(d);
        return false;
    } else {
        if (m_packet.empty()) {
            m_options = d[3] >> 8 & 0xff;
            m_segmented = (d[2] & CommandSegment) != 0;
        }
        gather(memory, address, d[2] & 0xfffff);
    }
    return (d[2] & CommandEnd) != 0;
}

void TransmitQueue::gather(const GuestMemory& memory, std::uint64_t address, std::uint32_t length)
{
    if (m_broken || length > LongestPacket - m_packet.size()) {
        m_broken = true;
        return;
    }
    const std::size_t before = m_packet.size();
    m_packet.resize(before + length);
    if (!memory.read(GuestAddress(address), std::span(m_packet).subspan(before)))
        m_broken = true;
}

/// The other side may cut to the size of a wire's frames again, so the guest must have wanted no smaller
/// ones.
void TransmitQueue::cutPacket(OffloadRequest request, std::size_t longestFrame, Outcome& outcome)
{
    constexpr std::size_t WireFrame = 1514;
    constexpr std::size_t LongestIpPacket = 65535;
    OffloadContext context = m_context;
    const std::size_t header = context.headerBytes;
    if (context.isTcp && m_packet.size() <= longestFrame
        && m_packet.size() - context.ipStart <= LongestIpPacket && header < m_packet.size()
        && header + context.segmentBytes >= WireFrame) {
        outcome.headerBytes = header;
        outcome.segmentBytes = context.segmentBytes;
        context.segmentBytes = static_cast<std::uint16_t>(m_packet.size() - header);
    }
    outcome.frames = segment(m_packet, context, request);
}

void TransmitQueue::finishPacket(const RegisterFile& registers, const Descriptor& last,
                                 std::size_t longestFrame, Outcome& outcome)
{
    const bool good = !m_broken && !m_packet.empty();
    if (good && !isExtended(last)) {
        const std::size_t start = last[3] >> 8 & 0xff;  // CSS
        const std::size_t field = last[2] >> 16 & 0xff; // CSO
        if ((last[2] & CommandChecksum) != 0)
            (void)network::completeChecksum(m_packet, start, field);
        outcome.frames.push_back(std::move(m_packet));
    } else if (good) {
        const OffloadRequest request{.ipChecksum = (m_options & OptionIpChecksum) != 0,
                                     .layer4Checksum = (m_options & OptionLayer4Checksum) != 0};
        if (m_segmented) {
            cutPacket(request, longestFrame, outcome);
        } else {
            insertChecksums(m_packet, m_context, request);
            outcome.frames.push_back(std::move(m_packet));
        }
    }
    const bool pad = (registers.get(reg::TransmitControl) & TransmitPadShort) != 0;
    const bool tagged =
        (last[2] & CommandVlan) != 0 && (registers.get(reg::DeviceControl) & ControlVlanMode) != 0;
    for (std::vector<std::byte>& frame : outcome.frames) {
        if (tagged)
            insertVlanTag(frame, static_cast<std::uint16_t>(registers.get(reg::VlanEtherType)),
                          static_cast<std::uint16_t>(last[3] >> 16));
        if (pad && frame.size() < ShortestFrame)
            frame.resize(ShortestFrame);
    }
    m_packet.clear();
    m_broken = false;
}

void TransmitQueue::reset()
{
    m_context = {};
    m_packet.clear();
    m_options = 0;
    m_segmented = false;
    m_broken = false;
}

void TransmitQueue::saveState(StateWriter& out) const
{
    out.integer(m_context.ipStart);
    out.integer(m_context.ipField);
    out.integer(m_context.ipEnd);
    out.integer(m_context.layer4Start);
    out.integer(m_context.layer4Field);
    out.integer(m_context.layer4End);
    out.integer(m_context.headerBytes);
    out.integer(m_context.segmentBytes);
    out.boolean(m_context.isTcp);
    out.boolean(m_context.isIpv4);
    out.bytes(m_packet);
    out.integer(m_options);
    out.boolean(m_segmented);
    out.boolean(m_broken);
}

void TransmitQueue::readState(StateReader& in)
{
    m_context.ipStart = in.integer<std::uint8_t>();
    m_context.ipField = in.integer<std::uint8_t>();
    m_context.ipEnd = in.integer<std::uint16_t>();
    m_context.layer4Start = in.integer<std::uint8_t>();
    m_context.layer4Field = in.integer<std::uint8_t>();
    m_context.layer4End = in.integer<std::uint16_t>();
    m_context.headerBytes = in.integer<std::uint8_t>();
    m_context.segmentBytes = in.integer<std::uint16_t>();
    m_context.isTcp = in.boolean();
    m_context.isIpv4 = in.boolean();
    m_packet = in.bytes(LongestPacket);
    m_options = in.integer<std::uint32_t>();
    m_segmented = in.boolean();
    m_broken = in.boolean();
}

} // namespace engine::e1000e
