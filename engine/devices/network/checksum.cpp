// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/network/checksum.h"

#include "base/checked.h"

#include <bit>
#include <cstring>

namespace engine::network {

std::uint16_t checksumOf(std::span<const std::byte> bytes, std::uint32_t start)
{
    // The sum does not depend on the byte order (RFC 1071, 2 B): little-endian words, swapped at the end.
    std::uint64_t sum = std::byteswap(static_cast<std::uint16_t>((start & 0xffff) + (start >> 16)));
    while (bytes.size() >= 4) {
        std::uint32_t word = 0;
        std::memcpy(&word, bytes.data(), sizeof word);
        sum += word;
        bytes = bytes.subspan(4);
    }
    for (std::size_t i = 0; i < bytes.size(); ++i)
        sum += std::to_integer<std::uint64_t>(bytes[i]) << (8 * (i % 2));
    while (sum >> 16 != 0)
        sum = (sum & 0xffff) + (sum >> 16);
    return std::byteswap(static_cast<std::uint16_t>(sum));
}

bool completeChecksum(std::span<std::byte> frame, std::size_t start, std::size_t field)
{
    if (start > frame.size() || field < start || !isInside(field, std::size_t{2}, frame.size()))
        return false;
    const auto sum = checksumOf(frame.subspan(start));
    const auto inverse = static_cast<std::uint16_t>(~sum);
    storeBigEndian16(frame, field, inverse);
    return true;
}

} // namespace engine::network
