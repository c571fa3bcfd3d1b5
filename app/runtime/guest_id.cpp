// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/guest_id.h"

#include <sys/random.h>

#include <array>
#include <cstdint>

namespace app {

std::string createGuestId()
{
    std::array<std::uint8_t, 16> bytes{};
    // Sixteen bytes never come short once the kernel's generator is up.
    [[maybe_unused]] const auto filled = ::getrandom(bytes.data(), bytes.size(), 0);
    bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x40); // version 4
    bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80); // variant
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        constexpr char Hex[] = "0123456789abcdef";
        if (i == 4 || i == 6 || i == 8 || i == 10)
            text += '-';
        text += Hex[bytes.at(i) >> 4];
        text += Hex[bytes.at(i) & 15];
    }
    return text;
}

} // namespace app
