// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/listen_probe.h"

#include "devices/network/checksum.h"
#include "net/flow_table.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace engine::net {

namespace {

using network::storeBigEndian16;

/// The router of the user network, as libslirp has it.
constexpr MacAddress RouterMac{0x52, 0x55, 10, 0, 2, 2};
constexpr std::array<std::uint8_t, 4> RouterAddress{10, 0, 2, 2};
constexpr std::size_t FrameBytes = 54;
constexpr std::size_t IpAt = 14;
constexpr std::size_t TcpAt = 34;

std::vector<std::byte> makeSyn(const MacAddress& mac, const IpAddress& guest, std::uint16_t from,
                               std::uint16_t to)
{
    std::vector<std::byte> frame(FrameBytes);
    std::memcpy(frame.data(), mac.data(), mac.size());
    std::memcpy(frame.data() + 6, RouterMac.data(), RouterMac.size());
    storeBigEndian16(frame, 12, 0x0800);
    storeBigEndian16(frame, IpAt, 0x4500);
    storeBigEndian16(frame, IpAt + 2, FrameBytes - IpAt);
    storeBigEndian16(frame, IpAt + 8, 64 << 8 | ProtocolTcp); // time to live
    std::memcpy(frame.data() + IpAt + 12, RouterAddress.data(), 4);
    std::memcpy(frame.data() + IpAt + 16, guest.bytes.data(), 4);
    (void)network::completeChecksum(std::span(frame).first(TcpAt), IpAt, IpAt + 10);
    storeBigEndian16(frame, TcpAt, from);
    storeBigEndian16(frame, TcpAt + 2, to);
    storeBigEndian16(frame, TcpAt + 4, from); // the first sequence number: any
    storeBigEndian16(frame, TcpAt + 12, 5U << 12 | TcpView::Syn);
    storeBigEndian16(frame, TcpAt + 14, 1024);
    const auto addresses = std::span<const std::byte>(frame).subspan(IpAt + 12, 8);
    storeBigEndian16(frame, TcpAt + 16, network::checksumOf(addresses, ProtocolTcp + 20));
    (void)network::completeChecksum(frame, TcpAt, TcpAt + 16);
    return frame;
}

bool isRouter(const IpAddress& address)
{
    return !address.isV6 && std::ranges::equal(RouterAddress, std::span(address.bytes).first(4));
}

} // namespace

std::span<const std::uint16_t> ListenProbe::wellKnownPorts()
{
    static constexpr std::array<std::uint16_t, 32> Ports{
        21,   22,   23,   25,   53,   80,   139,  443,  445,  873,  1883, 3000, 3306, 3389, 4200,  5000,
        5173, 5432, 5672, 5900, 6379, 8000, 8008, 8080, 8081, 8443, 8888, 9000, 9090, 9200, 11434, 27017};
    return Ports;
}

std::vector<ListenProbe::Frame> ListenProbe::probe(const IpAddress& guestAddress)
{
    std::vector<Frame> frames;
    if (guestAddress.isV6 || guestAddress.isUnspecified())
        return frames;
    // A port of its own for each round, so that a connection of the last round is no obstacle.
    m_probePort = m_probePort == LastProbePort ? FirstProbePort : static_cast<std::uint16_t>(m_probePort + 1);
    for (const std::uint16_t port : wellKnownPorts())
        frames.push_back(makeSyn(m_mac, guestAddress, m_probePort, port));
    return frames;
}

bool ListenProbe::observe(std::span<const std::byte> frame, Frame& reply)
{
    const auto packet = parsePacket(frame);
    const auto tcp = packet ? parseTcp(frame, *packet) : std::nullopt;
    if (!tcp)
        return false;
    const bool accepts =
        (tcp->flags & (TcpView::Syn | TcpView::Ack | TcpView::Reset)) == (TcpView::Syn | TcpView::Ack);
    if (accepts && m_ports.size() < MostPorts)
        m_ports.insert(tcp->sourcePort);
    if (!isRouter(packet->destination) || tcp->destinationPort < FirstProbePort
        || tcp->destinationPort > LastProbePort
        || std::ranges::find(wellKnownPorts(), tcp->sourcePort) == wellKnownPorts().end())
        return false;
    if ((tcp->flags & TcpView::Reset) != 0)
        m_ports.erase(tcp->sourcePort);
    else
        reply = makeReset(turnedAround(frame), tcp->acknowledgement, tcp->nextSequence());
    return accepts || (tcp->flags & TcpView::Reset) != 0;
}

} // namespace engine::net
