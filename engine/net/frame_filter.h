// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/network/net_backend.h"

#include <cstddef>
#include <span>

namespace engine::net {

/// Ethernet header: destination, source, type (IEEE 802.3, 3.1.1).
inline constexpr std::size_t EthernetHeaderBytes = 14;
/// The largest IP packet behind an Ethernet header.
inline constexpr std::size_t LongestFrameBytes = EthernetHeaderBytes + 65535;

enum class FrameVerdict : std::uint8_t {
    Accepted,
    BadLength,     ///< shorter than its headers or longer than a packet can be
    ForeignSender, ///< not the card's own address: forged
    BadHeader,     ///< contradicts itself, or is of a kind that no honest guest sends
};

/// What a guest may put on the wire, and nothing else. `frame` is our own copy; urgent data in TCP is
/// made ordinary (flag and pointer cleared, checksum corrected, RFC 1624), because the NAT behind it
/// mishandles urgent data. Fragments of TCP are refused for the same reason: the flag could hide in
/// the second one.
[[nodiscard]] FrameVerdict sanitizeGuestFrame(std::span<std::byte> frame, const MacAddress& sender);

} // namespace engine::net
