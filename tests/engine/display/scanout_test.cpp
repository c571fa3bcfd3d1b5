// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/scanout.h"
#include "display/vga_palette.h"
#include "engine/devices/display/vga_fixture.h"
#include "engine/devices/display/vga_modes.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>

namespace engine::display {
namespace {

using namespace std::chrono_literals;
using testing::VgaFixture;

/// A guest, its screen, and what a viewer that follows the damage has drawn.
class Screen : public ::testing::Test {
protected:
    /// Refreshes, and repaints what the update names.
    Scanout::Update refresh(std::chrono::nanoseconds now = 0ns)
    {
        auto update = m_scanout.refresh(now);
        const FrameDescriptor& frame = m_scanout.frame();
        if (update.frameReplaced)
            m_copy.assign(std::size_t{frame.width} * frame.height, 0xdeadbeef);
        if (const auto& move = update.move)
            std::memmove(&m_copy[std::size_t{move->to} * frame.width],
                         &m_copy[std::size_t{move->from} * frame.width],
                         std::size_t{move->rows} * frame.width * sizeof(std::uint32_t));
        const DamageRegion damage = update.frameReplaced
                                        ? DamageRegion(Rect{.width = frame.width, .height = frame.height})
                                        : update.damage;
        for (const Rect& rect : damage.rects())
            for (std::uint32_t y = rect.y; y < rect.bottom(); ++y)
                for (std::uint32_t x = rect.x; x < rect.right(); ++x)
                    m_copy[std::size_t{y} * frame.width + x] = pixel(x, y);
        return update;
    }
    std::uint32_t pixel(std::uint32_t x, std::uint32_t y)
    {
        const FrameDescriptor& frame = m_scanout.frame();
        std::uint32_t value = 0;
        const std::uint64_t at = frame.offset + std::uint64_t{y} * frame.stride + std::uint64_t{x} * 4;
        EXPECT_TRUE(frame.block->read(at, std::as_writable_bytes(std::span(&value, 1))));
        return value & 0xffffff;
    }
    /// What a viewer holds must be what a scan-out that starts afresh shows.
    void expectViewerUpToDate(std::chrono::nanoseconds now = 0ns)
    {
        Scanout fresh(m_vga.adapter);
        (void)fresh.refresh(now);
        const FrameDescriptor& frame = fresh.frame();
        ASSERT_EQ(m_copy.size(), std::size_t{frame.width} * frame.height);
        std::vector<std::uint32_t> row(frame.width);
        for (std::uint32_t y = 0; y < frame.height; ++y) {
            ASSERT_TRUE(frame.block->read(frame.offset + std::uint64_t{frame.stride} * y,
                                          std::as_writable_bytes(std::span(row))));
            for (std::uint32_t x = 0; x < frame.width; ++x)
                ASSERT_EQ(m_copy[std::size_t{y} * frame.width + x], row[x] & 0xffffff) << x << "," << y;
        }
    }
    /// The font: glyph N has the byte N in all of its lines.
    void loadFont()
    {
        VideoMemory memory = m_vga.adapter.memory();
        for (std::uint32_t glyph = 0; glyph < 256; ++glyph)
            for (std::uint32_t line = 0; line < 32; ++line)
                memory.store8((glyph * 32 + line) * 4 + 2, static_cast<std::uint8_t>(glyph));
        m_vga.adapter.reset();
    }
    void startText(const testing::VgaMode& mode = testing::Text80x25)
    {
        loadFont();
        testing::programMode(m_vga, mode);
        for (std::uint32_t cell = 0; cell < 2000; ++cell)
            put(cell, 0, 0x07);
    }
    void put(std::uint32_t cell, std::uint8_t character, std::uint8_t attribute)
    {
        m_vga.poke(0xb8000 + cell * 2, character);
        m_vga.poke(0xb8000 + cell * 2 + 1, attribute);
    }
    std::uint32_t colour(std::uint8_t index) { return palette16(m_vga.adapter.state())[index]; }
    void enableDispi(std::uint16_t width, std::uint16_t height, std::uint16_t bits)
    {
        m_vga.dispi(3, bits);
        m_vga.dispi(1, width);
        m_vga.dispi(2, height);
        m_vga.dispi(4, 0x41);
    }

    VgaFixture m_vga{4 << 20};
    Scanout m_scanout{m_vga.adapter};
    std::vector<std::uint32_t> m_copy;
};

TEST_F(Screen, IsBlackUntilTheGuestShowsSomething)
{
    EXPECT_FALSE(m_scanout.frame().isValid());
    EXPECT_TRUE(refresh().frameReplaced);
    EXPECT_EQ(m_scanout.frame().width, 640U);
    EXPECT_EQ(pixel(5, 5), 0U);
    EXPECT_TRUE(refresh().isEmpty());
}

TEST_F(Screen, OneCharacterDamagesOneCell)
{
    startText();
    EXPECT_TRUE(refresh().frameReplaced);
    EXPECT_EQ(m_scanout.frame().width, 720U);
    EXPECT_EQ(m_scanout.frame().height, 400U);
    EXPECT_TRUE(refresh().isEmpty());
    put(80 * 2 + 3, 0xf0, 0x1e);
    const auto update = refresh();
    ASSERT_EQ(update.damage.rects().size(), 1U);
    EXPECT_EQ(update.damage.rects()[0], (Rect{.x = 27, .y = 32, .width = 9, .height = 16}));
    EXPECT_EQ(pixel(27, 32), colour(0x0e));
    EXPECT_EQ(pixel(31, 32), colour(0x01));
    EXPECT_EQ(pixel(35, 47), colour(0x01));
    expectViewerUpToDate();
}

TEST_F(Screen, NinthDotContinuesLineDrawingCharactersOnly)
{
    startText();
    (void)refresh();
    put(0, 0xc5, 0x07); // has its last dot set
    put(1, 0xbf, 0x07); // has it too, but is none of them
    put(2, 0xc4, 0x07); // one of them without it
    (void)refresh();
    EXPECT_EQ(pixel(8, 0), colour(7));
    EXPECT_EQ(pixel(17, 0), colour(0));
    EXPECT_EQ(pixel(26, 0), colour(0));
    m_vga.attribute(0x30, 0x08); // line graphics off, picture stays on
    (void)refresh();
    EXPECT_EQ(pixel(8, 0), colour(0));
    expectViewerUpToDate();
}

TEST_F(Screen, CursorBlinksInItsCellAlone)
{
    startText();
    m_vga.crtc(0x0e, 0);
    m_vga.crtc(0x0f, 5);
    (void)refresh();
    EXPECT_EQ(pixel(45, 13), colour(7));
    EXPECT_EQ(pixel(45, 12), colour(0));
    EXPECT_EQ(m_scanout.nextBlink(0ns), Scanout::BlinkHalfPeriod);
    EXPECT_TRUE(refresh(10ms).isEmpty());
    const auto off = refresh(300ms);
    EXPECT_TRUE(off.onlyBlinking);
    EXPECT_EQ(off.damage.bounds(), (Rect{.x = 45, .y = 13, .width = 9, .height = 2}));
    EXPECT_EQ(pixel(45, 13), colour(0));
    m_vga.crtc(0x0f, 6);
    (void)refresh(540ms);
    EXPECT_EQ(pixel(54, 13), colour(7));
    expectViewerUpToDate(540ms);
    m_vga.crtc(0x0a, 0x20);
    (void)refresh(540ms);
    EXPECT_EQ(pixel(54, 13), colour(0));
    EXPECT_FALSE(m_scanout.nextBlink(540ms));
}

TEST_F(Screen, AttributeBit7BlinksOrBrightens)
{
    startText();
    m_vga.crtc(0x0a, 0x20);
    put(0, 0xff, 0x9e);
    put(1, 0x00, 0x9e);
    (void)refresh(0ns);
    EXPECT_EQ(pixel(0, 0), colour(0x0e));
    EXPECT_EQ(pixel(9, 0), colour(0x01));
    (void)refresh(2 * Scanout::BlinkHalfPeriod);
    EXPECT_EQ(pixel(0, 0), colour(0x01));
    m_vga.attribute(0x30, 0x04);
    (void)refresh(2 * Scanout::BlinkHalfPeriod);
    EXPECT_EQ(pixel(0, 0), colour(0x0e));
    EXPECT_EQ(pixel(9, 0), colour(0x09));
}

TEST_F(Screen, FontAndPaletteChangesRedrawWhatUsesThem)
{
    startText();
    put(7, 0x41, 0x07);
    (void)refresh();
    // Plane 2 through the window, as a font loader does it.
    m_vga.sequencer(2, 0x04);
    m_vga.sequencer(4, 0x06);
    m_vga.graphics(5, 0x00);
    m_vga.graphics(6, 0x04);
    m_vga.poke(0xa0000 + 0x41 * 32 + 3, 0xff);
    m_vga.sequencer(2, 0x03);
    m_vga.sequencer(4, 0x02);
    m_vga.graphics(5, 0x10);
    m_vga.graphics(6, 0x0e);
    const auto update = refresh();
    EXPECT_EQ(update.damage.bounds(), (Rect{.x = 63, .y = 3, .width = 7, .height = 1}));
    EXPECT_EQ(pixel(63, 3), colour(7));
    m_vga.out8(0x3c8, 7);
    for (int i = 0; i < 3; ++i)
        m_vga.out8(0x3c9, 0x3f);
    (void)refresh();
    EXPECT_EQ(pixel(63, 3), 0xffffffU);
    expectViewerUpToDate();
}

TEST_F(Screen, TextScrollsSmoothlyAndPans)
{
    startText();
    m_vga.attribute(0x33, 0x02); // three dots to the left with nine-dot cells
    m_vga.crtc(0x08, 0x05);
    put(0, 0xff, 0x07);
    put(81, 0xff, 0x04);
    (void)refresh();
    EXPECT_EQ(pixel(0, 0), colour(7));
    EXPECT_EQ(pixel(4, 0), colour(7));
    EXPECT_EQ(pixel(5, 0), colour(0));
    EXPECT_EQ(pixel(6, 10), colour(0));
    EXPECT_EQ(pixel(6, 11), colour(4));
    EXPECT_EQ(pixel(6, 26), colour(4));
    EXPECT_EQ(pixel(6, 27), colour(0));
}

TEST_F(Screen, ScrolledTextIsMovedNotDrawn)
{
    startText();
    m_vga.out8(0x3d4, 0x0a); // no cursor
    m_vga.out8(0x3d5, 0x20);
    const auto writeRow = [&](std::uint32_t row, std::uint8_t first) {
        for (std::uint32_t column = 0; column < 80; ++column)
            put(row * 80 + column, static_cast<std::uint8_t>(column < 20 ? first + column : 0), 0x07);
    };
    for (std::uint32_t row = 0; row < 25; ++row)
        writeRow(row, static_cast<std::uint8_t>(3 * row));
    (void)refresh();
    for (std::uint32_t row = 0; row < 25; ++row) // two lines further, and two new ones
        writeRow(row, static_cast<std::uint8_t>(3 * (row + 2)));
    const auto update = refresh();
    ASSERT_TRUE(update.move);
    EXPECT_EQ(*update.move, (RowMove{.from = 32, .to = 0, .rows = 23 * 16}));
    EXPECT_GE(update.damage.bounds().y, 23U * 16);
    expectViewerUpToDate();

    // By the start address, as Linux's text console does: line 26 lies in memory already.
    writeRow(25, 90);
    for (std::uint32_t row = 26; row < 51; ++row)
        writeRow(row, 0);
    (void)refresh();
    m_vga.out8(0x3d4, 0x0d);
    m_vga.out8(0x3d5, 80);
    const auto second = refresh();
    ASSERT_TRUE(second.move);
    EXPECT_EQ(*second.move, (RowMove{.from = 16, .to = 0, .rows = 24 * 16}));
    expectViewerUpToDate();

    // One changed line is not a scroll.
    put(5 * 80 + 85, 'x', 0x07);
    EXPECT_FALSE(refresh().move);
    expectViewerUpToDate();
}

TEST_F(Screen, DoubledTextHasWideDots)
{
    startText(testing::Text40x25);
    put(0, 0x80, 0x07);
    (void)refresh();
    EXPECT_EQ(m_scanout.frame().width, 640U);
    EXPECT_EQ(pixel(1, 0), colour(7));
    EXPECT_EQ(pixel(2, 0), colour(0));
}

TEST_F(Screen, GraphicsPanningMovesThePictureUntilTheSplit)
{
    testing::programMode(m_vga, testing::Planar640x480);
    m_vga.poke(0xa0000, 0x10);
    (void)refresh();
    const std::uint32_t lit = pixel(3, 0);
    EXPECT_NE(pixel(2, 0), lit);
    m_vga.crtc(0x11, 0);
    m_vga.crtc(0x07, 0x2e);
    m_vga.crtc(0x09, 0x00);
    m_vga.crtc(0x18, 99);
    m_vga.attribute(0x33, 0x02);
    m_vga.attribute(0x30, 0x21);
    (void)refresh();
    EXPECT_EQ(pixel(1, 0), lit);
    EXPECT_EQ(pixel(3, 100), lit);
    expectViewerUpToDate();
}

TEST_F(Screen, LinearModeIsTheGuestsOwnMemory)
{
    enableDispi(800, 600, 32);
    m_vga.attribute(0x20, 0);
    ASSERT_TRUE(refresh().frameReplaced);
    const FrameDescriptor first = m_scanout.frame();
    EXPECT_EQ(first.block, m_vga.adapter.videoMemory());
    EXPECT_EQ(first.stride, 3200U);
    EXPECT_TRUE(refresh().isEmpty());
    m_vga.dispi(9, 100); // double buffering by offset
    EXPECT_TRUE(refresh().frameReplaced);
    EXPECT_EQ(m_scanout.frame().offset, 320'000U);
    EXPECT_GT(m_scanout.frame().sequence, first.sequence);
    VgaFixture::write(m_vga.adapter.mmio(), 0x604, 0xbebebebe, 4);
    EXPECT_TRUE(refresh().frameReplaced);
    EXPECT_NE(m_scanout.frame().block, first.block);
}

TEST_F(Screen, RegisterWritesThatChangeNothingDamageNothing)
{
    testing::programMode(m_vga, testing::Linear320x200);
    (void)refresh();
    testing::programMode(m_vga, testing::Linear320x200);
    EXPECT_TRUE(refresh().isEmpty());
    m_vga.poke(0xa0000, 0);
    EXPECT_TRUE(refresh().isEmpty());
}

TEST_F(Screen, EveryModeFollowsRandomDrawing)
{
    std::mt19937 random(41);
    for (const testing::VgaMode* mode : testing::AllVgaModes) {
        SCOPED_TRACE(mode->name);
        testing::programMode(m_vga, *mode);
        for (int round = 0; round < 6; ++round) {
            for (int i = 0; i < 40; ++i)
                m_vga.poke(0xa0000 + static_cast<std::uint32_t>(random() % 0x20000),
                           static_cast<std::uint8_t>(random()));
            (void)refresh();
            expectViewerUpToDate();
        }
    }
    for (const std::uint16_t bits :
         {std::uint16_t{4}, std::uint16_t{8}, std::uint16_t{15}, std::uint16_t{16}, std::uint16_t{24}}) {
        enableDispi(320, 200, bits);
        for (int round = 0; round < 4; ++round) {
            for (int i = 0; i < 40; ++i)
                m_vga.poke(0xa0000 + static_cast<std::uint32_t>(random() % 0x10000),
                           static_cast<std::uint8_t>(random()));
            (void)refresh();
            expectViewerUpToDate();
        }
        m_vga.dispi(4, 0);
    }
}

TEST_F(Screen, SurvivesRandomRegisters)
{
    std::mt19937 random(43);
    for (int round = 0; round < 400; ++round) {
        for (int i = 0; i < 30; ++i) {
            m_vga.out8(static_cast<std::uint16_t>(0x3b0 + random() % 0x30),
                       static_cast<std::uint8_t>(random()));
            if (random() % 8 == 0)
                m_vga.dispi(static_cast<std::uint16_t>(random() % 10),
                            static_cast<std::uint16_t>(random() % 800));
        }
        (void)m_scanout.refresh(std::chrono::milliseconds(random() % 10'000));
        ASSERT_TRUE(isContained(m_scanout.frame()));
    }
}

TEST(LinearDamage, PagesBecomeTheRowsThatTheyHold)
{
    const auto block = HostBlock::create("linear", 4 << 20).value();
    const FrameDescriptor frame{.width = 1000, .height = 100, .stride = 4096, .block = block, .offset = 8192};
    DirtyPages dirty(4 << 20);
    EXPECT_TRUE(linearDamage(dirty, frame).isEmpty());
    dirty.markByte(0);             // before the picture
    dirty.markByte(8192 + 409600); // behind it
    EXPECT_TRUE(linearDamage(dirty, frame).isEmpty());
    dirty.markByte(8192 + 4096 * 7);
    EXPECT_EQ(linearDamage(dirty, frame).bounds(), (Rect{.x = 0, .y = 7, .width = 1000, .height = 1}));
    dirty.markAll();
    EXPECT_EQ(linearDamage(dirty, frame).bounds(), (Rect{.x = 0, .y = 0, .width = 1000, .height = 100}));
}

TEST(LinearDamage, CoversEveryDirtyPixelWhateverTheStride)
{
    const auto block = HostBlock::create("linear", 1 << 20).value();
    std::mt19937 random(47);
    for (int round = 0; round < 300; ++round) {
        const auto width = static_cast<std::uint32_t>(8 * (1 + random() % 100));
        const auto stride = width * 4 + 32 * static_cast<std::uint32_t>(random() % 10);
        const FrameDescriptor frame{.width = width,
                                    .height = static_cast<std::uint32_t>(1 + random() % 100),
                                    .stride = stride,
                                    .block = block,
                                    .offset = 4 * (random() % 20'000)};
        DirtyPages dirty(1 << 20);
        for (int i = 0; i < 4; ++i)
            dirty.markByte(random() % (1 << 20));
        DamageRegion damage = linearDamage(dirty, frame);
        damage.clip(frame.width, frame.height);
        for (std::uint32_t y = 0; y < frame.height; ++y)
            for (std::uint32_t x = 0; x < width; ++x)
                if (dirty.isDirty((frame.offset + std::uint64_t{y} * stride + x * 4) / 4096)) {
                    ASSERT_TRUE(damage.contains(x, y));
                }
    }
}

} // namespace
} // namespace engine::display
