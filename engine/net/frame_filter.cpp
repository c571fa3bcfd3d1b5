// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/frame_filter.h"

#include <algorithm>

namespace engine::net {

namespace {

constexpr std::uint16_t TypeIpv4 = 0x0800;
constexpr std::uint16_t TypeIpv6 = 0x86dd;
constexpr unsigned ProtocolTcp = 6;
constexpr std::size_t Ipv4HeaderBytes = 20;
constexpr std::size_t Ipv6HeaderBytes = 40;
constexpr std::size_t TcpHeaderBytes = 20;
constexpr std::uint16_t FragmentMask = 0x3fff; // more fragments, and the offset
constexpr std::uint16_t TcpUrgent = 0x0020;    // URG, in the word with the data offset

unsigned byteAt(std::span<const std::byte> bytes, std::size_t at)
{
    return std::to_integer<unsigned>(bytes[at]);
}

std::uint16_t wordAt(std::span<const std::byte> bytes, std::size_t at)
{
    return static_cast<std::uint16_t>(byteAt(bytes, at) << 8 | byteAt(bytes, at + 1));
}

void setWord(std::span<std::byte> bytes, std::size_t at, std::uint16_t value)
{
    bytes[at] = std::byte(static_cast<std::uint8_t>(value >> 8));
    bytes[at + 1] = std::byte(static_cast<std::uint8_t>(value));
}

/// The checksum after one word under it has changed (RFC 1624, equation 3).
std::uint16_t adjusted(std::uint16_t checksum, std::uint16_t before, std::uint16_t after)
{
    std::uint32_t sum = static_cast<std::uint16_t>(~checksum);
    sum += static_cast<std::uint16_t>(~before);
    sum += after;
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<std::uint16_t>(~sum);
}

/// RFC 9293, 3.1.
FrameVerdict clearUrgent(std::span<std::byte> tcp)
{
    constexpr std::size_t FlagsAt = 12;
    constexpr std::size_t ChecksumAt = 16;
    constexpr std::size_t PointerAt = 18;
    if (tcp.size() < TcpHeaderBytes)
        return FrameVerdict::BadHeader;
    const std::uint16_t flags = wordAt(tcp, FlagsAt);
    const std::uint16_t pointer = wordAt(tcp, PointerAt);
    const auto plain = static_cast<std::uint16_t>(flags & ~TcpUrgent);
    if (flags != plain || pointer != 0) {
        const std::uint16_t once = adjusted(wordAt(tcp, ChecksumAt), flags, plain);
        setWord(tcp, ChecksumAt, adjusted(once, pointer, 0));
        setWord(tcp, FlagsAt, plain);
        setWord(tcp, PointerAt, 0);
    }
    return FrameVerdict::Accepted;
}

/// RFC 791, 3.1.
FrameVerdict checkIpv4(std::span<std::byte> packet)
{
    if (packet.size() < Ipv4HeaderBytes || byteAt(packet, 0) >> 4 != 4)
        return FrameVerdict::BadHeader;
    const std::size_t header = 4 * (byteAt(packet, 0) & 0xf);
    const std::size_t total = wordAt(packet, 2);
    if (header < Ipv4HeaderBytes || total < header || total > packet.size())
        return FrameVerdict::BadHeader;
    if (byteAt(packet, 9) != ProtocolTcp)
        return FrameVerdict::Accepted;
    if ((wordAt(packet, 6) & FragmentMask) != 0)
        return FrameVerdict::BadHeader;
    return clearUrgent(packet.first(total).subspan(header));
}

/// RFC 8200, 3. The NAT looks at the first header only, and so does this.
FrameVerdict checkIpv6(std::span<std::byte> packet)
{
    if (packet.size() < Ipv6HeaderBytes || byteAt(packet, 0) >> 4 != 6)
        return FrameVerdict::BadHeader;
    const std::size_t payload = wordAt(packet, 4);
    if (payload > packet.size() - Ipv6HeaderBytes)
        return FrameVerdict::BadHeader;
    if (byteAt(packet, 6) != ProtocolTcp)
        return FrameVerdict::Accepted;
    return clearUrgent(packet.subspan(Ipv6HeaderBytes, payload));
}

} // namespace

FrameVerdict sanitizeGuestFrame(std::span<std::byte> frame, const MacAddress& sender)
{
    constexpr std::size_t SenderAt = 6;
    constexpr std::size_t TypeAt = 12;
    if (frame.size() < EthernetHeaderBytes || frame.size() > LongestFrameBytes)
        return FrameVerdict::BadLength;
    const auto source = frame.subspan(SenderAt, sender.size());
    if (!std::ranges::equal(source, std::as_bytes(std::span(sender))))
        return FrameVerdict::ForeignSender;
    const auto packet = frame.subspan(EthernetHeaderBytes);
    switch (wordAt(frame, TypeAt)) {
    case TypeIpv4: return checkIpv4(packet);
    case TypeIpv6: return checkIpv6(packet);
    default: return FrameVerdict::Accepted;
    }
}

} // namespace engine::net
