// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/cp437.h"
#include "display/screen_text.h"
#include "engine/devices/display/vga_fixture.h"
#include "engine/devices/display/vga_modes.h"

#include <gtest/gtest.h>

#include <set>
#include <string_view>

namespace engine::display {
namespace {

using testing::VgaFixture;

void print(VgaFixture& vga, std::uint32_t cell, std::string_view text)
{
    for (const char c : text) {
        vga.poke(0xb8000 + cell * 2, static_cast<std::uint8_t>(c));
        vga.poke(0xb8000 + cell++ * 2 + 1, 0x07);
    }
}

void clear(VgaFixture& vga)
{
    for (std::uint32_t cell = 0; cell < 0x4000; ++cell)
        print(vga, cell, " ");
}

TEST(ScreenText, ReadsWhatTheScreenSays)
{
    VgaFixture vga;
    testing::programMode(vga, testing::Text80x25);
    clear(vga);
    print(vga, 0, "SeaBIOS (version 1)");
    print(vga, 80 * 2 + 4, "No bootable device.");
    vga.crtc(0x0e, 0x00);
    vga.crtc(0x0f, 80 * 3 + 7);
    const ScreenText screen = screenText(vga.adapter);
    EXPECT_EQ(screen.modeName, "text 80x25");
    ASSERT_TRUE(screen.text);
    EXPECT_EQ(screen.text->columns, 80U);
    ASSERT_EQ(screen.text->rows.size(), 25U);
    EXPECT_EQ(screen.text->rows[0].size(), 80U);
    EXPECT_EQ(screen.text->toString(), "SeaBIOS (version 1)\n\n    No bootable device.\n");
    EXPECT_EQ(screen.text->cursor, (TextScreen::Position{.column = 7, .row = 3}));
    vga.crtc(0x0a, 0x20);
    EXPECT_FALSE(screenText(vga.adapter).text->cursor);
}

TEST(ScreenText, TranslatesTheCodePage)
{
    VgaFixture vga;
    testing::programMode(vga, testing::Text40x25);
    clear(vga);
    print(vga, 0, "\xc9\xcd\xbb \xe1\x80\x01\xdb");
    EXPECT_EQ(screenText(vga.adapter).text->toString(), "╔═╗ ßÇ☺█\n");
    EXPECT_EQ(screenText(vga.adapter).modeName, "text 40x25");
}

TEST(ScreenText, FollowsStartAddressAndSplitScreen)
{
    VgaFixture vga;
    testing::programMode(vga, testing::Text80x25);
    clear(vga);
    print(vga, 0, "status");
    print(vga, 80 * 10, "first");
    print(vga, 80 * 33, "behind the split");
    vga.crtc(0x0c, (80 * 10) >> 8);
    vga.crtc(0x0d, (80 * 10) & 0xff);
    // Split after scan line 383: the last row shows address 0.
    vga.crtc(0x11, 0);
    vga.crtc(0x07, 0x1f);
    vga.crtc(0x09, 0x0f);
    vga.crtc(0x18, 383 & 0xff);
    const auto rows = screenText(vga.adapter).text->rows;
    ASSERT_EQ(rows.size(), 25U);
    EXPECT_EQ(rows[0].substr(0, 5), "first");
    EXPECT_EQ(rows[23].substr(0, 16), "behind the split");
    EXPECT_EQ(rows[24].substr(0, 6), "status");
}

TEST(ScreenText, NamesGraphicsModesAndBlankScreens)
{
    VgaFixture vga;
    EXPECT_EQ(screenText(vga.adapter).modeName, "blank");
    testing::programMode(vga, testing::Planar640x480);
    EXPECT_EQ(screenText(vga.adapter).modeName, "graphics 640x480x4");
    EXPECT_FALSE(screenText(vga.adapter).text);
    vga.dispi(3, 32);
    vga.dispi(1, 320);
    vga.dispi(2, 200);
    vga.dispi(4, 0x41);
    EXPECT_EQ(screenText(vga.adapter).modeName, "graphics 320x200x32");
}

TEST(Cp437, EveryCodeIsADifferentGlyphExceptTheBlanks)
{
    std::set<char32_t> seen;
    for (unsigned code = 1; code < 255; ++code)
        EXPECT_TRUE(seen.insert(cp437ToUnicode(static_cast<std::uint8_t>(code))).second) << code;
    EXPECT_EQ(cp437ToUnicode('A'), U'A');
    EXPECT_EQ(cp437ToUnicode(0), U' ');
    EXPECT_EQ(cp437ToUnicode(0xff), U' ');
    std::string text;
    appendUtf8(text, U'\U0001F600');
    EXPECT_EQ(text, "\xf0\x9f\x98\x80");
}

} // namespace
} // namespace engine::display
