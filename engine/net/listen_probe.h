// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/network/net_backend.h"
#include "net/packet_view.h"

#include <set>
#include <vector>

namespace engine::net {

/// Which TCP ports the guest listens on, found out on the wire alone: it answers a connection request
/// with SYN and ACK (RFC 9293, 3.5), whoever asks. Ports that nobody asks for are tried on request, as
/// the router, with one SYN each that is taken back when the answer comes. A guest that listens on its
/// own loopback only, or whose firewall keeps silent, shows nothing, and a forward would not help there.
/// One thread.
class ListenProbe {
public:
    using Frame = std::vector<std::byte>;

    explicit ListenProbe(const MacAddress& guest) : m_mac(guest) {}

    /// Frames to hand to the guest: a SYN for each well-known port.
    [[nodiscard]] std::vector<Frame> probe(const IpAddress& guestAddress);
    /// Looks at a frame of the guest's. True: it answers a probe and is for nobody else; `reply` is
    /// what to tell the guest, if anything.
    [[nodiscard]] bool observe(std::span<const std::byte> frame, Frame& reply);
    [[nodiscard]] const std::set<std::uint16_t>& ports() const { return m_ports; }
    void clear() { m_ports.clear(); }

    /// What is worth trying: services that people forward.
    [[nodiscard]] static std::span<const std::uint16_t> wellKnownPorts();

private:
    static constexpr std::size_t MostPorts = 256;
    const MacAddress m_mac;
    std::set<std::uint16_t> m_ports;
    std::uint16_t m_probePort = FirstProbePort;
    static constexpr std::uint16_t FirstProbePort = 61000;
    static constexpr std::uint16_t LastProbePort = 61063;
};

} // namespace engine::net
