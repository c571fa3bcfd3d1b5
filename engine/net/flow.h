// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "net/packet_view.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

namespace engine::net {

/// What a connection is between: the guest's end and the other one. Ports are 0 for ICMP.
struct FlowKey {
    std::uint8_t protocol = 0;
    std::uint16_t guestPort = 0;
    std::uint16_t peerPort = 0;
    IpAddress guest;
    IpAddress peer;
    bool operator==(const FlowKey&) const = default;
};

struct FlowKeyHash {
    [[nodiscard]] std::size_t operator()(const FlowKey& key) const
    {
        const auto text = [](const IpAddress& address) {
            return std::string_view(reinterpret_cast<const char*>(address.bytes.data()),
                                    address.bytes.size());
        };
        const std::size_t ports =
            std::size_t{key.guestPort} << 24 | std::size_t{key.peerPort} << 8 | key.protocol;
        return std::hash<std::string_view>{}(text(key.peer))
               ^ std::hash<std::string_view>{}(text(key.guest)) * 31 ^ ports * 0x9e3779b97f4a7c15ULL;
    }
};

enum class FlowState : std::uint8_t {
    Opening, ///< TCP: no answer yet
    Open,    ///< TCP: established; other protocols: seen lately
    Closing, ///< TCP: one side has ended
    Closed,  ///< TCP: both sides have ended
    Refused, ///< TCP: reset before it was open
    Cut,     ///< by the user
    Blocked, ///< by a rule of the user
};
/// One lower-case word.
[[nodiscard]] std::string_view toString(FlowState state);

/// One connection of a guest, as its frames show it.
struct Flow {
    std::uint64_t id = 0; ///< unique while the network lives
    FlowKey key;
    FlowState state = FlowState::Open;
    bool startedByGuest = true;
    std::uint64_t bytesFromGuest = 0; ///< whole frames
    std::uint64_t bytesToGuest = 0;
    std::chrono::steady_clock::time_point started;
    std::chrono::steady_clock::time_point lastSeen;
    std::string peerName; ///< what DNS called the peer; may be empty
};

/// What the user does not let through: every connection with this peer. Port 0: all ports.
struct BlockRule {
    IpAddress peer;
    std::uint16_t port = 0;
    bool operator==(const BlockRule&) const = default;
};
/// "93.184.216.34", "93.184.216.34:443", "2001:db8::1", "[2001:db8::1]:443".
[[nodiscard]] std::string describe(const BlockRule& rule);
[[nodiscard]] std::optional<BlockRule> parseBlockRule(std::string_view text);

} // namespace engine::net
