// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "net/flow_table.h"
#include "net/listen_probe.h"

#include <deque>
#include <string>
#include <vector>

namespace engine::net {

/// A name that the guest has asked for.
struct NameSeen {
    std::string name;
    std::vector<IpAddress> addresses;
    std::chrono::steady_clock::time_point at;
};

/// Understands a guest's traffic: its connections, the names it looks up, its own addresses and the
/// ports it listens on. Everything is bounded, and nothing in a frame is trusted. Loop thread only.
class NetworkMonitor {
public:
    explicit NetworkMonitor(const MacAddress& mac) : m_mac(mac), m_listening(mac) {}

    [[nodiscard]] FlowTable::Verdict inspect(std::span<const std::byte> frame, FrameWay way);
    [[nodiscard]] FlowTable& flows() { return m_flows; }
    /// Latest first.
    [[nodiscard]] const std::deque<NameSeen>& names() const { return m_names; }
    /// The guest's own, latest first; link-local ones last.
    [[nodiscard]] std::vector<IpAddress> addresses() const;
    [[nodiscard]] const std::set<std::uint16_t>& listeningPorts() const { return m_listening.ports(); }
    /// Frames for the guest; empty when its address is not known.
    [[nodiscard]] std::vector<std::vector<std::byte>> probe();
    /// The cable leads somewhere else now.
    void forgetPlace();

private:
    void noticeOwnAddress(std::span<const std::byte> frame);
    void noticeLease(std::span<const std::byte> frame);
    void remember(const IpAddress& address);
    void noticeNames(std::span<const std::byte> frame);

    const MacAddress m_mac;
    FlowTable m_flows;
    ListenProbe m_listening;
    std::deque<NameSeen> m_names;
    std::deque<IpAddress> m_addresses;
};

} // namespace engine::net
