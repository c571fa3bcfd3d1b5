// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace engine::block {

/// CRC-32C (Castagnoli polynomial, reflected), as RFC 3720 appendix B.4 defines it.
[[nodiscard]] constexpr std::uint32_t crc32c(std::span<const std::byte> bytes)
{
    constexpr auto Table = [] {
        std::array<std::uint32_t, 256> table{};
        for (std::uint32_t i = 0; i < table.size(); ++i) {
            std::uint32_t value = i;
            for (int bit = 0; bit < 8; ++bit)
                value = (value >> 1) ^ ((value & 1) != 0 ? 0x82f63b78U : 0U);
            table[i] = value;
        }
        return table;
    }();
    std::uint32_t crc = ~0U;
    for (const std::byte byte : bytes)
        crc = (crc >> 8) ^ Table[(crc ^ std::to_integer<std::uint32_t>(byte)) & 0xff];
    return ~crc;
}

} // namespace engine::block
