// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/display/vga_text_setup.h"
#include "engine/devices/display/vga_fixture.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <vector>

namespace engine::display {
namespace {

using testing::VgaFixture;

std::vector<std::byte> fontOfStripes()
{
    std::vector<std::byte> font(TextFontBytes);
    for (std::size_t i = 0; i < font.size(); ++i)
        font[i] = static_cast<std::byte>(i / 16 + i % 16);
    return font;
}

TEST(VgaTextSetup, LeavesAClearTextScreenWithItsFont)
{
    VgaFixture vga;
    vga.dispi(4, 0); // whatever was there before
    const auto font = fontOfStripes();
    enterTextMode(vga.adapter, font);
    for (const std::uint32_t cell : {0U, 1U, 1999U}) {
        EXPECT_EQ(vga.peek(0xb8000 + cell * 2), ' ');
        EXPECT_EQ(vga.peek(0xb8000 + cell * 2 + 1), 0x07);
    }
    const VgaState state = vga.adapter.state();
    EXPECT_EQ(state.miscOutput, 0x67);
    EXPECT_EQ(state.crtc[0x01], 79);
    EXPECT_EQ(state.crtc[0x09] & 0x1f, 15) << "16 rows of dots";
    EXPECT_EQ(state.graphics[0x06], 0x0e) << "text at B8000";
    EXPECT_EQ(state.attribute[0x10] & 0x01, 0) << "no graphics";
    EXPECT_NE(state.attributeIndex & 0x20, 0) << "the picture is shown";
    EXPECT_EQ(state.dac.colours[7 * 3], 0x2a) << "light grey";
    EXPECT_EQ(state.dac.colours[0x3f * 3 + 2], 0x3f) << "white";
    // Plane 2 as the guest reads it back.
    vga.out16(0x3ce, 0x0005);
    vga.out16(0x3ce, 0x0406);
    vga.out16(0x3ce, 0x0204);
    vga.out16(0x3c4, 0x0604);
    EXPECT_EQ(vga.peek(0xa0000 + 'A' * 32 + 3), 'A' + 3);
    EXPECT_EQ(vga.peek(0xa0000 + 255 * 32 + 15), (255 + 15) & 0xff);
}

TEST(VgaTextSetup, FindsTheFontOfTheDistributionsBios)
{
    std::ifstream file("/usr/share/seabios/vgabios-stdvga.bin", std::ios::binary);
    if (!file)
        GTEST_SKIP() << "package seabios is not installed";
    const std::string content{std::istreambuf_iterator<char>(file), {}};
    const auto font = findTextFont(std::as_bytes(std::span(content)));
    ASSERT_EQ(font.size(), TextFontBytes);
    EXPECT_EQ(font['_' * 16 + 8], std::byte{0}) << "an underscore is low";
    EXPECT_EQ(font[0xdb * 16], std::byte{0xff}) << "the full block";
    EXPECT_TRUE(findTextFont({}).empty());
    const std::vector<std::byte> cut(font.begin(), font.end() - 1);
    EXPECT_TRUE(findTextFont(cut).empty());
}

} // namespace
} // namespace engine::display
