// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/network/e1000e/eeprom.h"

namespace engine::e1000e {

std::array<std::uint16_t, 64> makeEeprom(const MacAddress& mac)
{
    constexpr std::uint16_t ChecksumTarget = 0xbaba;
    std::array<std::uint16_t, 64> words{};
    for (std::size_t i = 0; i < 3; ++i)
        words[i] = static_cast<std::uint16_t>(mac[2 * i] | mac[2 * i + 1] << 8);
    words[0x03] = 0x0420; // compatibility: a LOM card with copper
    words[0x0c] = 0x8086; // subsystem vendor
    words[0x0d] = 0x10d3; // device
    words[0x0e] = 0x8086; // vendor
    std::uint16_t sum = 0;
    for (std::size_t i = 0; i + 1 < words.size(); ++i)
        sum = static_cast<std::uint16_t>(sum + words[i]);
    words.back() = static_cast<std::uint16_t>(ChecksumTarget - sum);
    return words;
}

} // namespace engine::e1000e
