// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/display/vga_registers.h"
#include "engine/devices/display/vga_fixture.h"
#include "engine/devices/display/vga_modes.h"

#include <gtest/gtest.h>

#include <random>

namespace engine::display {
namespace {

using namespace std::chrono_literals;
using testing::VgaFixture;

TEST(VgaRegisters, WordWriteSetsIndexAndData)
{
    VgaFixture vga;
    vga.out16(0x3c4, 0x0f02);
    EXPECT_EQ(vga.in8(0x3c4), 0x02);
    EXPECT_EQ(vga.in8(0x3c5), 0x0f);
    vga.out16(0x3ce, 0x5a08);
    EXPECT_EQ(vga.readIndexed(0x3ce, 8), 0x5a);
}

TEST(VgaRegisters, BitsThatDoNotExistReadAsZero)
{
    VgaFixture vga;
    vga.out8(0x3c2, 0xff);
    EXPECT_EQ(vga.in8(0x3cc), 0xef);
    vga.sequencer(2, 0xff);
    EXPECT_EQ(vga.readIndexed(0x3c4, 2), 0x0f);
    vga.graphics(4, 0xff);
    EXPECT_EQ(vga.readIndexed(0x3ce, 4), 0x03);
    EXPECT_EQ(vga.readIndexed(0x3ce, 0x0c), 0x00);
}

TEST(VgaRegisters, MiscOutputMovesTheCrtcBetweenColourAndMonochromeAddresses)
{
    VgaFixture vga;
    vga.out8(0x3c2, 0x01);
    vga.out16(0x3d4, 0x120c);
    EXPECT_EQ(vga.readIndexed(0x3d4, 0x0c), 0x12);
    EXPECT_EQ(vga.in8(0x3b5), 0xff);
    vga.out16(0x3b4, 0x340c);
    EXPECT_EQ(vga.readIndexed(0x3d4, 0x0c), 0x12);
    vga.out8(0x3c2, 0x00);
    EXPECT_EQ(vga.readIndexed(0x3b4, 0x0c), 0x12);
    EXPECT_EQ(vga.in8(0x3d5), 0xff);
}

TEST(VgaRegisters, ReadingStatusResetsTheAttributeFlipFlop)
{
    VgaFixture vga;
    vga.out8(0x3c2, 0x01);
    vga.out8(0x3c0, 0x10);
    (void)vga.in8(0x3da);
    vga.out8(0x3c0, 0x31); // an index again
    vga.out8(0x3c0, 0x2a);
    EXPECT_EQ(vga.in8(0x3c0), 0x31);
    EXPECT_EQ(vga.in8(0x3c1), 0x2a);
}

TEST(VgaRegisters, TimingRegistersAreWriteProtectedExceptLineCompareBit)
{
    VgaFixture vga;
    vga.out8(0x3c2, 0x01);
    vga.crtc(0x11, 0x00);
    vga.crtc(0x00, 0x5f);
    vga.crtc(0x07, 0x1f);
    vga.crtc(0x11, 0x8e);
    vga.crtc(0x00, 0x11);
    EXPECT_EQ(vga.readIndexed(0x3d4, 0x00), 0x5f);
    vga.crtc(0x07, 0x00);
    EXPECT_EQ(vga.readIndexed(0x3d4, 0x07), 0x0f);
    vga.crtc(0x0c, 0x77);
    EXPECT_EQ(vga.readIndexed(0x3d4, 0x0c), 0x77);
}

TEST(VgaRegisters, DacTakesAColourWithItsThirdComponentAndCountsUp)
{
    VgaFixture vga;
    vga.out8(0x3c8, 0xff);
    for (const int value : {1, 2, 3, 4, 5, 6, 7, 8}) // the last two are not a whole colour
        vga.out8(0x3c9, static_cast<std::uint8_t>(value));
    EXPECT_EQ(vga.in8(0x3c7), 0x00);
    EXPECT_EQ(vga.in8(0x3c8), 0x01);
    vga.out8(0x3c7, 0xff);
    EXPECT_EQ(vga.in8(0x3c7), 0x03);
    for (const int value : {1, 2, 3, 4, 5, 6, 0, 0})
        EXPECT_EQ(vga.in8(0x3c9), value);
}

TEST(VgaRegisters, RetraceFollowsTheClock)
{
    VgaFixture vga;
    testing::programMode(vga, testing::Text80x25);
    // 449 lines at 31.47 kHz, 400 displayed, retrace in lines 412 and 413.
    const auto line = 31778ns;
    const auto statusAt = [&](std::chrono::nanoseconds time) {
        const auto now = vga.clock.now();
        const auto frame = 449 * line;
        vga.clock.advance(frame - now % frame + time);
        return vga.in8(0x3da) & 0x09;
    };
    EXPECT_EQ(statusAt(100 * line + 1us), 0x00);
    EXPECT_EQ(statusAt(100 * line + 30us), 0x01);
    EXPECT_EQ(statusAt(405 * line + 1us), 0x01);
    EXPECT_EQ(statusAt(413 * line), 0x09);
    EXPECT_EQ(statusAt(430 * line), 0x01);
}

TEST(VgaRegisters, RetraceComesAroundWithTheWildestTotals)
{
    std::mt19937 random(3);
    for (int round = 0; round < 200; ++round) {
        VgaFixture vga;
        vga.out8(0x3c2, static_cast<std::uint8_t>(random() | 1));
        for (std::uint8_t i = 0; i < 0x19; ++i)
            vga.crtc(i, static_cast<std::uint8_t>(random()));
        bool retrace = false;
        bool display = false;
        for (int i = 0; i < 5000 && !(retrace && display); ++i) {
            vga.clock.advance(20us);
            const auto status = vga.in8(vga.in8(0x3cc) & 1 ? 0x3da : 0x3ba);
            retrace |= (status & 8) != 0;
            display |= (status & 1) == 0;
        }
        EXPECT_TRUE(retrace && display) << "round " << round;
    }
}

TEST(Dispi, IdentifiesItselfAndItsMemory)
{
    VgaFixture vga(16 << 20);
    EXPECT_EQ(vga.dispi(0), 0xb0c5);
    vga.dispi(0, 0xb0c0);
    EXPECT_EQ(vga.dispi(0), 0xb0c0);
    vga.dispi(0, 0xb0c6);
    EXPECT_EQ(vga.dispi(0), 0xb0c0);
    EXPECT_EQ(vga.dispi(0x0a), 0x100);
    EXPECT_EQ(vga.dispi(0x0b), 0);
    vga.dispi(4, 0x02); // capabilities
    EXPECT_EQ(vga.dispi(1), 16000);
    EXPECT_EQ(vga.dispi(2), 12000);
    EXPECT_EQ(vga.dispi(3), 32);
}

TEST(Dispi, EnablingClearsMemoryUnlessAskedNotTo)
{
    VgaFixture vga;
    vga.dispi(3, 8);
    vga.dispi(1, 320);
    vga.dispi(2, 200);
    VideoMemory memory = vga.adapter.memory();
    memory.store8(100, 7);
    vga.dispi(4, 0xc1);
    EXPECT_EQ(memory.load8(100), 7);
    vga.dispi(4, 0x00);
    memory.store8(320 * 200, 9);
    (void)vga.adapter.takeDirty();
    vga.dispi(4, 0x41);
    EXPECT_EQ(memory.load8(100), 0);
    EXPECT_EQ(memory.load8(320 * 200), 9);
    EXPECT_TRUE(vga.adapter.takeDirty().isDirty(15));
}

TEST(Dispi, GeometryStaysInsideMemoryWhateverIsWritten)
{
    constexpr std::uint64_t MemoryBytes = 1 << 20;
    VgaFixture vga(MemoryBytes);
    std::mt19937 random(11);
    for (int step = 0; step < 50'000; ++step) {
        const auto index = static_cast<std::uint16_t>(random() % 12);
        std::uint16_t value = 0;
        switch (random() % 3) {
        case 0: value = static_cast<std::uint16_t>(random()); break;
        case 1: value = static_cast<std::uint16_t>(random() % 2048); break;
        default: value = index == 4 ? 0xc1 : static_cast<std::uint16_t>(random() % 40); break;
        }
        vga.dispi(index, value);
        const VgaState state = vga.adapter.state();
        ASSERT_LE(state.dispi.bankOffset() + 0x10000, MemoryBytes);
        if (!state.dispi.isEnabled())
            continue;
        const DispiGeometry g = state.dispi.geometry();
        ASSERT_GT(g.width, 0);
        ASSERT_GT(g.height, 0);
        const std::uint64_t bits = g.bitsPerPixel == 15 ? 16 : g.bitsPerPixel;
        ASSERT_GE(g.stride, g.width * bits / 8);
        ASSERT_LE(g.start + std::uint64_t{g.height} * g.stride, MemoryBytes);
    }
}

TEST(VgaAdapter, MemoryMappedRegistersMirrorThePorts)
{
    VgaFixture vga;
    auto& mmio = vga.adapter.mmio();
    VgaFixture::write(mmio, 0x402, 0x01, 1);
    VgaFixture::write(mmio, 0x414, 0x550c, 2);
    EXPECT_EQ(vga.readIndexed(0x3d4, 0x0c), 0x55);
    VgaFixture::write(mmio, 0x506, 32, 2);
    VgaFixture::write(mmio, 0x502, 640, 2);
    EXPECT_EQ(vga.dispi(1), 640);
    EXPECT_EQ(VgaFixture::read(mmio, 0x506, 2), 32U);
    EXPECT_EQ(VgaFixture::read(mmio, 0x600, 4), 8U);
    EXPECT_EQ(VgaFixture::read(mmio, 0x604, 4), 0x1e1e1e1eU);
    VgaFixture::write(mmio, 0x604, 0xbebebebe, 4);
    EXPECT_EQ(VgaFixture::read(mmio, 0x604, 4), 0xbebebebeU);
    EXPECT_EQ(VgaFixture::read(mmio, 0x000, 8), 0x00ffffffffffff00U);
    EXPECT_EQ(VgaFixture::read(mmio, 0x700, 4), 0xffffffffU);
}

TEST(VgaAdapter, EveryOffsetWidthAndValueIsTolerated)
{
    VgaFixture vga;
    std::mt19937_64 random(5);
    struct Face {
        BusDevice& device;
        std::uint64_t length;
    };
    for (const Face& face : {Face{vga.adapter.legacyPorts(), 0x30}, Face{vga.adapter.dispiPorts(), 4},
                             Face{vga.adapter.mmio(), 0x1000}, Face{vga.adapter.window(), 0x20000}})
        for (std::uint64_t offset = 0; offset < face.length; offset += face.length > 0x1000 ? 61 : 1)
            for (std::size_t width = 1; width <= 8 && offset + width <= face.length; ++width)
                for (const std::uint64_t value : {std::uint64_t{0}, ~std::uint64_t{0}, random()}) {
                    VgaFixture::write(face.device, offset, value, width);
                    (void)VgaFixture::read(face.device, offset, width);
                }
    // Still alive and in order.
    vga.adapter.reset();
    EXPECT_EQ(vga.dispi(0), 0xb0c5);
}

TEST(VgaAdapter, SavedStateComesBackEqual)
{
    std::mt19937 random(17);
    for (int round = 0; round < 100; ++round) {
        VgaFixture source;
        for (int i = 0; i < 300; ++i) {
            const auto port = static_cast<std::uint16_t>(0x3b0 + random() % 0x30);
            source.out8(port, static_cast<std::uint8_t>(random()));
            (void)source.in8(port);
            source.dispi(static_cast<std::uint16_t>(random() % 10),
                         static_cast<std::uint16_t>(random() % 1100));
            (void)source.peek(0xa0000 + static_cast<std::uint32_t>(random() % 0x20000));
        }
        StateWriter out;
        source.adapter.save(out);
        VgaFixture copy;
        StateReader in(out.data());
        ASSERT_TRUE(copy.adapter.restore(in));
        EXPECT_EQ(copy.adapter.state(), source.adapter.state());
        StateWriter again;
        copy.adapter.save(again);
        EXPECT_TRUE(std::ranges::equal(again.data(), out.data()));
    }
}

TEST(VgaAdapter, BrokenSavedStateChangesNothing)
{
    VgaFixture vga;
    testing::programMode(vga, testing::Planar640x480);
    const VgaState before = vga.adapter.state();
    StateWriter out;
    vga.adapter.save(out);
    const auto good = out.data();
    VgaFixture other;
    testing::programMode(other, testing::Planar640x480);
    for (std::size_t length = 0; length < good.size(); length += 7) {
        StateReader in(good.first(length));
        EXPECT_FALSE(other.adapter.restore(in));
    }
    std::vector<std::byte> impossible(good.begin(), good.end());
    impossible[2 + 2 + 2] = std::byte{0xff}; // sequencer index
    StateReader in(impossible);
    EXPECT_FALSE(other.adapter.restore(in));
    EXPECT_EQ(other.adapter.state(), before);
}

TEST(VgaAdapter, WakesASleepingScanOutOnce)
{
    VgaFixture vga;
    int woken = 0;
    vga.adapter.setWakeUp([&] { ++woken; });
    vga.out16(0x3c4, 0x0f02);
    EXPECT_EQ(woken, 0);
    vga.adapter.armWakeUp();
    vga.out16(0x3c4, 0x0302);
    vga.poke(0xa0000, 1);
    EXPECT_EQ(woken, 1);
}

TEST(VgaAdapter, LateWritesArriveBeforeTheScanOutLooks)
{
    VgaFixture vga;
    testing::programMode(vga, testing::Text80x25);
    (void)vga.adapter.takeDirty();
    std::uint8_t late = 0;
    vga.adapter.setLateWriteFetcher([&] {
        vga.poke(0xb8000, ++late);
        vga.crtc(0x0f, late);
    });
    EXPECT_TRUE(vga.adapter.takeDirty().isDirty(0));
    EXPECT_EQ(vga.adapter.memory().load8(0), 1);
    EXPECT_EQ(vga.adapter.state().crtc[0x0f], 2);
}

} // namespace
} // namespace engine::display
