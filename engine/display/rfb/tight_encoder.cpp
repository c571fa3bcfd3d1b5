// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/rfb/encoder.h"
#include "display/rfb/tile_palette.h"

#include <algorithm>

namespace engine::display::rfb {
namespace {

// Community "Tight": compression control, filter numbers, limits.
constexpr std::uint8_t FillCompression = 0x80;
constexpr std::uint8_t ExplicitFilter = 0x40;
constexpr std::uint8_t PaletteFilter = 1;
constexpr std::size_t MinToCompress = 12;
constexpr std::uint32_t MaxWidth = 2048;
constexpr std::uint32_t MaxPixels = 65536;

enum Stream : unsigned { CopyStream = 0, TwoColourStream = 1, PaletteStream = 2 };

/// Seven bits a byte, low ones first; at most three bytes.
void writeCompactLength(std::size_t length, ByteWriter& out)
{
    if (length < 0x80) {
        out.u8(static_cast<std::uint8_t>(length));
        return;
    }
    out.u8(static_cast<std::uint8_t>((length & 0x7fU) | 0x80U));
    if (length < 0x4000) {
        out.u8(static_cast<std::uint8_t>(length >> 7U));
        return;
    }
    out.u8(static_cast<std::uint8_t>((length >> 7U & 0x7fU) | 0x80U));
    out.u8(static_cast<std::uint8_t>(length >> 14U));
}

/// One bit a pixel, rows padded to whole bytes; the second colour is 1.
void writeBitmap(std::span<const std::uint32_t> pixels, std::size_t width, std::uint32_t second,
                 ByteWriter& out)
{
    for (std::size_t row = 0; row < pixels.size(); row += width) {
        for (std::size_t x = 0; x < width; x += 8) {
            unsigned byte = 0;
            for (std::size_t bit = 0; bit < std::min<std::size_t>(8, width - x); ++bit)
                byte |= pixels[row + x + bit] == second ? 0x80U >> bit : 0U;
            out.u8(static_cast<std::uint8_t>(byte));
        }
    }
}

} // namespace

void TightEncoder::compress(unsigned stream, ByteWriter& out)
{
    if (m_plain.size() < MinToCompress) {
        out.bytes(m_plain.data());
        return;
    }
    auto& deflater = m_streams[stream];
    if (!deflater)
        deflater.emplace(m_level);
    deflater->setLevel(m_level);
    m_packed.clear();
    deflater->compress(m_plain.data(), m_packed);
    writeCompactLength(m_packed.size(), out);
    out.bytes(m_packed.data());
}

void TightEncoder::encodePiece(const FrameView& frame, const Rect& rect, const PixelConverter& converter,
                               ByteWriter& out)
{
    frame.copy(rect, m_piece);
    writeRectHeader(out, rect, Encoding::Tight);
    // An 8-bit viewer gains nothing from palettes of more than two colours.
    const std::size_t limit = converter.tightSize() == 1 ? 2 : TilePalette::MaxColours;
    const auto palette = paletteOf(m_piece, limit);
    m_plain.clear();
    if (!palette) {
        out.u8(CopyStream << 4U);
        converter.tightPixels(m_piece, m_plain);
        compress(CopyStream, out);
        return;
    }
    const auto colours = palette->colours();
    if (colours.size() == 1) {
        out.u8(FillCompression);
        converter.tightPixels(colours, out);
        return;
    }
    const bool two = colours.size() == 2;
    const unsigned stream = two ? TwoColourStream : PaletteStream;
    out.u8(static_cast<std::uint8_t>(stream << 4U | ExplicitFilter));
    out.u8(PaletteFilter);
    out.u8(static_cast<std::uint8_t>(colours.size() - 1));
    converter.tightPixels(colours, out);
    if (two) {
        writeBitmap(m_piece, rect.width, colours[1], m_plain);
    } else {
        const auto indices = m_plain.extend(m_piece.size());
        for (std::size_t i = 0; i < m_piece.size(); ++i)
            indices[i] = std::byte(palette->indexOf(m_piece[i]));
    }
    compress(stream, out);
}

unsigned TightEncoder::encode(const FrameView& frame, const Rect& rect, const PixelConverter& converter,
                              ByteWriter& out)
{
    unsigned count = 0;
    const std::uint32_t width = std::min(rect.width, MaxWidth);
    const std::uint32_t height = std::max(1U, MaxPixels / width);
    for (std::uint32_t y = 0; y < rect.height; y += height) {
        for (std::uint32_t x = 0; x < rect.width; x += width) {
            const Rect piece{.x = rect.x + x,
                             .y = rect.y + y,
                             .width = std::min(width, rect.width - x),
                             .height = std::min(height, rect.height - y)};
            encodePiece(frame, piece, converter, out);
            ++count;
        }
    }
    return count;
}

} // namespace engine::display::rfb
