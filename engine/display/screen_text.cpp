// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/screen_text.h"

#include "display/cp437.h"
#include "display/graphics_mode.h"
#include "display/text_mode.h"

namespace engine::display {

namespace {

TextScreen readScreen(const VgaState& state, const VideoMemory& memory)
{
    const TextMode mode = decodeTextMode(state);
    TextScreen screen{.columns = mode.columns};
    for (const TextBand& band : textBands(mode)) {
        // A row that a split or smooth scrolling has cut is listed when its larger part shows.
        if (band.height * 2 < mode.cellHeight)
            continue;
        std::string row;
        for (std::uint32_t column = 0; column < mode.columns; ++column) {
            const std::uint32_t address = band.address + column;
            appendUtf8(row, cp437ToUnicode(memory.load8(address * 4)));
            if (mode.cursor && mode.cursor->address == address)
                screen.cursor = {.column = column, .row = static_cast<std::uint32_t>(screen.rows.size())};
        }
        screen.rows.push_back(std::move(row));
    }
    return screen;
}

} // namespace

std::string TextScreen::toString() const
{
    std::string all;
    std::size_t used = 0;
    for (const std::string& row : rows) {
        const auto last = row.find_last_not_of(' ');
        all.append(row, 0, last == std::string::npos ? 0 : last + 1);
        all += '\n';
        if (last != std::string::npos)
            used = all.size();
    }
    all.resize(used);
    return all;
}

ScreenText screenText(const VgaAdapter& adapter)
{
    const VgaState state = adapter.state();
    switch (pictureKind(state)) {
    case PictureKind::Blank: return {.modeName = "blank", .text = std::nullopt};
    case PictureKind::Graphics: {
        const GraphicsMode mode = decodeGraphicsMode(state);
        return {.modeName = "graphics " + std::to_string(mode.width) + "x" + std::to_string(mode.height) + "x"
                            + std::to_string(mode.bitsPerPixel()),
                .text = std::nullopt};
    }
    case PictureKind::Text: break;
    }
    TextScreen screen = readScreen(state, adapter.memory());
    return {.modeName = "text " + std::to_string(screen.columns) + "x" + std::to_string(screen.rows.size()),
            .text = std::move(screen)};
}

} // namespace engine::display
