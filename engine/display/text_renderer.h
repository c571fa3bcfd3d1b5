// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/display/video_memory.h"
#include "display/damage_region.h"
#include "display/display_source.h"
#include "display/frame_buffer.h"
#include "display/text_mode.h"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace engine::display {

/// Which half of their periods blinking things are in.
struct BlinkPhase {
    bool cursorShown = true;
    bool charactersShown = true;
    bool operator==(const BlinkPhase&) const = default;
};

/// Draws text modes with the guest's own fonts. Remembers what each cell showed, so that a refresh
/// looks at every cell and draws the few that differ. One thread.
class TextRenderer {
public:
    /// Forgets what was drawn: everything is drawn at the next draw().
    void invalidate() { m_shown.clear(); }
    /// Brings `frame`, which has the mode's size, up to date and returns what changed.
    [[nodiscard]] DamageRegion draw(FrameBuffer& frame, const VideoMemory& memory, const TextMode& mode,
                                    const std::array<std::uint32_t, 16>& palette, BlinkPhase phase);
    /// Rows that the last draw() moved before it drew what else had changed.
    [[nodiscard]] const std::optional<RowMove>& move() const { return m_move; }
    /// True when a cell of the last draw() looks different in the other phase.
    [[nodiscard]] bool hasBlinking() const { return m_hasBlinking; }

private:
    /// Everything that decides a cell's pixels besides mode, fonts and palette.
    struct Cell {
        std::uint8_t character = 0;
        std::uint8_t attribute = 0;
        bool cursor = false;
        bool hidden = false; ///< in the dark half of its blinking
        bool operator==(const Cell&) const = default;
    };
    struct Context;

    [[nodiscard]] bool takeFonts(const VideoMemory& memory, const TextMode& mode);
    [[nodiscard]] Cell readCell(const VideoMemory& memory, const TextMode& mode, std::uint32_t address,
                                BlinkPhase phase);
    /// Text that has scrolled up is moved, not drawn again.
    void followScrolling(const Context& context, std::span<const TextBand> bands);
    [[nodiscard]] DamageRegion drawBand(const Context& context, const TextBand& band, std::size_t bandIndex);
    /// Neighbouring cells that have changed; returns what differs on the screen.
    [[nodiscard]] Rect drawRun(const Context& context, const TextBand& band, std::uint32_t firstColumn,
                               std::span<const Cell> cells);
    void paintLine(const Context& context, const Cell& cell, std::uint32_t scan,
                   std::span<std::uint32_t> pixels) const;

    std::array<std::vector<std::uint8_t>, 2> m_fonts; // 256 glyphs of 32 lines each
    TextMode m_mode;
    std::array<std::uint32_t, 16> m_palette{};
    std::vector<Cell> m_shown;         // by band, columns + 1 each
    std::vector<std::uint32_t> m_line; // one scan line of the run at hand
    std::size_t m_fontCount = 2;
    bool m_hasBlinking = false;
    std::optional<RowMove> m_move;
};

} // namespace engine::display
