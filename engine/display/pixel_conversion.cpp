// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/pixel_conversion.h"

#include <bit>

namespace engine::display {

namespace {

std::uint32_t byteAt(std::uint32_t word, std::size_t index)
{
    return word >> (8 * (index & 3)) & 0xff;
}

/// Calls `put(i, word)` for each pixel i with the word of memory that holds it.
template <class Put>
void forEachPixel(ByteSource from, std::size_t count, std::size_t pixelsPerWord, Put put)
{
    for (std::size_t i = 0; i < count;) {
        const std::uint32_t word = from.memory.load32(from.offset);
        from.offset += 4;
        for (std::size_t inWord = 0; inWord < pixelsPerWord && i < count; ++inWord, ++i)
            put(i, inWord, word);
    }
}

std::uint32_t halfWord(std::uint32_t word, std::size_t index, bool bigEndian)
{
    const auto value = static_cast<std::uint16_t>(word >> (16 * index));
    return bigEndian ? std::byteswap(value) : value;
}

std::uint32_t colour(std::uint32_t red, std::uint32_t green, std::uint32_t blue)
{
    return red << 16 | green << 8 | blue;
}

/// `bits` low bits widened to eight: the top ones again below, so that the largest value is white.
std::uint32_t widen(std::uint32_t value, unsigned bits)
{
    value &= (1U << bits) - 1;
    return value << (8 - bits) | value >> (2 * bits - 8);
}

} // namespace

void convertPlanar(ByteSource from, std::uint8_t planes, const std::array<std::uint32_t, 16>& palette,
                   std::span<std::uint32_t> pixels)
{
    forEachPixel(from, pixels.size(), 8, [&](std::size_t i, std::size_t inWord, std::uint32_t word) {
        const std::uint32_t bits = word >> (7 - inWord) & 0x01010101;
        const std::uint32_t index = bits | bits >> 7 | bits >> 14 | bits >> 21;
        pixels[i] = palette[index & planes & 0x0f];
    });
}

void convertInterleaved(ByteSource from, std::uint8_t planes, const std::array<std::uint32_t, 16>& palette,
                        std::span<std::uint32_t> pixels)
{
    forEachPixel(from, pixels.size(), 8, [&](std::size_t i, std::size_t inWord, std::uint32_t word) {
        // Planes 0 and 2 make the first four pixels, planes 1 and 3 the others.
        const std::size_t plane = inWord / 4;
        const std::size_t shift = 6 - 2 * (inWord % 4);
        const auto pair = [&](std::size_t p) {
            return (planes >> p & 1) != 0 ? byteAt(word, p) >> shift & 3 : 0;
        };
        pixels[i] = palette[pair(plane) | pair(plane + 2) << 2];
    });
}

void convertIndexed(ByteSource from, const std::array<std::uint32_t, 256>& palette,
                    std::span<std::uint32_t> pixels)
{
    forEachPixel(from, pixels.size(), 4, [&](std::size_t i, std::size_t inWord, std::uint32_t word) {
        pixels[i] = palette[byteAt(word, inWord)];
    });
}

void convert15(ByteSource from, bool bigEndian, std::span<std::uint32_t> pixels)
{
    forEachPixel(from, pixels.size(), 2, [&](std::size_t i, std::size_t inWord, std::uint32_t word) {
        const std::uint32_t value = halfWord(word, inWord, bigEndian);
        pixels[i] = colour(widen(value >> 10, 5), widen(value >> 5, 5), widen(value, 5));
    });
}

void convert16(ByteSource from, bool bigEndian, std::span<std::uint32_t> pixels)
{
    forEachPixel(from, pixels.size(), 2, [&](std::size_t i, std::size_t inWord, std::uint32_t word) {
        const std::uint32_t value = halfWord(word, inWord, bigEndian);
        pixels[i] = colour(widen(value >> 11, 5), widen(value >> 5, 6), widen(value, 5));
    });
}

void convert24(ByteSource from, bool bigEndian, std::span<std::uint32_t> pixels)
{
    for (std::size_t i = 0; i < pixels.size(); ++i) {
        const auto at = from.offset + static_cast<std::uint32_t>(i) * 3;
        const std::uint32_t first = from.memory.load8(at);
        const std::uint32_t middle = from.memory.load8(at + 1);
        const std::uint32_t last = from.memory.load8(at + 2);
        pixels[i] = bigEndian ? colour(first, middle, last) : colour(last, middle, first);
    }
}

void convert32(ByteSource from, bool bigEndian, std::span<std::uint32_t> pixels)
{
    forEachPixel(from, pixels.size(), 1, [&](std::size_t i, std::size_t, std::uint32_t word) {
        pixels[i] = (bigEndian ? std::byteswap(word) : word) & 0xffffff;
    });
}

} // namespace engine::display
