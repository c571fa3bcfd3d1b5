// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "display/display_source.h"
#include "display/rfb/byte_order.h"
#include "display/rfb/pixel_format.h"

namespace engine::display::rfb {

/// Community "Cursor With Alpha": RGBA, premultiplied, in raw encoding. A hidden pointer has no size.
void writeAlphaCursor(const CursorShape& shape, ByteWriter& out);

/// RFC 7.8.1: pixels in the viewer's format and a mask; half transparency is decided at one half.
void writeMaskedCursor(const CursorShape& shape, const PixelConverter& converter, ByteWriter& out);

} // namespace engine::display::rfb
