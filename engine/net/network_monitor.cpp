// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/network_monitor.h"

#include "devices/network/checksum.h"
#include "net/dns_answer.h"
#include "net/frame_filter.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace engine::net {

namespace {

constexpr std::size_t MostNames = 256;
constexpr std::size_t MostAddresses = 8;

/// ARP for IPv4 over Ethernet (RFC 826): who speaks.
std::optional<IpAddress> arpSender(std::span<const std::byte> frame)
{
    constexpr std::uint16_t TypeArp = 0x0806;
    constexpr std::size_t ArpBytes = 28;
    constexpr std::size_t SenderAt = EthernetHeaderBytes + 14;
    if (frame.size() < EthernetHeaderBytes + ArpBytes || network::loadBigEndian16(frame, 12) != TypeArp
        || network::loadBigEndian16(frame, EthernetHeaderBytes + 2) != 0x0800)
        return std::nullopt;
    IpAddress address;
    std::memcpy(address.bytes.data(), frame.data() + SenderAt, 4);
    return address;
}

using Bytes = std::span<const std::byte>;
constexpr std::size_t UdpHeaderBytes = 8;

/// What a datagram from `port` carries.
std::optional<Bytes> datagramFrom(Bytes frame, std::uint16_t port)
{
    const auto packet = parsePacket(frame);
    if (!packet || packet->protocol != ProtocolUdp || packet->isLaterFragment
        || packet->end - packet->layer4 < UdpHeaderBytes
        || network::loadBigEndian16(frame, packet->layer4) != port)
        return std::nullopt;
    const std::size_t data = packet->layer4 + UdpHeaderBytes;
    return frame.subspan(data, packet->end - data);
}

/// The kind of a DHCP message (RFC 2132, 9.6), 0 when it does not say.
unsigned dhcpKind(Bytes options)
{
    constexpr unsigned Pad = 0;
    constexpr unsigned End = 255;
    constexpr unsigned MessageType = 53;
    for (std::size_t at = 0; at < options.size();) {
        const auto code = std::to_integer<unsigned>(options[at]);
        if (code == End)
            break;
        if (code == Pad) {
            ++at;
            continue;
        }
        if (options.size() - at < 3)
            break;
        if (code == MessageType)
            return std::to_integer<unsigned>(options[at + 2]);
        at += 2 + std::to_integer<std::size_t>(options[at + 1]);
    }
    return 0;
}

/// The address that a DHCP server confirms to the card `mac` (RFC 2131, 2).
std::optional<IpAddress> confirmedLease(Bytes message, const MacAddress& mac)
{
    constexpr std::array Cookie{std::byte{0x63}, std::byte{0x82}, std::byte{0x53}, std::byte{0x63}};
    constexpr std::size_t AddressAt = 16; // yiaddr
    constexpr std::size_t CardAt = 28;    // chaddr
    constexpr std::size_t CookieAt = 236;
    constexpr std::size_t OptionsAt = CookieAt + Cookie.size();
    constexpr unsigned Acknowledge = 5;
    if (message.size() < OptionsAt || message[0] != std::byte{2}
        || !std::ranges::equal(message.subspan(CookieAt, Cookie.size()), Cookie)
        || !std::ranges::equal(message.subspan(CardAt, mac.size()), std::as_bytes(std::span(mac)))
        || dhcpKind(message.subspan(OptionsAt)) != Acknowledge)
        return std::nullopt;
    IpAddress address;
    std::memcpy(address.bytes.data(), message.data() + AddressAt, 4);
    return address;
}

} // namespace

/// A guest may have an address long before it sends a packet from it.
void NetworkMonitor::noticeLease(std::span<const std::byte> frame)
{
    constexpr std::uint16_t ServerPort = 67;
    const auto message = datagramFrom(frame, ServerPort);
    if (const auto address = message ? confirmedLease(*message, m_mac) : std::nullopt)
        remember(*address);
}

void NetworkMonitor::noticeOwnAddress(std::span<const std::byte> frame)
{
    const auto packet = parsePacket(frame);
    const auto address = packet ? std::optional(packet->source) : arpSender(frame);
    if (address)
        remember(*address);
}

void NetworkMonitor::remember(const IpAddress& address)
{
    if (address.isUnspecified() || address.isGroup())
        return;
    if (!m_addresses.empty() && m_addresses.front() == address)
        return;
    std::erase(m_addresses, address);
    m_addresses.push_front(address);
    if (m_addresses.size() > MostAddresses)
        m_addresses.pop_back();
}

void NetworkMonitor::noticeNames(std::span<const std::byte> frame)
{
    constexpr std::uint16_t DnsPort = 53;
    const auto message = datagramFrom(frame, DnsPort);
    auto answer = message ? parseDnsAnswer(*message) : std::nullopt;
    if (!answer)
        return;
    for (const IpAddress& address : answer->addresses)
        m_flows.setName(address, answer->name);
    // The answers for IPv4 and IPv6 make one line.
    const auto known = std::ranges::find(m_names, answer->name, &NameSeen::name);
    if (known != m_names.end()) {
        for (const IpAddress& address : known->addresses)
            if (answer->addresses.size() < 32
                && std::ranges::find(answer->addresses, address) == answer->addresses.end())
                answer->addresses.push_back(address);
        m_names.erase(known);
    }
    m_names.push_front({.name = std::move(answer->name),
                        .addresses = std::move(answer->addresses),
                        .at = std::chrono::steady_clock::now()});
    if (m_names.size() > MostNames)
        m_names.pop_back();
}

FlowTable::Verdict NetworkMonitor::inspect(std::span<const std::byte> frame, FrameWay way)
{
    if (way == FrameWay::FromGuest) {
        noticeOwnAddress(frame);
        FlowTable::Verdict verdict;
        if (m_listening.observe(frame, verdict.answer)) {
            verdict.passes = false;
            return verdict;
        }
    } else {
        noticeNames(frame);
        noticeLease(frame);
    }
    return m_flows.inspect(frame, way, std::chrono::steady_clock::now());
}

std::vector<IpAddress> NetworkMonitor::addresses() const
{
    const auto rank = [](const IpAddress& address) {
        return (address.isLinkLocal() ? 2 : 0) + (address.isV6 ? 1 : 0);
    };
    std::vector<IpAddress> sorted;
    for (int wanted = 0; wanted <= 3; ++wanted)
        std::ranges::copy_if(m_addresses, std::back_inserter(sorted),
                             [&](const IpAddress& address) { return rank(address) == wanted; });
    return sorted;
}

std::vector<std::vector<std::byte>> NetworkMonitor::probe()
{
    const auto own = std::ranges::find(m_addresses, false, &IpAddress::isV6);
    return own == m_addresses.end() ? std::vector<std::vector<std::byte>>() : m_listening.probe(*own);
}

void NetworkMonitor::forgetPlace()
{
    m_flows.clear();
    m_listening.clear();
    m_addresses.clear();
}

} // namespace engine::net
