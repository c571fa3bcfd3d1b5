// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/graphics_mode.h"

#include "display/crtc_fields.h"

#include <algorithm>

namespace engine::display {

namespace {

// CR17, CRTC Mode Control.
constexpr std::uint8_t RowScan0IsA13 = 0x01; // 0: the row's lowest bit replaces address bit 13
constexpr std::uint8_t RowScan1IsA14 = 0x02;
constexpr std::uint8_t ByteAddressing = 0x40;

PixelLayout packedLayout(std::uint8_t bits)
{
    switch (bits) {
    case 8: return PixelLayout::Packed8;
    case 15: return PixelLayout::Packed15;
    case 16: return PixelLayout::Packed16;
    case 24: return PixelLayout::Packed24;
    default: return PixelLayout::Packed32;
    }
}

GraphicsMode decodeDispi(const VgaState& state)
{
    const DispiGeometry geometry = state.dispi.geometry();
    GraphicsMode mode{.width = geometry.width,
                      .height = geometry.height,
                      .bigEndian = state.bigEndianPixels,
                      .start = geometry.start,
                      .pitch = geometry.stride,
                      .splitLine = geometry.height,
                      .planes =
                          static_cast<std::uint8_t>(state.attribute[attribute::ColourPlaneEnable] & 0x0f)};
    mode.layout = geometry.bitsPerPixel == 4 ? PixelLayout::Planar16 : packedLayout(geometry.bitsPerPixel);
    return mode;
}

} // namespace

unsigned GraphicsMode::bitsPerPixel() const
{
    switch (layout) {
    case PixelLayout::Planar16: return 4;
    case PixelLayout::Interleaved4: return 2;
    case PixelLayout::Chained256:
    case PixelLayout::Packed8: return 8;
    case PixelLayout::Packed15: return 15;
    case PixelLayout::Packed16: return 16;
    case PixelLayout::Packed24: return 24;
    case PixelLayout::Packed32: return 32;
    }
    return 0;
}

std::uint32_t GraphicsMode::rowBytes() const
{
    const std::uint32_t pixels = width / (doubleDots ? 2 : 1);
    switch (layout) {
    case PixelLayout::Planar16:
    case PixelLayout::Interleaved4: return (pixels + 7) / 8 * 4 + 4; // one word more: panning
    case PixelLayout::Chained256: return width / 2 + 4;
    case PixelLayout::Packed8: return width;
    case PixelLayout::Packed15:
    case PixelLayout::Packed16: return width * 2;
    case PixelLayout::Packed24: return width * 3;
    case PixelLayout::Packed32: return width * 4;
    }
    return 0;
}

GraphicsMode decodeGraphicsMode(const VgaState& state)
{
    if (state.dispi.isEnabled())
        return decodeDispi(state);
    const auto& cr = state.crtc;
    const auto& ar = state.attribute;
    GraphicsMode mode;
    mode.width = (cr[crtc::HorizontalDisplayEnd] + 1U) * 8;
    mode.height = displayedLines(state);
    const unsigned shift = state.graphics[graphics::Mode] >> 5 & 3;
    const bool halfClock = (state.sequencer[sequencer::ClockingMode] & sequencer::HalfDotClock) != 0;
    const std::uint32_t panning = ar[attribute::PixelPanning] & 7U;
    if (shift >= 2) {
        mode.layout = PixelLayout::Chained256;
        mode.panning = panning / 2;
    } else {
        mode.layout = shift == 1 ? PixelLayout::Interleaved4 : PixelLayout::Planar16;
        mode.doubleDots = halfClock;
        mode.panning = panning;
        mode.width *= halfClock ? 2 : 1;
    }
    const bool doubleScan = (cr[crtc::MaximumScanLine] & 0x80) != 0;
    const std::uint32_t rowLines = (cr[crtc::MaximumScanLine] & 0x1fU) + 1;
    // Where the row scan counter is part of the address, its lines are rows of their own (sourceLines()).
    const bool interleaved = (cr[crtc::ModeControl] & RowScan0IsA13) == 0;
    mode.repeats = interleaved ? (doubleScan ? 1 : 0) : (rowLines << (doubleScan ? 1 : 0)) - 1;
    mode.firstScan = std::min<std::uint32_t>(cr[crtc::PresetRowScan] & 0x1f, mode.repeats);
    mode.start = (word(cr[crtc::StartAddressHigh], cr[crtc::StartAddressLow]) + bytePanning(state)) * 4;
    mode.pitch = cr[crtc::Offset] * 8U;
    mode.panningEndsAtSplit = (ar[attribute::ModeControl] & attribute::PanningCompatible) != 0;
    mode.splitLine = lineCompare(state) + 1;
    mode.addressMode = cr[crtc::ModeControl] & (RowScan0IsA13 | RowScan1IsA14 | ByteAddressing);
    mode.planes = ar[attribute::ColourPlaneEnable] & 0x0f;
    return mode;
}

std::vector<SourceLine> sourceLines(const GraphicsMode& mode)
{
    std::vector<SourceLine> lines;
    lines.reserve(mode.height);
    std::uint32_t row = mode.start; // grows modulo 2^32, masked by whoever reads memory
    std::uint32_t rowNumber = 0;
    std::uint32_t repeatsLeft = mode.repeats - mode.firstScan;
    std::uint32_t panning = mode.panning;
    // Each step of the row count that is used as an address bit does not advance the row.
    const std::uint32_t interleave = (mode.addressMode & 3U) ^ 3U;
    for (std::uint32_t y = 0; y < mode.height; ++y) {
        if (y == mode.splitLine && y != 0) {
            // The address counter and the row scan counter start again.
            row = 0;
            rowNumber = 0;
            repeatsLeft = mode.repeats;
            if (mode.panningEndsAtSplit)
                panning = 0;
        }
        std::uint32_t offset = row;
        if ((mode.addressMode & RowScan0IsA13) == 0) {
            const unsigned bit = (mode.addressMode & ByteAddressing) != 0 ? 15 : 14;
            offset = (offset & ~(1U << bit)) | (rowNumber & 1) << bit;
        }
        if ((mode.addressMode & RowScan1IsA14) == 0)
            offset = (offset & ~0x8000U) | (rowNumber & 2) << 14;
        lines.push_back({.offset = offset, .panning = panning});
        if (repeatsLeft != 0) {
            --repeatsLeft;
            continue;
        }
        repeatsLeft = mode.repeats;
        if ((rowNumber & interleave) == interleave)
            row += mode.pitch;
        ++rowNumber;
    }
    return lines;
}

} // namespace engine::display
