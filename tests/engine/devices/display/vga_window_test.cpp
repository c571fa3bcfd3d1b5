// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/display/vga_memory_window.h"
#include "engine/devices/display/vga_fixture.h"
#include "engine/devices/display/vga_modes.h"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <vector>

namespace engine::display {
namespace {

using testing::VgaFixture;

/// The data path written out bit by bit, plane by plane, from the register descriptions.
class Oracle {
public:
    std::array<std::vector<std::uint8_t>, 4> planes;
    std::array<std::uint8_t, 4> latch{};
    std::array<std::uint8_t, 9> gr{0, 0, 0, 0, 0, 0, 0x05, 0x0f, 0xff};
    std::uint8_t mapMask = 0x0f;

    Oracle() { planes.fill(std::vector<std::uint8_t>(0x10000)); }

    std::uint8_t read(std::uint32_t address)
    {
        for (unsigned p = 0; p < 4; ++p)
            latch[p] = planes[p][address];
        if ((gr[5] & 8) == 0)
            return latch[gr[4] & 3];
        std::uint8_t result = 0;
        for (unsigned bit = 0; bit < 8; ++bit) {
            bool equal = true;
            for (unsigned p = 0; p < 4; ++p)
                if ((gr[7] >> p & 1) != 0 && (latch[p] >> bit & 1) != (gr[2] >> p & 1))
                    equal = false;
            if (equal)
                result = static_cast<std::uint8_t>(result | 1U << bit);
        }
        return result;
    }

    void write(std::uint32_t address, std::uint8_t value)
    {
        for (unsigned p = 0; p < 4; ++p)
            if ((mapMask >> p & 1) != 0) {
                std::uint8_t result = 0;
                for (unsigned bit = 0; bit < 8; ++bit)
                    result = static_cast<std::uint8_t>(result | unsigned{bitFor(p, bit, value)} << bit);
                planes[p][address] = result;
            }
    }

private:
    [[nodiscard]] bool bitFor(unsigned plane, unsigned bit, std::uint8_t value) const
    {
        const unsigned rotate = gr[3] & 7U;
        const bool rotated = (value >> ((bit + rotate) % 8) & 1) != 0;
        const bool setReset = (gr[0] >> plane & 1) != 0;
        const bool old = (latch[plane] >> bit & 1) != 0;
        bool masked = (gr[8] >> bit & 1) != 0;
        bool data = false;
        switch (gr[5] & 3) {
        case 0: data = (gr[1] >> plane & 1) != 0 ? setReset : rotated; break;
        case 1: return old;
        case 2: data = (value >> plane & 1) != 0; break;
        default:
            data = setReset;
            masked = masked && rotated;
            break;
        }
        switch (gr[3] >> 3 & 3) {
        case 1: data = data && old; break;
        case 2: data = data || old; break;
        case 3: data = data != old; break;
        default: break;
        }
        return masked ? data : old;
    }
};

TEST(VgaWindow, PlanarReadsAndWritesAgreeWithTheOracle)
{
    VgaFixture vga;
    testing::programMode(vga, testing::Planar640x480);
    Oracle oracle;
    std::mt19937 random(23);
    const auto any = [&] { return static_cast<std::uint8_t>(random()); };
    for (int step = 0; step < 200'000; ++step) {
        const std::uint32_t address = random() % 64;
        switch (random() % 4) {
        case 0: {
            const std::uint8_t index = std::array<std::uint8_t, 8>{0, 1, 2, 3, 4, 5, 7, 8}[random() % 8];
            constexpr std::array<std::uint8_t, 9> Bits{0xf, 0xf, 0xf, 0x1f, 0x3, 0x0b, 0, 0xf, 0xff};
            const std::uint8_t value = any() & Bits[index];
            vga.graphics(index, value);
            oracle.gr[index] = value;
            break;
        }
        case 1:
            oracle.mapMask = any() & 0x0f;
            vga.sequencer(2, oracle.mapMask);
            break;
        case 2: ASSERT_EQ(vga.peek(0xa0000 + address), oracle.read(address)) << "step " << step; break;
        default: {
            const std::uint8_t value = any();
            vga.poke(0xa0000 + address, value);
            oracle.write(address, value);
            break;
        }
        }
    }
    const VideoMemory memory = vga.adapter.memory();
    for (std::uint32_t address = 0; address < 64; ++address)
        for (std::uint32_t plane = 0; plane < 4; ++plane)
            ASSERT_EQ(memory.load8(address * 4 + plane), oracle.planes[plane][address]);
}

TEST(VgaWindow, OddEvenSplitsTextIntoCharactersAndAttributes)
{
    VgaFixture vga;
    testing::programMode(vga, testing::Text80x25);
    vga.poke(0xb8000, 'A');
    vga.poke(0xb8001, 0x1f);
    vga.poke(0xb8002, 'B');
    EXPECT_EQ(vga.peek(0xb8000), 'A');
    EXPECT_EQ(vga.peek(0xb8001), 0x1f);
    const VideoMemory memory = vga.adapter.memory();
    EXPECT_EQ(memory.load32(0) & 0xffff, 0x1f00U | 'A');
    EXPECT_EQ(memory.load32(4) & 0xff, std::uint32_t{'B'});
    // The map of text modes leaves the lower window undecoded.
    vga.poke(0xa0000, 0x55);
    EXPECT_EQ(vga.peek(0xa0000), 0xff);
    EXPECT_EQ(memory.load32(0) & 0xff, std::uint32_t{'A'});
}

TEST(VgaWindow, Chain4IsLinear)
{
    VgaFixture vga;
    testing::programMode(vga, testing::Linear320x200);
    for (std::uint32_t i = 0; i < 64000; ++i)
        vga.poke(0xa0000 + i, static_cast<std::uint8_t>(i * 7));
    const VideoMemory memory = vga.adapter.memory();
    for (std::uint32_t i = 0; i < 64000; ++i)
        ASSERT_EQ(memory.load8(i), static_cast<std::uint8_t>(i * 7));
    EXPECT_EQ(vga.peek(0xb0000), 0xff);
}

TEST(VgaWindow, Chain4GoesThroughTheDataPathWhenItIsNotIdle)
{
    VgaFixture vga;
    testing::programMode(vga, testing::Linear320x200);
    vga.poke(0xa0001, 0xff);
    (void)vga.peek(0xa0001);
    vga.graphics(8, 0x0f); // bit mask
    (void)vga.peek(0xa0001);
    vga.poke(0xa0001, 0x00);
    EXPECT_EQ(vga.peek(0xa0001), 0xf0);
    vga.sequencer(2, 0x0d); // plane 1 protected
    vga.graphics(8, 0xff);
    vga.poke(0xa0001, 0x33);
    EXPECT_EQ(vga.peek(0xa0001), 0xf0);
}

TEST(VgaWindow, BanksMoveTheWindowAndNeverLeaveMemory)
{
    VgaFixture vga(1 << 20);
    vga.dispi(3, 8);
    vga.dispi(1, 640);
    vga.dispi(2, 480);
    vga.dispi(4, 0x01);
    vga.dispi(5, 3);
    vga.poke(0xa0010, 0x77);
    EXPECT_EQ(vga.adapter.memory().load8(0x30010), 0x77);
    for (unsigned bank = 0; bank < 0x10000; bank += 13) {
        vga.dispi(5, static_cast<std::uint16_t>(bank));
        vga.poke(0xaffff, static_cast<std::uint8_t>(bank));
        ASSERT_EQ(vga.peek(0xaffff), static_cast<std::uint8_t>(bank));
        ASSERT_LT(vga.dispi(5), 16);
    }
    // Planar with the last bank: addresses past the end read as all ones.
    vga.dispi(3, 4);
    vga.dispi(5, 15);
    vga.poke(0xa0000, 0x12);
    EXPECT_EQ(vga.peek(0xa0000), 0xff);
}

TEST(VgaWindow, DirectWindowOnlyWhereItIsExactlyMemory)
{
    VgaFixture vga(1 << 20);
    const auto direct = [&] { return directWindow(vga.adapter.state(), 1 << 20); };
    testing::programMode(vga, testing::Text80x25);
    EXPECT_FALSE(direct());
    testing::programMode(vga, testing::UnchainedModeX);
    EXPECT_FALSE(direct());
    testing::programMode(vga, testing::Linear320x200);
    EXPECT_EQ(direct(), (DirectWindow{.windowOffset = 0, .length = 0x10000, .memoryOffset = 0}));
    for (const auto& [index, value] : {std::pair{1, 0x01}, {3, 0x08}, {5, 0x41}, {5, 0x48}, {8, 0xfe}}) {
        const auto at = static_cast<std::uint8_t>(index);
        const auto before = vga.readIndexed(0x3ce, at);
        vga.graphics(at, static_cast<std::uint8_t>(value));
        EXPECT_FALSE(direct()) << index;
        vga.graphics(at, before);
        EXPECT_TRUE(direct()) << index;
    }
    vga.sequencer(2, 0x07);
    EXPECT_FALSE(direct());
}

TEST(VgaWindow, WritesMarkTheirPagesDirty)
{
    VgaFixture vga;
    testing::programMode(vga, testing::Linear320x200);
    (void)vga.adapter.takeDirty();
    vga.poke(0xa2345, 1);
    const DirtyPages dirty = vga.adapter.takeDirty();
    for (std::uint64_t page = 0; page < dirty.pageCount(); ++page)
        EXPECT_EQ(dirty.isDirty(page), page == 2) << page;
    EXPECT_FALSE(vga.adapter.takeDirty().isAny());
}

} // namespace
} // namespace engine::display
