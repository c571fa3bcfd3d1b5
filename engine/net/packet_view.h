// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace engine::net {

/// An IPv4 or IPv6 address; an IPv4 address is in the first four bytes, the others are 0.
struct IpAddress {
    std::array<std::uint8_t, 16> bytes{};
    bool isV6 = false;
    auto operator<=>(const IpAddress&) const = default;

    [[nodiscard]] bool isUnspecified() const { return bytes == std::array<std::uint8_t, 16>{}; }
    /// Multicast, or IPv4's broadcast.
    [[nodiscard]] bool isGroup() const;
    /// IPv6, valid on one wire only.
    [[nodiscard]] bool isLinkLocal() const { return isV6 && bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80; }
    [[nodiscard]] std::string toText() const;
    [[nodiscard]] static std::optional<IpAddress> parse(std::string_view text);
};

inline constexpr std::uint8_t ProtocolIcmp = 1;
inline constexpr std::uint8_t ProtocolTcp = 6;
inline constexpr std::uint8_t ProtocolUdp = 17;
inline constexpr std::uint8_t ProtocolIcmp6 = 58;

/// An IP packet in an Ethernet frame, as far as its headers hold true: IPv4 (RFC 791) or IPv6 without
/// extension headers (RFC 8200). Offsets are within the frame, and inside of it.
struct PacketView {
    IpAddress source;
    IpAddress destination;
    std::uint8_t protocol = 0;
    bool isLaterFragment = false; ///< has no header of the layer above
    std::size_t layer3 = 0;
    std::size_t layer4 = 0;
    std::size_t end = 0; ///< behind it there is only padding
};
[[nodiscard]] std::optional<PacketView> parsePacket(std::span<const std::byte> frame);

/// The header of a TCP segment (RFC 9293, 3.1).
struct TcpView {
    static constexpr std::uint8_t Fin = 1;
    static constexpr std::uint8_t Syn = 2;
    static constexpr std::uint8_t Reset = 4;
    static constexpr std::uint8_t Push = 8;
    static constexpr std::uint8_t Ack = 16;
    std::uint16_t sourcePort = 0;
    std::uint16_t destinationPort = 0;
    std::uint32_t sequence = 0;
    std::uint32_t acknowledgement = 0;
    std::uint8_t flags = 0;
    std::size_t data = 0; ///< where the payload begins in the frame, at most PacketView::end
    std::size_t dataBytes = 0;
    /// What the peer would acknowledge: payload and the flags that take a number.
    [[nodiscard]] std::uint32_t nextSequence() const
    {
        return sequence + static_cast<std::uint32_t>(dataBytes) + ((flags & Syn) != 0 ? 1U : 0U)
               + ((flags & Fin) != 0 ? 1U : 0U);
    }
};
[[nodiscard]] std::optional<TcpView> parseTcp(std::span<const std::byte> frame, const PacketView& packet);

} // namespace engine::net
