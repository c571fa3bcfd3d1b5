// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/display/vga_state.h"

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace engine::display {

/// A text mode, decoded from the registers (FreeVGA, "Text Mode" and "CRT Controller Registers").
/// Addresses count display positions: one word of four plane bytes, character in plane 0, attribute in
/// plane 1.
struct TextMode {
    std::uint32_t columns = 0;
    std::uint32_t rows = 0;
    std::uint32_t cellWidth = 8;   ///< 8, 9 or (doubled) 16 pixels
    std::uint32_t cellHeight = 16; ///< scan lines, 1 to 32
    std::uint32_t start = 0;       ///< address of the first character
    std::uint32_t pitch = 0;       ///< addresses from one row to the next
    std::uint32_t firstScan = 0;   ///< scan lines of the first row that are scrolled out
    std::uint32_t panning = 0;     ///< pixels scrolled out at the left
    bool panningEndsAtSplit = false;
    std::uint32_t splitLine = 0; ///< the first line that shows address 0 again; at or past the end: none
    bool blink = false;          ///< attribute bit 7 blinks, else it brightens the background
    bool lineGraphics = false;   ///< nine dots: line drawing characters reach into the ninth
    std::optional<std::uint32_t> underline; ///< scan line, monochrome emulation only
    std::array<std::uint32_t, 2> fonts{};   ///< addresses in plane 2; the second for attribute bit 3

    /// A cursor that is on, with its scan lines (both inclusive).
    struct Cursor {
        std::uint32_t address = 0;
        std::uint32_t firstLine = 0;
        std::uint32_t lastLine = 0;
        bool operator==(const Cursor&) const = default;
    };
    std::optional<Cursor> cursor;

    [[nodiscard]] std::uint32_t width() const { return columns * cellWidth; }
    [[nodiscard]] std::uint32_t height() const { return rows * cellHeight; }
    bool operator==(const TextMode&) const = default;
};

/// Only meaningful while the registers show text (see pictureKind()). At most 256 columns, 1024 lines.
[[nodiscard]] TextMode decodeTextMode(const VgaState& state);

/// A horizontal strip of the screen that shows one row of characters, or a part of one.
struct TextBand {
    std::uint32_t top = 0;       ///< pixels from the top of the screen
    std::uint32_t height = 0;    ///< pixels
    std::uint32_t firstScan = 0; ///< the glyphs' scan line at `top`
    std::uint32_t address = 0;   ///< of the first character, before panning
    bool belowSplit = false;
};

/// The strips from top to bottom: smooth scrolling and the split screen resolved.
[[nodiscard]] std::vector<TextBand> textBands(const TextMode& mode);

enum class PictureKind : std::uint8_t { Blank, Text, Graphics };
[[nodiscard]] PictureKind pictureKind(const VgaState& state);

} // namespace engine::display
