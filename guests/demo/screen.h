// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "text.h"

#include <cstdint>

namespace demo {

/// Colours of the text mode; a byte "background, foreground" goes beside each letter.
enum Colour : std::uint8_t {
    Black,
    Night,
    Green,
    Teal,
    Red,
    Plum,
    Amber,
    Silver, // NOLINT: one line each would hide the palette
    Grey,
    Blue,
    Lime,
    Cyan,
    Coral,
    Pink,
    Yellow,
    White,
};
constexpr std::uint8_t on(Colour background, Colour foreground)
{
    return static_cast<std::uint8_t>(background << 4 | foreground);
}

/// The text screen, 80 x 25. Everything is drawn into a copy in memory; show() sends what has changed since,
/// because each write to video memory costs a virtual machine far more than one to its memory.
class Screen {
public:
    static constexpr unsigned Columns = 80;
    static constexpr unsigned Rows = 25;

    /// Sets colours and hides the cursor.
    static void start();
    static void put(unsigned column, unsigned row, char letter, std::uint8_t colours);
    static void write(unsigned column, unsigned row, const char* text, std::uint8_t colours);
    static void write(unsigned column, unsigned row, const Text& text, std::uint8_t colours);
    static void fill(unsigned column, unsigned row, unsigned width, unsigned height, char letter,
                     std::uint8_t colours);
    static void frame(unsigned column, unsigned row, unsigned width, unsigned height, std::uint8_t colours);
    /// The cell under the pointer is shown in other colours. Outside of the screen: none.
    static void setPointer(unsigned column, unsigned row);
    static void show();
    /// Something else has drawn over the screen: show() sends all of it.
    static void forget();
};

} // namespace demo
