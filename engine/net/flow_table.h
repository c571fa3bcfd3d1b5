// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "net/flow.h"

#include <list>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

namespace engine::net {

enum class FrameWay : std::uint8_t { FromGuest, ToGuest };

/// Follows a guest's connections by looking at its frames, and cuts and blocks them. Bounded: the
/// connection not seen for longest makes room, ended ones first. Nothing in a frame is trusted. One
/// thread.
class FlowTable {
public:
    static constexpr std::size_t Capacity = 2048;
    using Clock = std::chrono::steady_clock;
    using Frame = std::vector<std::byte>;

    /// What becomes of a frame.
    struct Verdict {
        bool passes = true;
        Frame answer; ///< to whoever sent the frame: a TCP reset; empty: none
    };
    [[nodiscard]] Verdict inspect(std::span<const std::byte> frame, FrameWay way, Clock::time_point now);

    /// Resets to send when a connection is cut: one to the guest, one to the peer. Either may be empty.
    struct Resets {
        Frame toGuest;
        Frame toPeer;
    };
    /// Nullopt: there is no such connection.
    [[nodiscard]] std::optional<Resets> cut(std::uint64_t id);
    /// Blocks a peer from now on; its connections are cut. False: it was blocked already, or too many
    /// rules exist.
    bool block(const BlockRule& rule, std::vector<Resets>& resets);
    bool unblock(const BlockRule& rule);
    [[nodiscard]] const std::vector<BlockRule>& blocked() const { return m_blocked; }

    /// What DNS has said about an address.
    void setName(const IpAddress& peer, const std::string& name);
    /// Newest activity first. Ended connections stay for a few seconds.
    [[nodiscard]] std::vector<Flow> list(Clock::time_point now);
    void clear();

private:
    struct Entry {
        Flow flow;
        // The frame headers and TCP numbers that a reset needs, as each side used them last:
        Frame fromGuest; ///< Ethernet, IP and TCP header
        Frame toGuest;
        std::uint32_t nextFromGuest = 0;
        std::uint32_t nextToGuest = 0;
        bool guestEnded = false;
        bool peerEnded = false;
    };
    using Entries = std::list<Entry>;

    [[nodiscard]] bool isBlocked(const FlowKey& key) const;
    [[nodiscard]] Entry& entryOf(const FlowKey& key, FrameWay way, Clock::time_point now);
    void makeRoom();
    void forget(Entries::iterator entry);
    void follow(Entry& entry, std::span<const std::byte> frame, const TcpView& tcp, FrameWay way);
    [[nodiscard]] static Resets resetsOf(const Entry& entry);

    Entries m_entries; ///< seen last first
    std::unordered_map<FlowKey, Entries::iterator, FlowKeyHash> m_index;
    std::vector<BlockRule> m_blocked;
    std::unordered_map<std::string, std::string> m_names; ///< by IpAddress::toText()
    std::uint64_t m_nextId = 1;
};

/// A TCP segment with nothing but RST and ACK, in a frame with the addresses of `like` (a frame with
/// TCP in the same direction).
[[nodiscard]] std::vector<std::byte> makeReset(std::span<const std::byte> like, std::uint32_t sequence,
                                               std::uint32_t acknowledgement);
/// The same frame with sender and receiver exchanged in every header.
[[nodiscard]] std::vector<std::byte> turnedAround(std::span<const std::byte> tcpFrame);

} // namespace engine::net
