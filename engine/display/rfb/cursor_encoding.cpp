// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/rfb/cursor_encoding.h"

#include "display/rfb/encoder.h"

namespace engine::display::rfb {
namespace {

bool isDrawable(const CursorShape& shape)
{
    return shape.visible && shape.pixels.size() == std::size_t{shape.width} * shape.height;
}

Rect headerOf(const CursorShape& shape)
{
    if (!isDrawable(shape))
        return {};
    return {.x = shape.hotspotX, .y = shape.hotspotY, .width = shape.width, .height = shape.height};
}

} // namespace

void writeAlphaCursor(const CursorShape& shape, ByteWriter& out)
{
    writeRectHeader(out, headerOf(shape), Encoding::AlphaCursor);
    out.s32(static_cast<std::int32_t>(Encoding::Raw));
    if (!isDrawable(shape))
        return;
    for (const std::uint32_t pixel : shape.pixels) {
        const std::uint32_t alpha = pixel >> 24U;
        for (const unsigned shift : {16U, 8U, 0U})
            out.u8(static_cast<std::uint8_t>(((pixel >> shift & 0xffU) * alpha + 127) / 255));
        out.u8(static_cast<std::uint8_t>(alpha));
    }
}

void writeMaskedCursor(const CursorShape& shape, const PixelConverter& converter, ByteWriter& out)
{
    writeRectHeader(out, headerOf(shape), Encoding::Cursor);
    if (!isDrawable(shape))
        return;
    converter.pixels(shape.pixels, out);
    for (std::uint32_t y = 0; y < shape.height; ++y) {
        for (std::uint32_t x = 0; x < shape.width; x += 8) {
            unsigned byte = 0;
            for (std::uint32_t bit = 0; bit < 8 && x + bit < shape.width; ++bit)
                if (shape.pixels[std::size_t{y} * shape.width + x + bit] >> 31U != 0)
                    byte |= 0x80U >> bit;
            out.u8(static_cast<std::uint8_t>(byte));
        }
    }
}

} // namespace engine::display::rfb
