// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/frame_cutter.h"

#include "devices/network/checksum.h"
#include "devices/network/e1000e/segmenter.h"
#include "net/frame_filter.h"
#include "net/packet_view.h"

namespace engine::net {

namespace {

/// The pseudo header's sum without the length (RFC 9293, 3.1), which segment() adds.
std::uint16_t pseudoSum(std::span<const std::byte> frame, const PacketView& packet)
{
    const std::size_t addressesAt = packet.layer3 + (packet.source.isV6 ? 8 : 12);
    const std::size_t addressBytes = packet.source.isV6 ? 32 : 8;
    return network::checksumOf(frame.subspan(addressesAt, addressBytes), packet.protocol);
}

constexpr std::ptrdiff_t TagAt = 12;
constexpr std::ptrdiff_t TagBytes = 4;

/// IEEE 802.1Q, 9.6
bool isTagged(std::span<const std::byte> frame)
{
    constexpr std::uint16_t TagType = 0x8100;
    return frame.size() > EthernetHeaderBytes + TagBytes && network::loadBigEndian16(frame, TagAt) == TagType;
}

/// The parts of the frame in the tag, each with the same tag, which does not count.
std::vector<std::vector<std::byte>> cutTaggedFrame(std::span<const std::byte> frame, std::size_t longest)
{
    const auto tag = frame.subspan(TagAt, TagBytes);
    std::vector<std::byte> plain(frame.begin(), frame.end());
    plain.erase(plain.begin() + TagAt, plain.begin() + TagAt + TagBytes);
    if (isTagged(plain))
        return {}; // one tag and no more
    auto parts = cutFrame(plain, longest);
    for (auto& part : parts)
        part.insert(part.begin() + TagAt, tag.begin(), tag.end());
    return parts;
}

} // namespace

std::vector<std::vector<std::byte>> cutFrame(std::span<const std::byte> frame, std::size_t longest)
{
    if (isTagged(frame))
        return cutTaggedFrame(frame, longest);
    constexpr std::size_t ChecksumAt = 16;
    const auto packet = parsePacket(frame);
    const auto tcp = packet ? parseTcp(frame, *packet) : std::nullopt;
    if (!tcp || tcp->data > UINT8_MAX || tcp->data >= longest)
        return {};
    std::vector<std::byte> copy(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(packet->end));
    const std::size_t field = packet->layer4 + ChecksumAt;
    network::storeBigEndian16(copy, field, pseudoSum(frame, *packet));
    const bool isV4 = !packet->source.isV6;
    if (isV4)
        network::storeBigEndian16(copy, packet->layer3 + 10, 0);
    const e1000e::OffloadContext context{.ipStart = static_cast<std::uint8_t>(packet->layer3),
                                         .ipField = static_cast<std::uint8_t>(packet->layer3 + 10),
                                         .ipEnd = static_cast<std::uint16_t>(packet->layer4 - 1),
                                         .layer4Start = static_cast<std::uint8_t>(packet->layer4),
                                         .layer4Field = static_cast<std::uint8_t>(field),
                                         .headerBytes = static_cast<std::uint8_t>(tcp->data),
                                         .segmentBytes = static_cast<std::uint16_t>(longest - tcp->data),
                                         .isTcp = true,
                                         .isIpv4 = isV4};
    return e1000e::segment(copy, context, {.ipChecksum = isV4, .layer4Checksum = true});
}

} // namespace engine::net
