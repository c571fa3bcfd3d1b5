// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/rfb/pixel_format.h"

#include "display/rfb/byte_order.h"

#include <bit>
#include <cstring>

namespace engine::display::rfb {
namespace {

static_assert(std::endian::native == std::endian::little, "pixels are compared as little-endian words");

/// A colour's maximum must be 2^n - 1 and its bits must lie inside the pixel.
bool isChannelValid(std::uint16_t max, std::uint8_t shift, std::uint8_t bitsPerPixel)
{
    const auto bits = static_cast<unsigned>(std::bit_width(max));
    return max != 0 && std::has_single_bit(static_cast<std::uint32_t>(max) + 1U)
           && shift + bits <= bitsPerPixel;
}

std::uint32_t channelMask(std::uint16_t max, std::uint8_t shift)
{
    return static_cast<std::uint32_t>(max) << shift;
}

} // namespace

Result<PixelFormat> PixelFormat::parse(std::span<const std::byte, WireSize> wire)
{
    ByteReader reader(wire);
    PixelFormat format;
    format.bitsPerPixel = reader.u8();
    format.depth = reader.u8();
    format.bigEndian = reader.u8() != 0;
    format.trueColour = reader.u8() != 0;
    format.redMax = reader.u16();
    format.greenMax = reader.u16();
    format.blueMax = reader.u16();
    format.redShift = reader.u8();
    format.greenShift = reader.u8();
    format.blueShift = reader.u8();
    if (format.bitsPerPixel != 8 && format.bitsPerPixel != 16 && format.bitsPerPixel != 32)
        return fail(ErrorCode::Corrupt, "The viewer asked for pixels of neither 8, 16 nor 32 bits.");
    if (!format.trueColour) {
        if (format.bitsPerPixel != 8)
            return fail(ErrorCode::Unsupported, "The viewer asked for a colour map of more than 8 bits.");
        return format;
    }
    if (!isChannelValid(format.redMax, format.redShift, format.bitsPerPixel)
        || !isChannelValid(format.greenMax, format.greenShift, format.bitsPerPixel)
        || !isChannelValid(format.blueMax, format.blueShift, format.bitsPerPixel))
        return fail(ErrorCode::Corrupt, "The viewer asked for a pixel format that contradicts itself.");
    return format;
}

void PixelFormat::write(ByteWriter& out) const
{
    out.u8(bitsPerPixel);
    out.u8(depth);
    out.u8(bigEndian ? 1 : 0);
    out.u8(trueColour ? 1 : 0);
    out.u16(redMax);
    out.u16(greenMax);
    out.u16(blueMax);
    out.u8(redShift);
    out.u8(greenShift);
    out.u8(blueShift);
    out.zeros(3);
}

PixelConverter::PixelConverter(const PixelFormat& format) : m_format(format)
{
    if (!format.trueColour) {
        m_colourMap = true;
        m_format.redMax = m_format.greenMax = 7;
        m_format.blueMax = 3;
        m_format.redShift = 5;
        m_format.greenShift = 2;
        m_format.blueShift = 0;
    }
    for (std::uint32_t i = 0; i < 256; ++i) {
        m_red[i] = (i * m_format.redMax + 127) / 255 << m_format.redShift;
        m_green[i] = (i * m_format.greenMax + 127) / 255 << m_format.greenShift;
        m_blue[i] = (i * m_format.blueMax + 127) / 255 << m_format.blueShift;
    }
    const bool eightBits = m_format.redMax == 255 && m_format.greenMax == 255 && m_format.blueMax == 255;
    m_identical = m_format.bitsPerPixel == 32 && !m_format.bigEndian && eightBits && m_format.redShift == 16
                  && m_format.greenShift == 8 && m_format.blueShift == 0;
    m_tightRgb = m_format.bitsPerPixel == 32 && m_format.depth == 24 && eightBits;

    const std::uint32_t used = channelMask(m_format.redMax, m_format.redShift)
                               | channelMask(m_format.greenMax, m_format.greenShift)
                               | channelMask(m_format.blueMax, m_format.blueShift);
    m_compactSize = m_format.bytesPerPixel();
    if (m_format.bitsPerPixel == 32 && m_format.depth <= 24) {
        const bool lowThree = (used & 0xff000000U) == 0;
        const bool highThree = (used & 0xffU) == 0;
        if (lowThree || highThree)
            m_compactSize = 3;
        m_compactSkip = lowThree == m_format.bigEndian && m_compactSize == 3 ? 1 : 0;
    }
}

void PixelConverter::put(std::uint32_t value, std::byte* to) const
{
    switch (m_format.bitsPerPixel) {
    case 8: *to = std::byte(static_cast<std::uint8_t>(value)); break;
    case 16: {
        auto half = static_cast<std::uint16_t>(value);
        if (m_format.bigEndian)
            half = std::byteswap(half);
        std::memcpy(to, &half, sizeof half);
        break;
    }
    default:
        if (m_format.bigEndian)
            value = std::byteswap(value);
        std::memcpy(to, &value, sizeof value);
    }
}

void PixelConverter::pixels(std::span<const std::uint32_t> from, ByteWriter& out) const
{
    const std::size_t size = m_format.bytesPerPixel();
    const auto to = out.extend(from.size() * size);
    if (m_identical) {
        std::memcpy(to.data(), from.data(), to.size());
        return;
    }
    for (std::size_t i = 0; i < from.size(); ++i)
        put(convert(from[i]), &to[i * size]);
}

void PixelConverter::compactPixels(std::span<const std::uint32_t> from, ByteWriter& out) const
{
    if (m_compactSize != 3) {
        pixels(from, out);
        return;
    }
    const auto to = out.extend(from.size() * 3);
    for (std::size_t i = 0; i < from.size(); ++i) {
        std::array<std::byte, 4> wide{};
        put(convert(from[i]), wide.data());
        std::memcpy(&to[i * 3], &wide[m_compactSkip], 3);
    }
}

void PixelConverter::tightPixels(std::span<const std::uint32_t> from, ByteWriter& out) const
{
    if (!m_tightRgb) {
        pixels(from, out);
        return;
    }
    const auto to = out.extend(from.size() * 3);
    for (std::size_t i = 0; i < from.size(); ++i) {
        to[i * 3] = std::byte(static_cast<std::uint8_t>(from[i] >> 16U));
        to[i * 3 + 1] = std::byte(static_cast<std::uint8_t>(from[i] >> 8U));
        to[i * 3 + 2] = std::byte(static_cast<std::uint8_t>(from[i]));
    }
}

void PixelConverter::writeColourMap(ByteWriter& out)
{
    constexpr std::uint8_t SetColourMapEntries = 1; // RFC 7.6.2
    out.u8(SetColourMapEntries);
    out.zeros(1);
    out.u16(0);
    out.u16(256);
    for (std::uint32_t i = 0; i < 256; ++i) {
        out.u16(static_cast<std::uint16_t>((i >> 5U & 7U) * 0xffffU / 7U));
        out.u16(static_cast<std::uint16_t>((i >> 2U & 7U) * 0xffffU / 7U));
        out.u16(static_cast<std::uint16_t>((i & 3U) * 0xffffU / 3U));
    }
}

} // namespace engine::display::rfb
