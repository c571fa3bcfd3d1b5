// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <functional>
#include <span>

namespace engine::net {

/// Where frames for the guest go.
struct GuestSide {
    std::function<void(std::span<const std::byte> frame)> deliver;
    /// True: the guest does not keep up; an uplink reads nothing more until wake().
    std::function<bool()> isCongested;
};

/// What a guest's cable leads to: a NAT, a switch, an interface of the host. Loop thread only,
/// including construction and destruction.
class Uplink {
public:
    virtual ~Uplink() = default;
    /// A checked frame (sanitizeGuestFrame) of at most longestFrame() bytes from the guest.
    virtual void input(std::span<const std::byte> frame) = 0;
    /// Congestion has ended.
    virtual void wake() = 0;
    [[nodiscard]] virtual std::size_t longestFrame() const = 0;
};

/// An Ethernet frame with a VLAN tag and the usual 1500 bytes.
inline constexpr std::size_t OrdinaryFrameBytes = 1518;

} // namespace engine::net
