// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/event_loop.h"
#include "base/unique_fd.h"

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace engine::net {

/// Who a port of an internal network is; random.
using PortId = std::array<std::uint8_t, 16>;

/// One connection between two ports of an internal network: each message is an Ethernet frame, but for
/// the first one in each direction, which says who the sender is. The peer is another process, and not
/// trusted. Loop thread only.
class SwitchLink {
public:
    static constexpr std::size_t MostWaiting = 256;     ///< frames that a slow peer may be behind
    static constexpr std::size_t LongestMessage = 9216; ///< a jumbo frame

    struct Owner {
        std::function<void(SwitchLink&)> introduced; ///< peer() is known from now on
        std::function<void(SwitchLink&, std::span<const std::byte>)> received;
        std::function<void(SwitchLink&)> lost; ///< may destroy the link
        std::function<bool()> isCongested;
    };

    /// `socket`: connected, SOCK_SEQPACKET, not blocking. Says hello at once.
    [[nodiscard]] static Result<std::unique_ptr<SwitchLink>>
    create(EventLoop& loop, UniqueFd socket, bool isDialer, const PortId& self, Owner owner);
    ~SwitchLink();
    SwitchLink(const SwitchLink&) = delete;
    SwitchLink& operator=(const SwitchLink&) = delete;
    SwitchLink(SwitchLink&&) = delete;
    SwitchLink& operator=(SwitchLink&&) = delete;

    [[nodiscard]] bool isDialer() const { return m_isDialer; }
    [[nodiscard]] const std::optional<PortId>& peer() const { return m_peer; }
    /// Sends now or as soon as there is room; drops when too much waits already.
    void send(std::span<const std::byte> frame);
    /// The owner's congestion has changed.
    void followCongestion() { updateEvents(); }

private:
    SwitchLink(EventLoop& loop, UniqueFd socket, bool isDialer, Owner owner)
        : m_loop(loop), m_socket(std::move(socket)), m_isDialer(isDialer), m_owner(std::move(owner))
    {}
    void ready(std::uint32_t events);
    void flush();
    [[nodiscard]] bool receiveSome();
    void updateEvents();

    EventLoop& m_loop;
    const UniqueFd m_socket;
    const bool m_isDialer;
    const Owner m_owner;
    std::optional<PortId> m_peer;
    std::deque<std::vector<std::byte>> m_waiting;
    std::uint32_t m_events = 0;
    const std::shared_ptr<bool> m_alive = std::make_shared<bool>(true); ///< callbacks may destroy the link
};

} // namespace engine::net
