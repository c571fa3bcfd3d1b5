// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/text_renderer.h"

#include <algorithm>

namespace engine::display {

namespace {

constexpr std::size_t GlyphLines = 32;
constexpr std::size_t FontBytes = 256 * GlyphLines;

/// Code page 437's horizontal lines, whose eighth dot continues into the ninth.
constexpr bool isLineGraphic(std::uint8_t character)
{
    return character >= 0xc0 && character <= 0xdf;
}

} // namespace

struct TextRenderer::Context {
    FrameBuffer& frame;
    const VideoMemory& memory;
    const TextMode& mode;
    const std::array<std::uint32_t, 16>& palette;
    BlinkPhase phase;
    bool all; ///< draw every cell
};

bool TextRenderer::takeFonts(const VideoMemory& memory, const TextMode& mode)
{
    bool changed = false;
    // Most guests use one font for both.
    m_fontCount = mode.fonts[0] == mode.fonts[1] ? 1 : 2;
    for (std::size_t which = 0; which < m_fontCount; ++which) {
        auto& font = m_fonts.at(which);
        if (font.size() != FontBytes) {
            font.assign(FontBytes, 0);
            changed = true;
        }
        for (std::size_t i = 0; i < FontBytes; ++i) {
            // Plane 2 of each address.
            const std::uint8_t line =
                memory.load8((mode.fonts.at(which) + static_cast<std::uint32_t>(i)) * 4 + 2);
            changed |= font[i] != line;
            font[i] = line;
        }
    }
    return changed;
}

TextRenderer::Cell TextRenderer::readCell(const VideoMemory& memory, const TextMode& mode,
                                          std::uint32_t address, BlinkPhase phase)
{
    const std::uint32_t planes = memory.load32(address * 4);
    Cell cell{.character = static_cast<std::uint8_t>(planes),
              .attribute = static_cast<std::uint8_t>(planes >> 8)};
    const bool blinks = mode.blink && (cell.attribute & 0x80) != 0;
    const bool hasCursor = mode.cursor && mode.cursor->address == (address & 0xffff);
    m_hasBlinking |= blinks || hasCursor;
    cell.hidden = blinks && !phase.charactersShown;
    cell.cursor = hasCursor && phase.cursorShown;
    return cell;
}

DamageRegion TextRenderer::draw(FrameBuffer& frame, const VideoMemory& memory, const TextMode& mode,
                                const std::array<std::uint32_t, 16>& palette, BlinkPhase phase)
{
    const auto bands = textBands(mode);
    const std::size_t cells = bands.size() * (mode.columns + 1);
    // The cursor is part of the cells, so that moving it redraws two of them and no more.
    TextMode drawn = m_mode;
    drawn.cursor = mode.cursor;
    drawn.start = mode.start; // scrolling by the start address: cells are compared by what they show
    const bool cursorShape = m_mode.cursor && mode.cursor
                             && (m_mode.cursor->firstLine != mode.cursor->firstLine
                                 || m_mode.cursor->lastLine != mode.cursor->lastLine);
    bool all = m_shown.size() != cells || drawn != mode || cursorShape || m_palette != palette;
    all |= takeFonts(memory, mode);
    m_shown.resize(cells);
    m_mode = mode;
    m_palette = palette;
    m_hasBlinking = false;

    const Context context{
        .frame = frame, .memory = memory, .mode = mode, .palette = palette, .phase = phase, .all = all};
    m_move.reset();
    if (!all)
        followScrolling(context, bands);
    DamageRegion damage;
    for (std::size_t i = 0; i < bands.size(); ++i)
        damage.add(drawBand(context, bands[i], i));
    return damage;
}

void TextRenderer::followScrolling(const Context& context, std::span<const TextBand> bands)
{
    const TextMode& mode = context.mode;
    const std::size_t columns = mode.columns + 1;
    const std::size_t rows = mode.rows;
    // Rows that smooth scrolling or a split cuts do not move as a whole.
    if (bands.size() != rows || mode.firstScan != 0 || rows < 2)
        return;
    const bool hadBlinking = m_hasBlinking;
    std::vector<Cell> now;
    now.reserve(rows * columns);
    for (const TextBand& band : bands)
        for (std::uint32_t column = 0; column < columns; ++column)
            now.push_back(readCell(context.memory, mode, band.address + column, context.phase));
    m_hasBlinking = hadBlinking;
    if (now == m_shown)
        return;
    const auto rowOf = [columns](const std::vector<Cell>& cells, std::size_t row) {
        return std::span(cells).subspan(row * columns, columns);
    };
    /// Rows that are not blank and would be right after a scroll by `by` rows (0: are right already).
    const auto matches = [&](std::size_t by) {
        std::size_t count = 0;
        for (std::size_t row = 0; row + by < rows; ++row) {
            const auto wanted = rowOf(now, row);
            const bool blank =
                std::ranges::adjacent_find(wanted, std::ranges::not_equal_to{}) == wanted.end();
            if (!blank && std::ranges::equal(wanted, rowOf(m_shown, row + by)))
                ++count;
        }
        return count;
    };
    // The fewest rows first: programs scroll by one.
    const std::size_t still = matches(0);
    constexpr std::size_t WorthMoving = 3;
    for (std::size_t by = 1; by < rows; ++by) {
        if (matches(by) < still + WorthMoving)
            continue;
        const auto kept = static_cast<std::ptrdiff_t>((rows - by) * columns);
        std::copy(m_shown.end() - kept, m_shown.end(), m_shown.begin());
        m_move = RowMove{.from = static_cast<std::uint32_t>(by) * mode.cellHeight,
                         .to = 0,
                         .rows = static_cast<std::uint32_t>(rows - by) * mode.cellHeight};
        context.frame.moveRows(m_move->from, m_move->to, m_move->rows);
        return;
    }
}

DamageRegion TextRenderer::drawBand(const Context& context, const TextBand& band, std::size_t bandIndex)
{
    const std::uint32_t columns = context.mode.columns + 1; // panning shows a part of one more
    const std::span shown = std::span(m_shown).subspan(bandIndex * columns, columns);
    DamageRegion damage;
    std::uint32_t runStart = columns;
    for (std::uint32_t column = 0; column < columns; ++column) {
        const Cell cell = readCell(context.memory, context.mode, band.address + column, context.phase);
        const bool changed = context.all || cell != shown[column];
        shown[column] = cell;
        if (changed)
            runStart = std::min(runStart, column);
        else if (runStart < column)
            damage.add(drawRun(context, band, runStart, shown.subspan(runStart, column - runStart)));
        if (!changed)
            runStart = columns;
    }
    if (runStart < columns)
        damage.add(drawRun(context, band, runStart, shown.subspan(runStart)));
    return damage;
}

Rect TextRenderer::drawRun(const Context& context, const TextBand& band, std::uint32_t firstColumn,
                           std::span<const Cell> cells)
{
    const TextMode& mode = context.mode;
    const std::uint32_t panning = band.belowSplit && mode.panningEndsAtSplit ? 0 : mode.panning;
    // The part of the cells that panning leaves on the screen.
    const std::uint32_t left = firstColumn * mode.cellWidth;
    const std::uint32_t right = left + static_cast<std::uint32_t>(cells.size()) * mode.cellWidth;
    const std::uint32_t begin = std::max(left, panning);
    const std::uint32_t end = std::min(right, mode.width() + panning);
    if (begin >= end)
        return {};
    m_line.resize(right - left);
    Rect changed;
    for (std::uint32_t y = 0; y < band.height; ++y) {
        std::span<std::uint32_t> rest(m_line);
        for (const Cell& cell : cells) {
            paintLine(context, cell, band.firstScan + y, rest.first(mode.cellWidth));
            rest = rest.subspan(mode.cellWidth);
        }
        changed = unite(changed, context.frame.update(begin - panning, band.top + y,
                                                      std::span(m_line).subspan(begin - left, end - begin)));
    }
    return changed;
}

void TextRenderer::paintLine(const Context& context, const Cell& cell, std::uint32_t scan,
                             std::span<std::uint32_t> pixels) const
{
    const TextMode& mode = context.mode;
    const std::uint32_t foreground = context.palette[cell.attribute & 0x0f];
    const std::uint32_t background =
        context.palette[mode.blink ? cell.attribute >> 4 & 7 : cell.attribute >> 4];
    const bool cursorHere =
        cell.cursor && mode.cursor && scan >= mode.cursor->firstLine && scan <= mode.cursor->lastLine;
    const bool underlined = mode.underline == scan && (cell.attribute & 0x77) == 0x01;

    const auto& font = m_fonts.at(m_fontCount == 2 ? cell.attribute >> 3 & 1 : 0);
    std::uint32_t dots = font[cell.character * GlyphLines + (scan & (GlyphLines - 1))];
    if (cell.hidden)
        dots = 0;
    if (cursorHere || (underlined && !cell.hidden))
        dots = 0xff;
    if (pixels.size() == 9) {
        const bool ninth = cursorHere || underlined || (mode.lineGraphics && isLineGraphic(cell.character));
        pixels[8] = ninth && (dots & 1) != 0 ? foreground : background;
        pixels = pixels.first(8);
    }
    const std::size_t dotWidth = pixels.size() / 8;
    for (std::size_t x = 0; x < pixels.size(); ++x)
        pixels[x] = (dots >> (7 - x / dotWidth) & 1) != 0 ? foreground : background;
}

} // namespace engine::display
