// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/display/vga_state.h"

#include <cstdint>
#include <vector>

namespace engine::display {

/// How the bytes of one display row become pixels.
enum class PixelLayout : std::uint8_t {
    Planar16,     ///< a word of four planes is eight pixels of four bits
    Interleaved4, ///< CGA: pairs of bits, planes 0 and 1 (2 and 3) in turns
    Chained256,   ///< one byte is one colour, shown two dots wide
    Packed8,      ///< DISPI: one byte is one colour
    Packed15,
    Packed16,
    Packed24,
    Packed32,
};

/// A graphics mode, decoded from the registers. Offsets are in bytes of video memory.
struct GraphicsMode {
    PixelLayout layout = PixelLayout::Planar16;
    std::uint32_t width = 0;     ///< pixels shown, doubling included
    std::uint32_t height = 0;    ///< lines shown, repetition included
    bool doubleDots = false;     ///< planar and CGA: every pixel twice
    bool bigEndian = false;      ///< packed layouts of more than a byte
    std::uint32_t start = 0;     ///< of the first row
    std::uint32_t pitch = 0;     ///< from one row to the next
    std::uint32_t repeats = 0;   ///< how many more times each row is shown
    std::uint32_t firstScan = 0; ///< of the first row's repetitions, those scrolled out
    std::uint32_t panning = 0;   ///< source pixels scrolled out at the left
    bool panningEndsAtSplit = false;
    std::uint32_t splitLine = 0;  ///< the first line that shows offset 0 again; at or past the end: none
    std::uint8_t addressMode = 3; ///< CR17 bits 0, 1 and 6: CGA and Hercules line interleaving
    std::uint8_t planes = 0x0f;   ///< AR12: planes that count

    /// Bits of one source pixel: 2, 4, 8, 15, 16, 24 or 32.
    [[nodiscard]] unsigned bitsPerPixel() const;
    /// Bytes of video memory behind one shown row.
    [[nodiscard]] std::uint32_t rowBytes() const;
    /// True when the memory is the picture already: 32 bits, little endian, no panning.
    [[nodiscard]] bool isLinear32() const { return layout == PixelLayout::Packed32 && !bigEndian; }
    bool operator==(const GraphicsMode&) const = default;
};

/// Only meaningful while the registers show graphics (see pictureKind()). At most 16000 x 12000, and
/// a packed picture lies inside video memory.
[[nodiscard]] GraphicsMode decodeGraphicsMode(const VgaState& state);

/// One line of the screen: where its row starts.
struct SourceLine {
    std::uint32_t offset = 0; ///< wraps at the size of video memory
    std::uint32_t panning = 0;
    bool operator==(const SourceLine&) const = default;
};

/// The lines from top to bottom: repetition, interleaving and the split screen resolved.
[[nodiscard]] std::vector<SourceLine> sourceLines(const GraphicsMode& mode);

} // namespace engine::display
