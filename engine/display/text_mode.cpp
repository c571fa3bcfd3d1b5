// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/text_mode.h"

#include "display/crtc_fields.h"

#include <algorithm>

namespace engine::display {

namespace {

constexpr std::uint32_t FontUnit = 8192; // 256 characters of 32 bytes

/// SR3 names one of eight 8 KiB places; its bits are not in order.
std::array<std::uint32_t, 2> fontAddresses(std::uint32_t select)
{
    const std::uint32_t second = (select >> 5 & 1) | (select >> 1 & 6);
    const std::uint32_t first = (select >> 4 & 1) | (select << 1 & 6);
    return {first * FontUnit, second * FontUnit};
}

std::optional<TextMode::Cursor> cursorOf(const VgaState& state, std::uint32_t cellHeight)
{
    constexpr std::uint8_t CursorOff = 0x20;
    const auto& cr = state.crtc;
    const std::uint32_t first = cr[crtc::CursorStart] & 0x1f;
    const std::uint32_t last = std::min<std::uint32_t>(cr[crtc::CursorEnd] & 0x1f, cellHeight - 1);
    if ((cr[crtc::CursorStart] & CursorOff) != 0 || first > last)
        return std::nullopt;
    return TextMode::Cursor{.address = word(cr[crtc::CursorLocationHigh], cr[crtc::CursorLocationLow]),
                            .firstLine = first,
                            .lastLine = last};
}

/// AR13 in text modes: with nine dots the value 8 means none, and 0 to 7 mean one more.
std::uint32_t panningOf(const VgaState& state, std::uint32_t cellWidth)
{
    const std::uint32_t value = state.attribute[attribute::PixelPanning];
    if (cellWidth == 9)
        return value >= 8 ? 0 : value + 1;
    return (value & 7) * (cellWidth / 8);
}

} // namespace

PictureKind pictureKind(const VgaState& state)
{
    if ((state.attributeIndex & attribute::PaletteAddressSource) == 0
        || (state.sequencer[sequencer::ClockingMode] & sequencer::ScreenOff) != 0)
        return PictureKind::Blank;
    if (state.dispi.isEnabled() || (state.graphics[graphics::Miscellaneous] & graphics::GraphicsMode) != 0)
        return PictureKind::Graphics;
    return PictureKind::Text;
}

TextMode decodeTextMode(const VgaState& state)
{
    const auto& cr = state.crtc;
    const auto& ar = state.attribute;
    const std::uint8_t clocking = state.sequencer[sequencer::ClockingMode];
    TextMode mode;
    if ((clocking & sequencer::HalfDotClock) != 0)
        mode.cellWidth = 16;
    else if ((clocking & sequencer::EightDots) == 0)
        mode.cellWidth = 9;
    mode.cellHeight = (cr[crtc::MaximumScanLine] & 0x1fU) + 1;
    mode.columns = cr[crtc::HorizontalDisplayEnd] + 1U;
    mode.rows = std::max<std::uint32_t>(displayedLines(state) / mode.cellHeight, 1);
    mode.start = word(cr[crtc::StartAddressHigh], cr[crtc::StartAddressLow]) + bytePanning(state);
    mode.pitch = cr[crtc::Offset] * 2U;
    mode.firstScan = std::min<std::uint32_t>(cr[crtc::PresetRowScan] & 0x1f, mode.cellHeight - 1);
    mode.panning = panningOf(state, mode.cellWidth);
    mode.panningEndsAtSplit = (ar[attribute::ModeControl] & attribute::PanningCompatible) != 0;
    mode.splitLine = lineCompare(state) + 1;
    mode.blink = (ar[attribute::ModeControl] & attribute::Blink) != 0;
    mode.lineGraphics = (ar[attribute::ModeControl] & attribute::LineGraphics) != 0;
    if ((ar[attribute::ModeControl] & attribute::MonochromeEmulation) != 0)
        mode.underline = cr[crtc::UnderlineLocation] & 0x1fU;
    mode.fonts = fontAddresses(state.sequencer[sequencer::CharacterMapSelect]);
    mode.cursor = cursorOf(state, mode.cellHeight);
    return mode;
}

std::vector<TextBand> textBands(const TextMode& mode)
{
    std::vector<TextBand> bands;
    TextBand next{.firstScan = mode.firstScan, .address = mode.start};
    while (next.top < mode.height()) {
        next.height = std::min(mode.cellHeight - next.firstScan, mode.height() - next.top);
        if (!next.belowSplit && next.top < mode.splitLine)
            next.height = std::min(next.height, mode.splitLine - next.top);
        bands.push_back(next);
        next.top += next.height;
        next.firstScan = 0;
        next.address += mode.pitch;
        if (!next.belowSplit && next.top == mode.splitLine) {
            next.address = 0;
            next.belowSplit = true;
        }
    }
    return bands;
}

} // namespace engine::display
