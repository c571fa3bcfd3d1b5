// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace engine::network {

/// The one's complement sum of RFC 1071 over any bytes, not inverted; `start` continues a sum whose
/// bytes were even in number.
[[nodiscard]] std::uint16_t checksumOf(std::span<const std::byte> bytes, std::uint32_t start = 0);

/// Finishes a checksum that the guest has begun (its field holds the pseudo header's sum): sums
/// [start, size) and stores the inverse at `field`. False, with nothing changed, when the offsets do
/// not lie inside of the frame.
bool completeChecksum(std::span<std::byte> frame, std::size_t start, std::size_t field);

/// Big-endian words, as the network has them; `at` + 1 lies inside.
[[nodiscard]] inline std::uint16_t loadBigEndian16(std::span<const std::byte> bytes, std::size_t at)
{
    return static_cast<std::uint16_t>(std::to_integer<unsigned>(bytes[at]) << 8
                                      | std::to_integer<unsigned>(bytes[at + 1]));
}
inline void storeBigEndian16(std::span<std::byte> bytes, std::size_t at, std::uint16_t value)
{
    bytes[at] = std::byte(static_cast<std::uint8_t>(value >> 8));
    bytes[at + 1] = std::byte(static_cast<std::uint8_t>(value));
}

} // namespace engine::network
