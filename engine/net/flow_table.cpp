// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/flow_table.h"

#include "devices/network/checksum.h"
#include "net/frame_filter.h"

#include <algorithm>

namespace engine::net {

namespace {

using network::loadBigEndian16;
using network::storeBigEndian16;
using namespace std::chrono_literals;

constexpr std::size_t MostRules = 256;
constexpr std::size_t MostNames = 4096;
constexpr std::size_t TcpHeaderBytes = 20;

/// Ports or, for ICMP, nothing.
std::optional<FlowKey> keyOf(std::span<const std::byte> frame, const PacketView& packet, FrameWay way)
{
    constexpr std::size_t PortBytes = 4;
    FlowKey key{.protocol = packet.protocol};
    const bool isOut = way == FrameWay::FromGuest;
    key.guest = isOut ? packet.source : packet.destination;
    key.peer = isOut ? packet.destination : packet.source;
    // Neighbour discovery, DHCP, mDNS: the wire's own talk is no connection.
    if (key.peer.isGroup() || key.guest.isGroup() || key.guest.isUnspecified() || key.peer.isUnspecified())
        return std::nullopt;
    if (packet.protocol == ProtocolTcp || packet.protocol == ProtocolUdp) {
        if (packet.isLaterFragment || packet.end - packet.layer4 < PortBytes)
            return std::nullopt;
        const std::uint16_t source = loadBigEndian16(frame, packet.layer4);
        const std::uint16_t destination = loadBigEndian16(frame, packet.layer4 + 2);
        key.guestPort = isOut ? source : destination;
        key.peerPort = isOut ? destination : source;
    } else if (packet.protocol == ProtocolIcmp6) {
        constexpr unsigned FirstNeighbourType = 130; // RFC 4443, RFC 4861: 130 to 143 are the wire's own
        if (packet.end == packet.layer4
            || std::to_integer<unsigned>(frame[packet.layer4]) >= FirstNeighbourType)
            return std::nullopt;
    } else if (packet.protocol != ProtocolIcmp) {
        return std::nullopt;
    }
    return key;
}

bool isEnded(const Flow& flow)
{
    return flow.state == FlowState::Closed || flow.state == FlowState::Refused || flow.state == FlowState::Cut
           || flow.state == FlowState::Blocked;
}

void store32(std::span<std::byte> bytes, std::size_t at, std::uint32_t value)
{
    storeBigEndian16(bytes, at, static_cast<std::uint16_t>(value >> 16));
    storeBigEndian16(bytes, at + 2, static_cast<std::uint16_t>(value));
}

void swapBytes(std::span<std::byte> bytes, std::size_t a, std::size_t b, std::size_t count)
{
    std::ranges::swap_ranges(bytes.subspan(a, count), bytes.subspan(b, count));
}

/// Ethernet, IP and TCP header of a packet, as of one without data.
void keepHeaders(std::vector<std::byte>& headers, std::span<const std::byte> frame, const TcpView& tcp)
{
    headers.assign(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(tcp.data));
    constexpr std::size_t Ipv6HeaderBytes = 40;
    const bool isV6 = std::to_integer<unsigned>(headers[EthernetHeaderBytes]) >> 4 == 6;
    const std::size_t bytes = tcp.data - EthernetHeaderBytes - (isV6 ? Ipv6HeaderBytes : 0);
    storeBigEndian16(headers, EthernetHeaderBytes + (isV6 ? 4 : 2), static_cast<std::uint16_t>(bytes));
}

} // namespace

std::vector<std::byte> turnedAround(std::span<const std::byte> tcpFrame)
{
    constexpr std::size_t AddressBytes = 6;
    std::vector<std::byte> frame(tcpFrame.begin(), tcpFrame.end());
    const auto packet = parsePacket(frame);
    if (!packet || !parseTcp(frame, *packet))
        return {};
    swapBytes(frame, 0, AddressBytes, AddressBytes);
    const bool isV6 = packet->source.isV6;
    swapBytes(frame, packet->layer3 + (isV6 ? 8 : 12), packet->layer3 + (isV6 ? 24 : 16), isV6 ? 16 : 4);
    swapBytes(frame, packet->layer4, packet->layer4 + 2, 2);
    return frame;
}

std::vector<std::byte> makeReset(std::span<const std::byte> like, std::uint32_t sequence,
                                 std::uint32_t acknowledgement)
{
    constexpr std::uint16_t HeaderLengthAndFlags = 5U << 12 | TcpView::Reset | TcpView::Ack;
    const auto packet = parsePacket(like);
    if (!packet || !parseTcp(like, *packet))
        return {};
    const bool isV6 = packet->source.isV6;
    const std::size_t tcp = packet->layer4;
    std::vector<std::byte> frame(like.begin(),
                                 like.begin() + static_cast<std::ptrdiff_t>(tcp + TcpHeaderBytes));
    store32(frame, tcp + 4, sequence);
    store32(frame, tcp + 8, acknowledgement);
    storeBigEndian16(frame, tcp + 12, HeaderLengthAndFlags);
    storeBigEndian16(frame, tcp + 14, 0);
    storeBigEndian16(frame, tcp + 18, 0);
    if (isV6) {
        storeBigEndian16(frame, packet->layer3 + 4, TcpHeaderBytes);
    } else {
        storeBigEndian16(frame, packet->layer3 + 2,
                         static_cast<std::uint16_t>(tcp + TcpHeaderBytes - packet->layer3));
        storeBigEndian16(frame, packet->layer3 + 10, 0);
        (void)network::completeChecksum(std::span(frame).first(tcp), packet->layer3, packet->layer3 + 10);
    }
    const auto addresses =
        std::span<const std::byte>(frame).subspan(packet->layer3 + (isV6 ? 8 : 12), isV6 ? 32 : 8);
    storeBigEndian16(frame, tcp + 16, network::checksumOf(addresses, ProtocolTcp + TcpHeaderBytes));
    (void)network::completeChecksum(frame, tcp, tcp + 16);
    return frame;
}

bool FlowTable::isBlocked(const FlowKey& key) const
{
    return std::ranges::any_of(m_blocked, [&](const BlockRule& rule) {
        return rule.peer == key.peer && (rule.port == 0 || rule.port == key.peerPort);
    });
}

void FlowTable::forget(Entries::iterator entry)
{
    m_index.erase(entry->flow.key);
    m_entries.erase(entry);
}

void FlowTable::makeRoom()
{
    if (m_entries.size() < Capacity)
        return;
    constexpr int Looks = 64; // ended ones gather at the back; never a walk through all of them
    auto candidate = std::prev(m_entries.end());
    for (auto entry = candidate; entry != m_entries.begin() && std::distance(entry, m_entries.end()) < Looks;
         --entry)
        if (isEnded(entry->flow)) {
            candidate = entry;
            break;
        }
    forget(candidate);
}

FlowTable::Entry& FlowTable::entryOf(const FlowKey& key, FrameWay way, Clock::time_point now)
{
    if (const auto known = m_index.find(key); known != m_index.end()) {
        m_entries.splice(m_entries.begin(), m_entries, known->second);
        return m_entries.front();
    }
    makeRoom();
    Entry& entry = m_entries.emplace_front();
    entry.flow = {.id = m_nextId++,
                  .key = key,
                  .state = key.protocol == ProtocolTcp ? FlowState::Opening : FlowState::Open,
                  .startedByGuest = way == FrameWay::FromGuest,
                  .started = now,
                  .lastSeen = now};
    if (const auto name = m_names.find(key.peer.toText()); name != m_names.end())
        entry.flow.peerName = name->second;
    m_index[key] = m_entries.begin();
    return entry;
}

void FlowTable::follow(Entry& entry, std::span<const std::byte> frame, const TcpView& tcp, FrameWay way)
{
    Flow& flow = entry.flow;
    const bool isOut = way == FrameWay::FromGuest;
    Frame& headers = isOut ? entry.fromGuest : entry.toGuest;
    keepHeaders(headers, frame, tcp);
    (isOut ? entry.nextFromGuest : entry.nextToGuest) = tcp.nextSequence();
    if ((tcp.flags & TcpView::Reset) != 0) {
        flow.state = flow.state == FlowState::Opening ? FlowState::Refused : FlowState::Closed;
        return;
    }
    if ((tcp.flags & TcpView::Fin) != 0)
        (isOut ? entry.guestEnded : entry.peerEnded) = true;
    if (entry.guestEnded && entry.peerEnded)
        flow.state = FlowState::Closed;
    else if (entry.guestEnded || entry.peerEnded)
        flow.state = FlowState::Closing;
    else if (isOut != flow.startedByGuest || (tcp.flags & TcpView::Syn) == 0)
        flow.state = FlowState::Open; // an answer, or a connection older than this table
}

FlowTable::Verdict FlowTable::inspect(std::span<const std::byte> frame, FrameWay way, Clock::time_point now)
{
    const auto packet = parsePacket(frame);
    const auto key = packet ? keyOf(frame, *packet, way) : std::nullopt;
    if (!key)
        return {};
    const auto tcp = parseTcp(frame, *packet);
    const bool opens = tcp && (tcp->flags & (TcpView::Syn | TcpView::Ack)) == TcpView::Syn;
    // A new connection between the same ports begins a new line.
    if (const auto known = m_index.find(*key);
        opens && known != m_index.end() && isEnded(known->second->flow))
        forget(known->second);
    Entry& entry = entryOf(*key, way, now);
    entry.flow.lastSeen = now;
    const bool isBarred = isBlocked(*key);
    if (isBarred && entry.flow.state != FlowState::Cut)
        entry.flow.state = FlowState::Blocked;
    if (isBarred || entry.flow.state == FlowState::Cut) {
        Verdict verdict{.passes = false, .answer = {}};
        if (tcp && (tcp->flags & TcpView::Reset) == 0)
            verdict.answer = makeReset(turnedAround(frame), tcp->acknowledgement, tcp->nextSequence());
        return verdict;
    }
    (way == FrameWay::FromGuest ? entry.flow.bytesFromGuest : entry.flow.bytesToGuest) += frame.size();
    if (tcp)
        follow(entry, frame, *tcp, way);
    else if (entry.flow.state == FlowState::Blocked)
        entry.flow.state = FlowState::Open; // the rule has been taken away
    return {};
}

FlowTable::Resets FlowTable::resetsOf(const Entry& entry)
{
    if (isEnded(entry.flow))
        return {};
    // Where one side has said nothing yet, its headers are the other's turned around.
    const Frame toGuest = entry.toGuest.empty() ? turnedAround(entry.fromGuest) : entry.toGuest;
    const Frame toPeer = entry.fromGuest.empty() ? turnedAround(entry.toGuest) : entry.fromGuest;
    return {.toGuest = makeReset(toGuest, entry.nextToGuest, entry.nextFromGuest),
            .toPeer = makeReset(toPeer, entry.nextFromGuest, entry.nextToGuest)};
}

std::optional<FlowTable::Resets> FlowTable::cut(std::uint64_t id)
{
    const auto entry = std::ranges::find(m_entries, id, [](const Entry& item) { return item.flow.id; });
    if (entry == m_entries.end())
        return std::nullopt;
    Resets resets = resetsOf(*entry);
    entry->flow.state = FlowState::Cut;
    return resets;
}

bool FlowTable::block(const BlockRule& rule, std::vector<Resets>& resets)
{
    if (m_blocked.size() >= MostRules || std::ranges::find(m_blocked, rule) != m_blocked.end())
        return false;
    m_blocked.push_back(rule);
    for (Entry& entry : m_entries) {
        if (isEnded(entry.flow) || !isBlocked(entry.flow.key))
            continue;
        resets.push_back(resetsOf(entry));
        entry.flow.state = FlowState::Blocked;
    }
    return true;
}

bool FlowTable::unblock(const BlockRule& rule)
{
    return std::erase(m_blocked, rule) != 0;
}

void FlowTable::setName(const IpAddress& peer, const std::string& name)
{
    if (m_names.size() >= MostNames)
        m_names.clear(); // old ones are asked for again
    m_names[peer.toText()] = name;
    for (Entry& entry : m_entries)
        if (entry.flow.key.peer == peer)
            entry.flow.peerName = name;
}

std::vector<Flow> FlowTable::list(Clock::time_point now)
{
    constexpr auto EndedStay = 15s;
    constexpr auto QuietStay = 60s; // protocols without an end
    std::vector<Flow> flows;
    for (auto entry = m_entries.begin(); entry != m_entries.end();) {
        const auto quiet = now - entry->flow.lastSeen;
        const bool isTcp = entry->flow.key.protocol == ProtocolTcp;
        const auto next = std::next(entry);
        if ((isEnded(entry->flow) && quiet > EndedStay) || (!isTcp && quiet > QuietStay))
            forget(entry);
        else
            flows.push_back(entry->flow);
        entry = next;
    }
    return flows;
}

void FlowTable::clear()
{
    m_index.clear();
    m_entries.clear();
}

} // namespace engine::net
