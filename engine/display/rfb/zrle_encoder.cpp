// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/rfb/encoder.h"
#include "display/rfb/tile_palette.h"

#include <algorithm>

namespace engine::display::rfb {
namespace {

constexpr std::uint32_t TileSize = 64;

// Subencodings, RFC 6143 section 7.7.6.
constexpr std::uint8_t RawTile = 0;
constexpr std::uint8_t SolidTile = 1;
constexpr std::uint8_t PlainRle = 128;
constexpr std::size_t PackedLimit = 16;
constexpr std::size_t PaletteRleLimit = 127;

struct Runs {
    std::size_t total = 0;
    std::size_t lengthBytes = 0; ///< what their lengths take in plain run-length form
    std::size_t singles = 0;     ///< runs of one pixel
};

Runs countRuns(std::span<const std::uint32_t> pixels)
{
    Runs runs;
    for (std::size_t i = 0; i < pixels.size();) {
        std::size_t end = i + 1;
        while (end < pixels.size() && pixels[end] == pixels[i])
            ++end;
        ++runs.total;
        runs.lengthBytes += (end - i - 1) / 255 + 1;
        runs.singles += end - i == 1 ? 1 : 0;
        i = end;
    }
    return runs;
}

unsigned packedBits(std::size_t colours)
{
    return colours <= 2 ? 1 : colours <= 4 ? 2 : 4;
}

void writeRunLength(std::size_t length, ByteWriter& out)
{
    for (--length; length >= 255; length -= 255)
        out.u8(255);
    out.u8(static_cast<std::uint8_t>(length));
}

void writePacked(std::span<const std::uint32_t> pixels, std::size_t width, const TilePalette& palette,
                 ByteWriter& out)
{
    const unsigned bits = packedBits(palette.colours().size());
    for (std::size_t row = 0; row < pixels.size(); row += width) {
        unsigned byte = 0;
        unsigned filled = 0;
        for (const std::uint32_t pixel : pixels.subspan(row, width)) {
            byte = byte << bits | palette.indexOf(pixel);
            filled += bits;
            if (filled == 8) {
                out.u8(static_cast<std::uint8_t>(byte));
                byte = filled = 0;
            }
        }
        if (filled != 0)
            out.u8(static_cast<std::uint8_t>(byte << (8 - filled)));
    }
}

void writeRuns(std::span<const std::uint32_t> pixels, const TilePalette* palette,
               const PixelConverter& converter, ByteWriter& out)
{
    constexpr std::uint8_t RunFollows = 128;
    for (std::size_t i = 0; i < pixels.size();) {
        std::size_t end = i + 1;
        while (end < pixels.size() && pixels[end] == pixels[i])
            ++end;
        const std::size_t length = end - i;
        if (!palette) {
            converter.compactPixels(pixels.subspan(i, 1), out);
            writeRunLength(length, out);
        } else if (length == 1) {
            out.u8(palette->indexOf(pixels[i]));
        } else {
            out.u8(static_cast<std::uint8_t>(palette->indexOf(pixels[i]) | RunFollows));
            writeRunLength(length, out);
        }
        i = end;
    }
}

} // namespace

void ZrleEncoder::encodeTile(std::size_t width, const PixelConverter& converter)
{
    const std::span<const std::uint32_t> pixels = m_tile;
    const auto palette = paletteOf(pixels, PaletteRleLimit);
    const std::size_t colours = palette ? palette->colours().size() : 0;
    if (colours == 1) {
        m_plain.u8(SolidTile);
        converter.compactPixels(pixels.first(1), m_plain);
        return;
    }
    const std::size_t size = converter.compactSize();
    const Runs runs = countRuns(pixels);
    const std::size_t rawBytes = pixels.size() * size;
    const std::size_t plainBytes = runs.total * size + runs.lengthBytes;
    const std::size_t rows = pixels.size() / width;
    std::size_t packedBytes = rawBytes + 1;
    std::size_t paletteRleBytes = rawBytes + 1;
    if (colours != 0) {
        paletteRleBytes = colours * size + runs.total + runs.lengthBytes - runs.singles;
        if (colours <= PackedLimit) {
            const auto rowBits = width * packedBits(colours);
            packedBytes = colours * size + (rowBits + 7) / 8 * rows;
        }
    }
    const std::size_t best = std::min({rawBytes, plainBytes, packedBytes, paletteRleBytes});
    if (best == packedBytes) {
        m_plain.u8(static_cast<std::uint8_t>(colours));
        converter.compactPixels(palette->colours(), m_plain);
        writePacked(pixels, width, *palette, m_plain);
    } else if (best == paletteRleBytes) {
        m_plain.u8(static_cast<std::uint8_t>(PlainRle + colours));
        converter.compactPixels(palette->colours(), m_plain);
        writeRuns(pixels, &*palette, converter, m_plain);
    } else if (best == plainBytes) {
        m_plain.u8(PlainRle);
        writeRuns(pixels, nullptr, converter, m_plain);
    } else {
        m_plain.u8(RawTile);
        converter.compactPixels(pixels, m_plain);
    }
}

unsigned ZrleEncoder::encode(const FrameView& frame, const Rect& rect, const PixelConverter& converter,
                             ByteWriter& out)
{
    m_plain.clear();
    for (std::uint32_t y = 0; y < rect.height; y += TileSize) {
        for (std::uint32_t x = 0; x < rect.width; x += TileSize) {
            const Rect tile{.x = rect.x + x,
                            .y = rect.y + y,
                            .width = std::min(TileSize, rect.width - x),
                            .height = std::min(TileSize, rect.height - y)};
            frame.copy(tile, m_tile);
            encodeTile(tile.width, converter);
        }
    }
    writeRectHeader(out, rect, Encoding::Zrle);
    const std::size_t lengthAt = out.size();
    out.u32(0);
    m_stream.compress(m_plain.data(), out);
    const auto length = static_cast<std::uint32_t>(out.size() - lengthAt - 4);
    out.patchU16(lengthAt, static_cast<std::uint16_t>(length >> 16U));
    out.patchU16(lengthAt + 2, static_cast<std::uint16_t>(length));
    return 1;
}

} // namespace engine::display::rfb
