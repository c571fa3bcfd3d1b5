// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace engine::display::rfb {

class ByteWriter;

/// RFC 6143 section 7.4, PIXEL_FORMAT.
struct PixelFormat {
    static constexpr std::size_t WireSize = 16;

    std::uint8_t bitsPerPixel = 32; ///< 8, 16 or 32
    std::uint8_t depth = 24;
    bool bigEndian = false;
    bool trueColour = true;
    std::uint16_t redMax = 255, greenMax = 255, blueMax = 255;
    std::uint8_t redShift = 16, greenShift = 8, blueShift = 0;

    /// Corrupt for a format that contradicts itself, Unsupported for one that nobody uses (colour
    /// maps of more than 8 bits).
    [[nodiscard]] static Result<PixelFormat> parse(std::span<const std::byte, WireSize> wire);
    void write(ByteWriter& out) const;
    [[nodiscard]] std::size_t bytesPerPixel() const { return bitsPerPixel / 8U; }
    bool operator==(const PixelFormat&) const = default;
};

/// Turns our pixels (0x00RRGGBB in native byte order) into the viewer's.
class PixelConverter {
public:
    PixelConverter() : PixelConverter(PixelFormat{}) {}
    explicit PixelConverter(const PixelFormat& format);

    [[nodiscard]] const PixelFormat& format() const { return m_format; }
    /// A colour-map viewer is served with RGB332; its map has to be sent once (RFC 7.6.2).
    [[nodiscard]] bool needsColourMap() const { return m_colourMap; }
    static void writeColourMap(ByteWriter& out);

    /// PIXEL: `bytesPerPixel` bytes each.
    void pixels(std::span<const std::uint32_t> from, ByteWriter& out) const;
    /// CPIXEL (RFC 7.7.5): three bytes where the format leaves one unused.
    void compactPixels(std::span<const std::uint32_t> from, ByteWriter& out) const;
    [[nodiscard]] std::size_t compactSize() const { return m_compactSize; }
    /// TPIXEL (community, "Tight"): red, green, blue where all have 8 bits.
    void tightPixels(std::span<const std::uint32_t> from, ByteWriter& out) const;
    [[nodiscard]] std::size_t tightSize() const { return m_tightRgb ? 3 : m_format.bytesPerPixel(); }

private:
    [[nodiscard]] std::uint32_t convert(std::uint32_t pixel) const
    {
        return m_red[pixel >> 16U & 0xffU] | m_green[pixel >> 8U & 0xffU] | m_blue[pixel & 0xffU];
    }
    void put(std::uint32_t value, std::byte* to) const;

    PixelFormat m_format;
    bool m_colourMap = false;
    bool m_identical = false; ///< the viewer's pixels are ours
    bool m_tightRgb = false;
    std::size_t m_compactSize = 4;
    std::size_t m_compactSkip = 0; ///< bytes of the pixel before the three that count
    std::array<std::uint32_t, 256> m_red{}, m_green{}, m_blue{};
};

} // namespace engine::display::rfb
