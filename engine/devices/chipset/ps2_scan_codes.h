// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/input/input_sink.h"

#include <cstdint>
#include <optional>

namespace engine {

/// One key in the three scan code sets. 0xE0xx is xx behind an E0 prefix; 0 means that the set has none.
struct Ps2ScanCodes {
    std::uint16_t set1 = 0;
    std::uint16_t set2 = 0;
    std::uint8_t set3 = 0;
};

// Keys whose sequences do not fit into the table (linux/input-event-codes.h).
inline constexpr KeyCode KeyPrintScreen = 99; // KEY_SYSRQ
inline constexpr KeyCode KeyPause = 119;      // KEY_PAUSE
inline constexpr KeyCode KeyHangul = 122;     // KEY_HANGEUL
inline constexpr KeyCode KeyHanja = 123;      // KEY_HANJA

/// The codes of an ordinary key; nullopt for keys that a PS/2 keyboard lacks, and for the four above.
[[nodiscard]] std::optional<Ps2ScanCodes> ps2ScanCodes(KeyCode key);

/// What the controller makes of a set 2 byte when translation is on: the set 1 make code.
[[nodiscard]] std::uint8_t translateScanCode(std::uint8_t set2);

} // namespace engine
