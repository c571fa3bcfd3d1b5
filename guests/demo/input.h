// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "text.h"

#include <cstdint>

namespace demo {

/// Scan codes of set 1; those behind an E0h byte have 80h added, which no plain key uses.
enum KeyCode : std::uint8_t {
    KeyEscape = 0x01,
    Key1 = 0x02,
    Key9 = 0x0A,
    KeyEnter = 0x1C,
    KeySpace = 0x39,
    KeyPadEnter = 0x9C,
    KeyUp = 0xC8,
    KeyLeft = 0xCB,
    KeyRight = 0xCD,
    KeyDown = 0xD0,
};

struct InputEvent {
    enum class Kind : std::uint8_t { Key, Pointer };
    Kind kind;
    std::uint8_t key;     ///< see KeyCode
    bool isPressed;       ///< else released
    std::int16_t dx, dy;  ///< pointer: steps to the right and down
    std::uint8_t buttons; ///< pointer: bit 0 left, 1 right, 2 middle
};

/// The key's name on a US keyboard; for a key without one "key 5b".
[[nodiscard]] Text keyName(std::uint8_t key);

/// Turns on the keyboard's and the mouse's interrupts.
void startInput();
/// False when nothing has happened.
[[nodiscard]] bool nextInput(InputEvent& event);

} // namespace demo
