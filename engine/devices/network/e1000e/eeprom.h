// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/network/net_backend.h"

#include <array>
#include <cstdint>

namespace engine::e1000e {

/// The 64 words of a card's EEPROM (82574L datasheet, chapter 6): address, identity, and the checksum
/// 0xbaba that drivers insist on.
[[nodiscard]] std::array<std::uint16_t, 64> makeEeprom(const MacAddress& mac);

} // namespace engine::e1000e
