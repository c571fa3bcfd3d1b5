// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/pixel_conversion.h"
#include "memory/host_block.h"

#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <random>
#include <vector>

namespace engine::display {
namespace {

/// Random memory, and each layout written out once more, byte by byte.
class PixelConversion : public ::testing::Test {
protected:
    void SetUp() override
    {
        std::mt19937 random(53);
        for (std::uint32_t i = 0; i < m_memory.sizeBytes(); ++i)
            m_memory.store8(i, static_cast<std::uint8_t>(random()));
        for (auto& entry : m_palette16)
            entry = static_cast<std::uint32_t>(random() & 0xffffff);
        for (auto& entry : m_palette256)
            entry = static_cast<std::uint32_t>(random() & 0xffffff);
    }
    [[nodiscard]] std::uint32_t byte(std::uint32_t offset) const { return m_memory.load8(offset); }

    using Convert = std::function<void(ByteSource, std::span<std::uint32_t>)>;
    using Oracle = std::function<std::uint32_t(std::uint32_t offset, std::uint32_t pixel)>;
    /// Rows of many lengths from many places, also across the end of memory.
    void check(const Convert& convert, const Oracle& oracle) const
    {
        for (const std::uint32_t offset : {0U, 4U, 1000U, m_memory.sizeBytes() - 64})
            for (std::uint32_t length = 0; length < 700; length += 1 + length / 9) {
                std::vector<std::uint32_t> pixels(length, 0xdeadbeef);
                convert({.memory = m_memory, .offset = offset}, pixels);
                for (std::uint32_t i = 0; i < length; ++i)
                    ASSERT_EQ(pixels[i], oracle(offset, i)) << "offset " << offset << ", pixel " << i;
            }
    }
    static std::uint32_t rgb(std::uint32_t r, std::uint32_t g, std::uint32_t b)
    {
        return r << 16 | g << 8 | b;
    }

    std::shared_ptr<HostBlock> m_block = HostBlock::create("pixels", 256 << 10).value();
    VideoMemory m_memory{m_block->data(), 256 << 10};
    std::array<std::uint32_t, 16> m_palette16{};
    std::array<std::uint32_t, 256> m_palette256{};
};

TEST_F(PixelConversion, PlanarTakesOneBitOfEachPlane)
{
    for (const std::uint8_t planes : {std::uint8_t{0x0f}, std::uint8_t{0x05}})
        check([&](ByteSource from, auto pixels) { convertPlanar(from, planes, m_palette16, pixels); },
              [&](std::uint32_t offset, std::uint32_t i) {
                  std::uint32_t index = 0;
                  for (std::uint32_t plane = 0; plane < 4; ++plane)
                      index |= (byte(offset + i / 8 * 4 + plane) >> (7 - i % 8) & 1) << plane;
                  return m_palette16[index & planes];
              });
}

TEST_F(PixelConversion, InterleavedTakesPairsOfBits)
{
    check([&](ByteSource from, auto pixels) { convertInterleaved(from, 0x0f, m_palette16, pixels); },
          [&](std::uint32_t offset, std::uint32_t i) {
              const std::uint32_t plane = i / 4 % 2;
              const std::uint32_t shift = 6 - i % 4 * 2;
              const std::uint32_t low = byte(offset + i / 8 * 4 + plane) >> shift & 3;
              const std::uint32_t high = byte(offset + i / 8 * 4 + plane + 2) >> shift & 3;
              return m_palette16[low | high << 2];
          });
}

TEST_F(PixelConversion, IndexedTakesBytes)
{
    check([&](ByteSource from, auto pixels) { convertIndexed(from, m_palette256, pixels); },
          [&](std::uint32_t offset, std::uint32_t i) { return m_palette256[byte(offset + i)]; });
}

TEST_F(PixelConversion, PackedLayoutsInBothByteOrders)
{
    for (const bool big : {false, true}) {
        const auto half = [&](std::uint32_t at) {
            return big ? byte(at) << 8 | byte(at + 1) : byte(at + 1) << 8 | byte(at);
        };
        // Widened so that zero stays zero and the largest value becomes 255.
        const auto five = [](std::uint32_t v) { return (v & 31) * 8 + (v & 31) / 4; };
        const auto six = [](std::uint32_t v) { return (v & 63) * 4 + (v & 63) / 16; };
        check([&](ByteSource from, auto pixels) { convert15(from, big, pixels); },
              [&](std::uint32_t offset, std::uint32_t i) {
                  const auto v = half(offset + i * 2);
                  return rgb(five(v >> 10), five(v >> 5), five(v));
              });
        check([&](ByteSource from, auto pixels) { convert16(from, big, pixels); },
              [&](std::uint32_t offset, std::uint32_t i) {
                  const auto v = half(offset + i * 2);
                  return rgb(five(v >> 11), six(v >> 5), five(v));
              });
        check([&](ByteSource from, auto pixels) { convert24(from, big, pixels); },
              [&](std::uint32_t offset, std::uint32_t i) {
                  const auto at = offset + i * 3;
                  return big ? rgb(byte(at), byte(at + 1), byte(at + 2))
                             : rgb(byte(at + 2), byte(at + 1), byte(at));
              });
        check([&](ByteSource from, auto pixels) { convert32(from, big, pixels); },
              [&](std::uint32_t offset, std::uint32_t i) {
                  const auto at = offset + i * 4;
                  return big ? rgb(byte(at + 1), byte(at + 2), byte(at + 3))
                             : rgb(byte(at + 2), byte(at + 1), byte(at));
              });
    }
}

} // namespace
} // namespace engine::display
