// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/rfb/encoder.h"

#include "display/pointer_overlay.h"

#include <cassert>
#include <cstring>

namespace engine::display::rfb {

void FrameView::copy(const Rect& rect, std::vector<std::uint32_t>& to) const
{
    assert(rect.right() <= width && rect.bottom() <= height);
    const std::size_t rowPixels = rect.width;
    to.resize(rowPixels * rect.height);
    for (std::size_t row = 0; row < rect.height; ++row) {
        const std::size_t offset = (rect.y + row) * stride + std::size_t{rect.x} * 4;
        std::memcpy(&to[row * rowPixels], bytes.subspan(offset, rowPixels * 4).data(), rowPixels * 4);
    }
    for (std::uint32_t& pixel : to)
        pixel &= 0xffffffU;
    if (pointer)
        drawPointer(*pointer, pointerAt, rect, to);
}

void writeRectHeader(ByteWriter& out, const Rect& rect, Encoding encoding)
{
    out.u16(static_cast<std::uint16_t>(rect.x));
    out.u16(static_cast<std::uint16_t>(rect.y));
    out.u16(static_cast<std::uint16_t>(rect.width));
    out.u16(static_cast<std::uint16_t>(rect.height));
    out.s32(static_cast<std::int32_t>(encoding));
}

unsigned RawEncoder::encode(const FrameView& frame, const Rect& rect, const PixelConverter& converter,
                            ByteWriter& out)
{
    frame.copy(rect, m_copy);
    writeRectHeader(out, rect, Encoding::Raw);
    converter.pixels(m_copy, out);
    return 1;
}

} // namespace engine::display::rfb
