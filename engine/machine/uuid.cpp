// SPDX-License-Identifier: GPL-3.0-or-later
#include "machine/uuid.h"

#include <optional>

namespace engine {

namespace {

std::optional<unsigned> hexDigit(char c)
{
    if (c >= '0' && c <= '9')
        return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f')
        return static_cast<unsigned>(c - 'a') + 10;
    if (c >= 'A' && c <= 'F')
        return static_cast<unsigned>(c - 'A') + 10;
    return std::nullopt;
}

} // namespace

std::array<std::byte, 16> parseUuid(std::string_view text)
{
    std::array<std::byte, 16> bytes{};
    std::size_t digit = 0;
    for (const char c : text)
        if (const auto value = hexDigit(c); value && digit < 2 * bytes.size()) {
            bytes.at(digit / 2) |=
                std::byte(static_cast<unsigned char>(digit % 2 == 0 ? *value << 4 : *value));
            ++digit;
        }
    return bytes;
}

} // namespace engine
