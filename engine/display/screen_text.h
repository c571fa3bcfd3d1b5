// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/display/vga_adapter.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace engine::display {

/// The characters of a text mode.
struct TextScreen {
    std::uint32_t columns = 0;
    /// One per row, UTF-8, exactly `columns` characters each (trailing blanks included).
    std::vector<std::string> rows;
    struct Position {
        std::uint32_t column = 0;
        std::uint32_t row = 0;
        bool operator==(const Position&) const = default;
    };
    std::optional<Position> cursor; ///< nullopt: off, or outside of the screen

    /// All rows, trailing blanks removed, each ended by a line feed; empty rows at the end are dropped.
    [[nodiscard]] std::string toString() const;
};

/// What the screen says, without looking at pixels.
struct ScreenText {
    std::string modeName;           ///< "text 80x25", "graphics 1280x800x32", "blank"
    std::optional<TextScreen> text; ///< nullopt unless a text mode is on
};

/// Reads the present screen straight from video memory. Any thread; nothing of the guest changes.
[[nodiscard]] ScreenText screenText(const VgaAdapter& adapter);

} // namespace engine::display
