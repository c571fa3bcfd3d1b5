// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/pixel_conversion.h"

#include <algorithm>
#include <bit>

namespace engine::display {

namespace {

std::uint32_t byteAt(std::uint32_t word, std::size_t index)
{
    return word >> (8 * (index & 3)) & 0xff;
}

/// Calls `pixelOf(word, inWord)` for each pixel. Words are fetched in pieces, so that the conversion itself
/// is a loop over plain memory, which compilers turn into vector code.
template <std::size_t PixelsPerWord, class PixelOf>
void forEachPixel(ByteSource from, std::span<std::uint32_t> pixels, PixelOf pixelOf)
{
    std::array<std::uint32_t, 64> words{};
    while (!pixels.empty()) {
        const std::size_t whole = std::min(pixels.size() / PixelsPerWord, words.size());
        for (std::size_t i = 0; i < whole; ++i, from.offset += 4)
            words[i] = from.memory.load32(from.offset);
        for (std::size_t i = 0; i < whole; ++i)
            for (std::size_t inWord = 0; inWord < PixelsPerWord; ++inWord)
                pixels[i * PixelsPerWord + inWord] = pixelOf(words[i], inWord);
        pixels = pixels.subspan(whole * PixelsPerWord);
        if (pixels.size() >= PixelsPerWord)
            continue;
        const std::uint32_t last = from.memory.load32(from.offset);
        for (std::size_t inWord = 0; inWord < pixels.size(); ++inWord)
            pixels[inWord] = pixelOf(last, inWord);
        return;
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
    forEachPixel<8>(from, pixels, [&](std::uint32_t word, std::size_t inWord) {
        const std::uint32_t bits = word >> (7 - inWord) & 0x01010101;
        const std::uint32_t index = bits | bits >> 7 | bits >> 14 | bits >> 21;
        return palette[index & planes & 0x0f];
    });
}

void convertInterleaved(ByteSource from, std::uint8_t planes, const std::array<std::uint32_t, 16>& palette,
                        std::span<std::uint32_t> pixels)
{
    forEachPixel<8>(from, pixels, [&](std::uint32_t word, std::size_t inWord) {
        // Planes 0 and 2 make the first four pixels, planes 1 and 3 the others.
        const std::size_t plane = inWord / 4;
        const std::size_t shift = 6 - 2 * (inWord % 4);
        const auto pair = [&](std::size_t p) {
            return (planes >> p & 1) != 0 ? byteAt(word, p) >> shift & 3 : 0;
        };
        return palette[pair(plane) | pair(plane + 2) << 2];
    });
}

void convertIndexed(ByteSource from, const std::array<std::uint32_t, 256>& palette,
                    std::span<std::uint32_t> pixels)
{
    forEachPixel<4>(from, pixels,
                    [&](std::uint32_t word, std::size_t inWord) { return palette[byteAt(word, inWord)]; });
}

void convert15(ByteSource from, bool bigEndian, std::span<std::uint32_t> pixels)
{
    forEachPixel<2>(from, pixels, [&](std::uint32_t word, std::size_t inWord) {
        const std::uint32_t value = halfWord(word, inWord, bigEndian);
        return colour(widen(value >> 10, 5), widen(value >> 5, 5), widen(value, 5));
    });
}

void convert16(ByteSource from, bool bigEndian, std::span<std::uint32_t> pixels)
{
    forEachPixel<2>(from, pixels, [&](std::uint32_t word, std::size_t inWord) {
        const std::uint32_t value = halfWord(word, inWord, bigEndian);
        return colour(widen(value >> 11, 5), widen(value >> 5, 6), widen(value, 5));
    });
}

void convert24(ByteSource from, bool bigEndian, std::span<std::uint32_t> pixels)
{
    const auto pixelOf = [bigEndian](std::uint32_t threeBytes) {
        return bigEndian ? std::byteswap(threeBytes) >> 8 : threeBytes & 0xffffff;
    };
    // Four pixels are three words; the last ones may need fewer.
    for (; !pixels.empty(); from.offset += 12) {
        const std::uint32_t a = from.memory.load32(from.offset);
        const std::uint32_t b = from.memory.load32(from.offset + 4);
        const std::uint32_t c = from.memory.load32(from.offset + 8);
        const std::array<std::uint32_t, 4> four{pixelOf(a), pixelOf(a >> 24 | b << 8),
                                                pixelOf(b >> 16 | c << 16), pixelOf(c >> 8)};
        const std::size_t count = std::min(pixels.size(), four.size());
        std::copy_n(four.begin(), count, pixels.begin());
        pixels = pixels.subspan(count);
    }
}

void convert32(ByteSource from, bool bigEndian, std::span<std::uint32_t> pixels)
{
    forEachPixel<1>(from, pixels, [&](std::uint32_t word, std::size_t) {
        return (bigEndian ? std::byteswap(word) : word) & 0xffffff;
    });
}

} // namespace engine::display
