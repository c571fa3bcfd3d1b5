// SPDX-License-Identifier: GPL-3.0-or-later
// The same script of register and memory accesses goes to our VGA and to a reference emulator; registers,
// video memory and pixels must be equal afterwards. Differences that stay, with their reasons:
//  - blinking characters, panning, smooth scrolling and the split screen in text modes: the reference does
//    not show them, so the scripts leave them off (unit tests cover ours);
//  - characters B0-BF in nine-dot modes: the reference continues them into the ninth dot, the datasheet only
//    C0-DF;
//  - port 3C6 (pixel mask): the reference does not keep it;
//  - 15-bit pixels: the reference leaves the low bits of each component 0, so that white is not white;
//  - planar modes with the eight-bit DAC: the reference reads the palette as six bits all the same;
//  - a split screen starts a row afresh here, as the datasheet says; the reference goes on counting lines.
#include "display/scanout.h"
#include "engine/devices/display/vga_fixture.h"
#include "engine/devices/display/vga_modes.h"
#include "engine/display/qtest_peer.h"

#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <thread>

namespace engine::display {
namespace {

using testing::QtestPeer;
using testing::Screenshot;
using testing::VgaFixture;

constexpr std::uint64_t FrameBufferBase = 0xe0000000;
constexpr std::uint64_t MemoryBytes = 16 << 20;

/// Sends every access to both and compares what they answer.
class Both {
public:
    Both(VgaFixture& ourVga, QtestPeer& thePeer) : ours(ourVga), peer(thePeer) {}

    void out8(std::uint16_t port, std::uint32_t value)
    {
        ours.out8(port, static_cast<std::uint8_t>(value));
        peer.out8(port, value);
    }
    void out16(std::uint16_t port, std::uint32_t value)
    {
        ours.out16(port, static_cast<std::uint16_t>(value));
        peer.out16(port, value);
    }
    std::uint8_t in8(std::uint16_t port)
    {
        const auto mine = ours.in8(port);
        const auto theirs = peer.in8(port);
        if (port != 0x3da && port != 0x3ba && port != 0x3c6) { // time, and the pixel mask
            EXPECT_EQ(mine, theirs) << "port " << std::hex << port;
        }
        return mine;
    }
    void dispi(std::uint16_t index, std::uint16_t value)
    {
        ours.dispi(index, value);
        peer.dispi(index, value);
    }
    void compareDispi(std::uint16_t index)
    {
        peer.out16(0x1ce, index);
        EXPECT_EQ(ours.dispi(index), peer.in16(0x1cf)) << "DISPI register " << index;
    }
    void poke(std::uint32_t address, std::uint8_t value)
    {
        ours.poke(address, value);
        peer.poke(address, value);
    }
    void peek(std::uint32_t address)
    {
        EXPECT_EQ(ours.peek(address), peer.peek(address)) << std::hex << address;
    }
    void indexed(std::uint16_t port, std::uint32_t index, std::uint32_t value)
    {
        out16(port, index | value << 8);
    }

    VgaFixture& ours;
    QtestPeer& peer;
};

class Reference : public ::testing::Test {
protected:
    static void SetUpTestSuite() { s_peer = QtestPeer::start(s_why).release(); }
    static void TearDownTestSuite()
    {
        delete s_peer;
        s_peer = nullptr;
    }
    void SetUp() override
    {
        if (!s_peer)
            GTEST_SKIP() << s_why;
        placeFrameBuffer();
        // The peer lives through all tests: bring the registers that scripts leave alone to known values.
        both().dispi(4, 0);
        both().out8(0x3c2, 0x01);
        for (std::uint16_t index = 1; index < 10; ++index)
            both().dispi(index, 0);
    }
    void placeFrameBuffer()
    {
        for (std::uint32_t slot = 0; slot < 32; ++slot) {
            const std::uint32_t address = 0x80000000 | slot << 11;
            s_peer->out32(0xcf8, address);
            if (s_peer->in16(0xcfc) != 0x1234)
                continue;
            s_peer->out32(0xcf8, address | 0x10);
            s_peer->out32(0xcfc, FrameBufferBase);
            s_peer->out32(0xcf8, address | 0x04);
            s_peer->out16(0xcfc, 0x0003);
            return;
        }
        FAIL() << "the reference has no VGA";
    }
    Both both() { return {m_ours, *s_peer}; }

    /// The same random bytes into both memories.
    void fillMemory(std::uint32_t offset, std::size_t length, std::uint32_t seed)
    {
        std::mt19937 random(seed);
        std::vector<std::uint8_t> bytes(length);
        for (auto& byte : bytes)
            byte = static_cast<std::uint8_t>(random());
        s_peer->write(FrameBufferBase + offset, bytes);
        ASSERT_TRUE(m_ours.adapter.videoMemory()->write(offset, std::as_bytes(std::span(bytes))));
    }
    void compareMemory(std::uint32_t offset, std::size_t length)
    {
        const auto theirs = s_peer->read(FrameBufferBase + offset, length);
        ASSERT_EQ(theirs.size(), length);
        for (std::size_t i = 0; i < length; ++i)
            ASSERT_EQ(m_ours.adapter.memory().load8(offset + static_cast<std::uint32_t>(i)), theirs[i])
                << "offset " << std::hex << offset + i;
    }
    /// How many pixels differ, and where the first one is. Our cursor is in its visible phase.
    struct Difference {
        std::size_t pixels = 0;
        std::string first;
    };
    std::optional<Difference> differenceTo(const Screenshot& theirs)
    {
        Scanout scanout(m_ours.adapter);
        (void)scanout.refresh(std::chrono::nanoseconds(0));
        const FrameDescriptor& frame = scanout.frame();
        if (!isContained(frame) || frame.width != theirs.width || frame.height != theirs.height)
            return std::nullopt;
        Difference difference;
        std::vector<std::uint32_t> row(frame.width);
        const std::uint32_t mask =
            m_ours.adapter.state().dispi.geometry().bitsPerPixel == 15 ? 0xf8f8f8 : 0xffffff;
        for (std::uint32_t y = 0; y < frame.height; ++y) {
            const auto at = frame.offset + std::uint64_t{frame.stride} * y;
            EXPECT_TRUE(frame.block->read(at, std::as_writable_bytes(std::span(row))));
            for (std::uint32_t x = 0; x < frame.width; ++x) {
                const auto expected = theirs.pixels[std::size_t{y} * frame.width + x];
                if ((row[x] & mask) == (expected & mask) || difference.pixels++ != 0)
                    continue;
                std::array<char, 96> text{};
                std::snprintf(text.data(), text.size(), "first at %u,%u: ours %06x, theirs %06x", x, y,
                              row[x] & 0xffffff, expected);
                difference.first = text.data();
            }
        }
        return difference;
    }
    /// The reference's cursor blinks: `patience` is how long to wait for its visible phase.
    void comparePixels(const std::string& what, std::chrono::milliseconds patience = {})
    {
        const auto deadline = std::chrono::steady_clock::now() + patience;
        for (;;) {
            const auto theirs = s_peer->screenshot();
            ASSERT_TRUE(theirs) << what;
            const auto difference = differenceTo(*theirs);
            ASSERT_TRUE(difference) << what << ": the reference shows " << theirs->width << "x"
                                    << theirs->height;
            if (difference->pixels != 0 && std::chrono::steady_clock::now() < deadline) {
                std::this_thread::sleep_for(std::chrono::milliseconds(60));
                continue;
            }
            EXPECT_EQ(difference->pixels, 0U) << what << ": " << difference->first;
            return;
        }
    }
    void compareRegisters()
    {
        Both b = both();
        for (std::uint8_t i = 0; i < 5; ++i) {
            b.out8(0x3c4, i);
            (void)b.in8(0x3c5);
        }
        for (std::uint8_t i = 0; i < 0x19; ++i) {
            b.out8(0x3d4, i);
            (void)b.in8(0x3d5);
        }
        for (std::uint8_t i = 0; i < 9; ++i) {
            b.out8(0x3ce, i);
            (void)b.in8(0x3cf);
        }
        for (std::uint8_t i = 0; i < 0x15; ++i) {
            (void)b.in8(0x3da);
            b.out8(0x3c0, i | 0x20);
            (void)b.in8(0x3c1);
        }
        (void)b.in8(0x3cc);
        (void)b.in8(0x3ca);
        b.out8(0x3c7, 0);
        for (int i = 0; i < 256 * 3; ++i)
            (void)b.in8(0x3c9);
    }

    VgaFixture m_ours{MemoryBytes};
    static inline QtestPeer* s_peer = nullptr;
    static inline std::string s_why;
};

TEST_F(Reference, StandardModesShowEqualPixels)
{
    for (const testing::VgaMode* mode : testing::AllVgaModes) {
        SCOPED_TRACE(mode->name);
        Both b = both();
        testing::programMode(b, *mode);
        fillMemory(0, 256 * 1024, 1);
        if (mode == &testing::Text80x25 || mode == &testing::Text40x25) {
            // No blinking attribute bits, and in nine-dot modes no characters B0-BF.
            b.indexed(0x3d4, 0x0a, 0x20);
            for (std::uint32_t cell = 0; cell < 80 * 25; ++cell) {
                const auto character = static_cast<std::uint8_t>(cell % 256);
                b.poke(0xb8000 + cell * 2, (character & 0xf0) == 0xb0 ? 'x' : character);
            }
            (void)b.in8(0x3da);
            b.out8(0x3c0, 0x30);
            b.out8(0x3c0, 0x04); // line graphics, bright backgrounds
        }
        compareRegisters();
        comparePixels(mode->name);
    }
}

TEST_F(Reference, TextFontsPagesAndCursorShowEqualPixels)
{
    Both b = both();
    testing::programMode(b, testing::Text80x25);
    fillMemory(0, 256 * 1024, 2);
    for (std::uint32_t cell = 0; cell < 0x4000; ++cell)
        b.poke(0xb8000 + (cell * 2) % 0x8000, static_cast<std::uint8_t>(cell % 0xb0));
    (void)b.in8(0x3da);
    b.out8(0x3c0, 0x30);
    b.out8(0x3c0, 0x04);
    b.indexed(0x3d4, 0x0a, 0x20); // cursor off
    for (const unsigned fonts : {0x00U, 0x01U, 0x04U, 0x10U, 0x26U, 0x3fU}) {
        b.indexed(0x3c4, 3, fonts);
        for (const unsigned start : {0U, 80U, 2000U}) {
            b.indexed(0x3d4, 0x0c, start >> 8);
            b.indexed(0x3d4, 0x0d, start & 0xff);
            comparePixels("fonts " + std::to_string(fonts) + ", start " + std::to_string(start));
        }
    }
    for (const auto& [first, last] : {std::pair{13U, 14U}, {0U, 31U}, {10U, 3U}}) {
        b.indexed(0x3d4, 0x0a, first);
        b.indexed(0x3d4, 0x0b, last);
        b.indexed(0x3d4, 0x0e, 2333 >> 8);
        b.indexed(0x3d4, 0x0f, 2333 & 0xff);
        comparePixels("cursor " + std::to_string(first) + "-" + std::to_string(last),
                      std::chrono::seconds(10));
    }
    b.indexed(0x3d4, 0x0a, 0x20);
    // Cells of other heights.
    for (const unsigned lines : {8U, 10U, 14U}) {
        b.indexed(0x3d4, 0x09, 0x40 | (lines - 1));
        comparePixels("cell height " + std::to_string(lines));
    }
}

TEST_F(Reference, GraphicsStartAddressesAndSplitScreenShowEqualPixels)
{
    for (const testing::VgaMode* mode : {&testing::Planar640x480, &testing::Linear320x200,
                                         &testing::UnchainedModeX, &testing::Cga4Colours}) {
        Both b = both();
        testing::programMode(b, *mode);
        fillMemory(0, 512 * 1024, 3);
        for (const unsigned start : {1U, 0x1234U, 0xfff0U}) {
            b.indexed(0x3d4, 0x0c, start >> 8);
            b.indexed(0x3d4, 0x0d, start & 0xff);
            comparePixels(std::string(mode->name) + " from " + std::to_string(start));
        }
        // Split where repeated and interleaved rows have just been finished.
        b.indexed(0x3d4, 0x11, 0);
        b.indexed(0x3d4, 0x07, mode->crtc[7] & ~0x10U);
        b.indexed(0x3d4, 0x09, mode->crtc[9] & ~0x40U);
        b.indexed(0x3d4, 0x18, 103);
        comparePixels(std::string(mode->name) + " split");
    }
}

TEST_F(Reference, PalettesShowEqualPixels)
{
    Both b = both();
    testing::programMode(b, testing::Planar640x480);
    fillMemory(0, 256 * 1024, 4);
    for (const auto& [control, select, planes] :
         {std::tuple{0x01U, 0x0cU, 0x0fU}, {0x81U, 0x07U, 0x0fU}, {0x01U, 0x00U, 0x05U}}) {
        (void)b.in8(0x3da);
        for (const auto& [index, value] : {std::pair{0x30U, control}, {0x34U, select}, {0x32U, planes}}) {
            b.out8(0x3c0, index);
            b.out8(0x3c0, value);
        }
        comparePixels("palette " + std::to_string(control));
    }
}

TEST_F(Reference, DispiModesShowEqualPixels)
{
    for (const unsigned bits : {8U, 15U, 16U, 24U, 32U, 4U}) {
        Both b = both();
        testing::programMode(b, testing::Planar640x480);
        b.dispi(3, static_cast<std::uint16_t>(bits));
        b.dispi(1, 640);
        b.dispi(2, 480);
        b.dispi(4, 0x41);
        for (std::uint16_t i = 0; i < 0x0c; ++i)
            b.compareDispi(i);
        compareRegisters();
        fillMemory(0, 2 << 20, bits);
        comparePixels(std::to_string(bits) + " bits");
        b.dispi(6, 800);
        b.dispi(8, 16);
        b.dispi(9, 33);
        for (std::uint16_t i = 0; i < 0x0c; ++i)
            b.compareDispi(i);
        comparePixels(std::to_string(bits) + " bits, offset");
        if (bits != 4) {
            b.dispi(4, 0x61); // eight-bit DAC
            comparePixels(std::to_string(bits) + " bits, wide palette");
        }
        b.dispi(4, 0x00);
    }
}

TEST_F(Reference, DispiRegistersAreClampedEqually)
{
    Both b = both();
    std::mt19937 random(31);
    for (int round = 0; round < 60; ++round) {
        for (int i = 0; i < 12; ++i) {
            constexpr std::array<std::uint16_t, 9> Indices{1, 2, 3, 5, 6, 8, 9, 4, 0};
            const std::uint16_t index = Indices.at(random() % Indices.size());
            auto value = static_cast<std::uint16_t>(random() % 4 == 0 ? random() : random() % 1700);
            if (index == 4)
                value = static_cast<std::uint16_t>(random() % 4 == 0 ? 0x00 : 0xc1);
            if (index == 3)
                value = static_cast<std::uint16_t>(std::array{4, 8, 15, 16, 24, 32, 7, 33}.at(random() % 8));
            b.dispi(index, value);
        }
        for (std::uint16_t i = 0; i < 0x0c; ++i)
            b.compareDispi(i);
        ASSERT_FALSE(HasFailure()) << "round " << round;
    }
}

TEST_F(Reference, WindowAccessesLeaveEqualMemory)
{
    Both b = both();
    std::mt19937 random(37);
    const auto any = [&] { return static_cast<std::uint32_t>(random() & 0xff); };
    testing::programMode(b, testing::Planar640x480);
    fillMemory(0, 1 << 20, 5);
    constexpr std::array<std::uint32_t, 6> MemoryMaps{0x05, 0x01, 0x09, 0x0d, 0x05, 0x05};
    for (int step = 0; step < 4000; ++step) {
        switch (random() % 5) {
        case 0: {
            constexpr std::array<std::uint32_t, 7> Indices{0, 1, 2, 3, 4, 7, 8};
            b.indexed(0x3ce, Indices.at(random() % Indices.size()), any());
            break;
        }
        case 1: b.indexed(0x3ce, 5, any() & 0x0b); break; // write and read modes, no odd/even
        case 2: b.indexed(0x3c4, 2, any()); break;
        case 3:
            if (random() % 8 == 0)
                b.indexed(0x3ce, 6, MemoryMaps.at(random() % MemoryMaps.size()));
            b.peek(0xa0000 + static_cast<std::uint32_t>(random() % 0x20000 & 0x1800f));
            break;
        default:
            b.poke(0xa0000 + static_cast<std::uint32_t>(random() % 0x20000 & 0x1800f),
                   static_cast<std::uint8_t>(any()));
            break;
        }
    }
    compareMemory(0, 1 << 20);
}

} // namespace
} // namespace engine::display
