// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "net/packet_view.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace engine::net {

/// What a DNS answer says: the name that was asked for and the addresses that were found. A name is in
/// lower case and holds printable ASCII only; other bytes are written as '?'.
struct DnsAnswer {
    std::string name;
    std::vector<IpAddress> addresses; ///< at most 32
};

/// Reads the payload of a UDP datagram from port 53 (RFC 1035, 4.1; AAAA: RFC 3596). Nullopt for what
/// is no well-formed answer to one question. The sender is not trusted.
[[nodiscard]] std::optional<DnsAnswer> parseDnsAnswer(std::span<const std::byte> message);

} // namespace engine::net
