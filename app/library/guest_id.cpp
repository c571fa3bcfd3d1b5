// SPDX-License-Identifier: GPL-3.0-or-later
#include "library/guest_id.h"

#include <sys/random.h>

#include <array>
#include <cstdint>

namespace app {

std::string createGuestId()
{
    std::array<std::uint8_t, 16> bytes{};
    // A signal may interrupt the wait for the kernel's generator early after the computer's start.
    while (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    }
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
