// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/packet_view.h"

#include "devices/network/checksum.h"
#include "net/frame_filter.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>

namespace engine::net {

namespace {

using network::loadBigEndian16;

constexpr std::uint16_t TypeIpv4 = 0x0800;
constexpr std::uint16_t TypeIpv6 = 0x86dd;
constexpr std::size_t Ipv4HeaderBytes = 20;
constexpr std::size_t Ipv6HeaderBytes = 40;
constexpr std::size_t TcpHeaderBytes = 20;

unsigned byteAt(std::span<const std::byte> bytes, std::size_t at)
{
    return std::to_integer<unsigned>(bytes[at]);
}

IpAddress addressAt(std::span<const std::byte> frame, std::size_t at, bool isV6)
{
    IpAddress address{.isV6 = isV6};
    std::memcpy(address.bytes.data(), frame.data() + at, isV6 ? 16 : 4);
    return address;
}

std::optional<PacketView> parseIpv4(std::span<const std::byte> frame)
{
    constexpr std::uint16_t OffsetMask = 0x1fff;
    const auto packet = frame.subspan(EthernetHeaderBytes);
    if (packet.size() < Ipv4HeaderBytes || byteAt(packet, 0) >> 4 != 4)
        return std::nullopt;
    const std::size_t header = 4 * std::size_t{byteAt(packet, 0) & 0xf};
    const std::size_t total = loadBigEndian16(packet, 2);
    if (header < Ipv4HeaderBytes || total < header || total > packet.size())
        return std::nullopt;
    return PacketView{.source = addressAt(packet, 12, false),
                      .destination = addressAt(packet, 16, false),
                      .protocol = static_cast<std::uint8_t>(byteAt(packet, 9)),
                      .isLaterFragment = (loadBigEndian16(packet, 6) & OffsetMask) != 0,
                      .layer3 = EthernetHeaderBytes,
                      .layer4 = EthernetHeaderBytes + header,
                      .end = EthernetHeaderBytes + total};
}

std::optional<PacketView> parseIpv6(std::span<const std::byte> frame)
{
    const auto packet = frame.subspan(EthernetHeaderBytes);
    if (packet.size() < Ipv6HeaderBytes || byteAt(packet, 0) >> 4 != 6)
        return std::nullopt;
    const std::size_t payload = loadBigEndian16(packet, 4);
    if (payload > packet.size() - Ipv6HeaderBytes)
        return std::nullopt;
    return PacketView{.source = addressAt(packet, 8, true),
                      .destination = addressAt(packet, 24, true),
                      .protocol = static_cast<std::uint8_t>(byteAt(packet, 6)),
                      .layer3 = EthernetHeaderBytes,
                      .layer4 = EthernetHeaderBytes + Ipv6HeaderBytes,
                      .end = EthernetHeaderBytes + Ipv6HeaderBytes + payload};
}

} // namespace

bool IpAddress::isGroup() const
{
    if (isV6)
        return bytes[0] == 0xff;
    return bytes[0] >= 224 && (bytes[0] < 240 || (bytes[0] == 255 && bytes[3] == 255));
}

std::string IpAddress::toText() const
{
    std::array<char, INET6_ADDRSTRLEN> text{};
    ::inet_ntop(isV6 ? AF_INET6 : AF_INET, bytes.data(), text.data(), text.size());
    return text.data();
}

std::optional<IpAddress> IpAddress::parse(std::string_view text)
{
    const std::string copy(text);
    IpAddress address{.isV6 = copy.contains(':')};
    if (::inet_pton(address.isV6 ? AF_INET6 : AF_INET, copy.c_str(), address.bytes.data()) != 1)
        return std::nullopt;
    return address;
}

std::optional<PacketView> parsePacket(std::span<const std::byte> frame)
{
    constexpr std::size_t TypeAt = 12;
    if (frame.size() < EthernetHeaderBytes)
        return std::nullopt;
    switch (loadBigEndian16(frame, TypeAt)) {
    case TypeIpv4: return parseIpv4(frame);
    case TypeIpv6: return parseIpv6(frame);
    default: return std::nullopt;
    }
}

std::optional<TcpView> parseTcp(std::span<const std::byte> frame, const PacketView& packet)
{
    if (packet.protocol != ProtocolTcp || packet.isLaterFragment
        || packet.end - packet.layer4 < TcpHeaderBytes)
        return std::nullopt;
    const auto tcp = frame.subspan(packet.layer4, packet.end - packet.layer4);
    const std::size_t header = 4 * std::size_t{byteAt(tcp, 12) >> 4};
    if (header < TcpHeaderBytes || header > tcp.size())
        return std::nullopt;
    const auto load32 = [&](std::size_t at) {
        return std::uint32_t{loadBigEndian16(tcp, at)} << 16 | loadBigEndian16(tcp, at + 2);
    };
    return TcpView{.sourcePort = loadBigEndian16(tcp, 0),
                   .destinationPort = loadBigEndian16(tcp, 2),
                   .sequence = load32(4),
                   .acknowledgement = load32(8),
                   .flags = static_cast<std::uint8_t>(byteAt(tcp, 13)),
                   .data = packet.layer4 + header,
                   .dataBytes = tcp.size() - header};
}

} // namespace engine::net
