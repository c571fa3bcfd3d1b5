// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "vm/vm_config.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <string>
#include <string_view>

namespace engine::net {

/// What DHCP gives the one guest of a user network.
inline constexpr const char* GuestIpv4 = "10.0.2.15";

/// Both ends of a port forward as socket addresses.
class ForwardAddress {
public:
    /// Checks addresses and ports; the error names the part that is wrong.
    [[nodiscard]] static Result<ForwardAddress> parse(const PortForward& rule);
    [[nodiscard]] const sockaddr* host() const { return reinterpret_cast<const sockaddr*>(&m_host); }
    [[nodiscard]] socklen_t hostLength() const { return m_length; }
    [[nodiscard]] const sockaddr* guest() const { return reinterpret_cast<const sockaddr*>(&m_guest); }
    [[nodiscard]] socklen_t guestLength() const { return m_length; }

private:
    sockaddr_storage m_host{};
    sockaddr_storage m_guest{};
    socklen_t m_length = 0; ///< the same for both: they are of one family
};

/// "tcp:127.0.0.1:2222:10.0.2.15:22"; parts that have their default are left out.
[[nodiscard]] std::string describe(const PortForward& rule);
/// "tcp|udp:[HOST-ADDRESS:]HOST-PORT:[GUEST-ADDRESS:]GUEST-PORT"; IPv6 addresses in brackets.
[[nodiscard]] Result<PortForward> parseForward(std::string_view text);
/// Why the host refuses the rule's port, and what to do.
[[nodiscard]] Error explainBindFailure(const PortForward& rule, int err);

} // namespace engine::net
