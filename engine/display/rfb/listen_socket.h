// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "base/unique_fd.h"

#include <cstdint>
#include <optional>
#include <string>

namespace engine::display::rfb {

/// A listening UNIX socket, mode 0600. A socket file that nobody listens on any more is replaced;
/// Busy when somebody does.
[[nodiscard]] Result<UniqueFd> listenOnPath(const std::string& path);

struct BoundSocket {
    UniqueFd socket;
    std::uint16_t port = 0;
};
/// A listening TCP socket on a numeric IPv4 or IPv6 address; port 0 lets the system choose.
[[nodiscard]] Result<BoundSocket> listenOnAddress(const std::string& address, std::uint16_t port);

/// The next waiting connection, non-blocking and, for TCP, without delay and with keep-alive.
[[nodiscard]] std::optional<UniqueFd> acceptViewer(int listener);

} // namespace engine::display::rfb
