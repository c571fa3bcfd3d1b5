// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace engine::net {

/// One connection (or port forward) through the NAT.
struct Connection {
    std::string protocol; ///< "TCP", "UDP", "ICMP"
    std::string state;    ///< "ESTABLISHED", "HOST_FORWARD" ...; UDP: seconds until it is forgotten
    std::string sourceAddress;
    std::uint16_t sourcePort = 0;
    std::string destinationAddress;
    std::uint16_t destinationPort = 0;
    std::uint32_t receiveQueue = 0; ///< bytes waiting for the guest
    std::uint32_t sendQueue = 0;    ///< bytes waiting for the host
    bool operator==(const Connection&) const = default;
};

/// What slirp_connection_info() prints, as values; lines of another shape are left out.
[[nodiscard]] std::vector<Connection> parseConnections(std::string_view table);

} // namespace engine::net
