// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/display/dirty_pages.h"
#include "devices/display/video_memory.h"
#include "display/damage_region.h"
#include "display/frame_buffer.h"
#include "display/graphics_mode.h"

#include <array>
#include <cstdint>
#include <vector>

namespace engine::display {

struct GraphicsPalettes {
    std::array<std::uint32_t, 16> attribute{}; ///< planar and CGA layouts
    std::array<std::uint32_t, 256> dac{};      ///< layouts of one byte
    bool operator==(const GraphicsPalettes&) const = default;
};

/// Converts graphics modes into 32-bit pixels. Only rows whose memory is dirty are looked at. One thread.
class GraphicsRenderer {
public:
    void invalidate() { m_valid = false; }
    /// Brings `frame`, which has the mode's size, up to date and returns what changed.
    [[nodiscard]] DamageRegion draw(FrameBuffer& frame, const VideoMemory& memory, const GraphicsMode& mode,
                                    const GraphicsPalettes& palettes, const DirtyPages& dirty);

private:
    void convertRow(const VideoMemory& memory, const GraphicsMode& mode, const GraphicsPalettes& palettes,
                    const SourceLine& line);

    bool m_valid = false;
    GraphicsMode m_mode;
    GraphicsPalettes m_palettes;
    std::vector<SourceLine> m_lines;
    std::vector<std::uint32_t> m_row; // source pixels of the row at hand, after doubling
};

} // namespace engine::display
