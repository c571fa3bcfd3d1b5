// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "display/damage_region.h"
#include "display/display_source.h"
#include "display/rfb/byte_order.h"
#include "display/rfb/deflate_stream.h"
#include "display/rfb/pixel_format.h"
#include "display/rfb/protocol.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace engine::display::rfb {

/// Pixels of 0x00RRGGBB that somebody else may be writing while we read: every encoder copies a
/// piece first and works on the copy.
struct FrameView {
    std::span<const std::byte> bytes;
    std::size_t stride = 0; ///< bytes from one row to the next
    std::uint32_t width = 0, height = 0;
    const CursorShape* pointer = nullptr; ///< drawn over the copies; for viewers that cannot
    PointerPosition pointerAt;

    /// The rectangle's pixels, row by row; `rect` lies inside the frame. The top byte is cleared.
    void copy(const Rect& rect, std::vector<std::uint32_t>& to) const;
};

/// Writes rectangles in one of RFB's encodings. One per viewer, as most keep a compressor.
class Encoder {
public:
    virtual ~Encoder() = default;
    /// Appends `rect` of the frame, headers included, and returns how many rectangles that took.
    virtual unsigned encode(const FrameView& frame, const Rect& rect, const PixelConverter& converter,
                            ByteWriter& out) = 0;
    /// zlib's 0 ... 9.
    virtual void setCompressionLevel(int /*level*/) {}
};

/// RFC 6143 section 7.6.1: the header of one rectangle.
void writeRectHeader(ByteWriter& out, const Rect& rect, Encoding encoding);

/// RFC 7.7.1.
class RawEncoder final : public Encoder {
public:
    unsigned encode(const FrameView& frame, const Rect& rect, const PixelConverter& converter,
                    ByteWriter& out) override;

private:
    std::vector<std::uint32_t> m_copy;
};

/// RFC 7.7.6: tiles of 64 x 64, each in the cheapest of its forms, all through one zlib stream.
class ZrleEncoder final : public Encoder {
public:
    unsigned encode(const FrameView& frame, const Rect& rect, const PixelConverter& converter,
                    ByteWriter& out) override;
    void setCompressionLevel(int level) override { m_stream.setLevel(level); }

private:
    void encodeTile(std::size_t width, const PixelConverter& converter);

    DeflateStream m_stream{1};
    std::vector<std::uint32_t> m_tile;
    ByteWriter m_plain;
};

/// Community "Tight": fill, palette or copy, each kind with a zlib stream of its own. No JPEG: the
/// picture stays exact.
class TightEncoder final : public Encoder {
public:
    unsigned encode(const FrameView& frame, const Rect& rect, const PixelConverter& converter,
                    ByteWriter& out) override;
    void setCompressionLevel(int level) override { m_level = level; }

private:
    void encodePiece(const FrameView& frame, const Rect& rect, const PixelConverter& converter,
                     ByteWriter& out);
    void compress(unsigned stream, ByteWriter& out);

    int m_level = 1;
    std::array<std::optional<DeflateStream>, 3> m_streams;
    std::vector<std::uint32_t> m_piece;
    ByteWriter m_plain;
    ByteWriter m_packed;
};

} // namespace engine::display::rfb
