// SPDX-License-Identifier: GPL-3.0-or-later
#include "firmware/text.h"

#include <array>
#include <charconv>

namespace engine::firmware {

std::string hexText(std::uint64_t value)
{
    std::array<char, 16> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, 16).ptr;
    return "0x" + std::string(digits.data(), end);
}

std::string sizeText(std::uint64_t bytes)
{
    constexpr std::uint64_t KiB = 1024;
    constexpr std::uint64_t MiB = 1024 * KiB;
    const auto roundedUp = [bytes](std::uint64_t unit) {
        return std::to_string(bytes / unit + (bytes % unit != 0 ? 1 : 0));
    };
    if (bytes < KiB)
        return std::to_string(bytes) + " bytes";
    return bytes < MiB ? roundedUp(KiB) + " KiB" : roundedUp(MiB) + " MiB";
}

} // namespace engine::firmware
