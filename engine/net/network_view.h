// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/network/net_backend.h"
#include "net/delay_line.h"
#include "net/flow.h"
#include "net/network_monitor.h"
#include "vm/vm_config.h"

#include <string>
#include <vector>

namespace engine::net {

struct NetStatistics {
    std::uint64_t toGuestBytes = 0;
    std::uint64_t toGuestFrames = 0;
    std::uint64_t fromGuestBytes = 0;
    std::uint64_t fromGuestFrames = 0;
    std::uint64_t droppedToGuest = 0;   ///< the guest took no frames for too long
    std::uint64_t droppedFromGuest = 0; ///< malformed or forged
};

/// Everything there is to see of a guest's network at one moment.
struct NetworkView {
    NetworkMode mode = NetworkMode::User;
    std::string place; ///< the internal network's or the tap interface's name
    bool linkUp = true;
    MacAddress mac{};
    std::size_t peers = 0; ///< other guests on the internal network
    std::vector<IpAddress> addresses;
    std::vector<Flow> flows;
    std::vector<NameSeen> names;
    std::vector<std::uint16_t> listening; ///< TCP ports
    std::vector<BlockRule> blocked;
    std::vector<PortForward> forwards;
    Shaping shaping;
    std::string captureFile; ///< empty: none
    NetStatistics statistics;
};

} // namespace engine::net
