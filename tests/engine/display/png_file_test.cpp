// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/png_file.h"

#include <gtest/gtest.h>
#include <png.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <span>
#include <vector>

namespace engine::display {
namespace {

namespace fs = std::filesystem;

class PngFile : public ::testing::Test {
protected:
    void SetUp() override
    {
        std::string name = (fs::temp_directory_path() / "png-test-XXXXXX").string();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        m_folder = name;
    }
    void TearDown() override
    {
        std::error_code ignored;
        fs::remove_all(m_folder, ignored);
    }
    [[nodiscard]] std::ptrdiff_t filesInFolder() const
    {
        return std::distance(fs::directory_iterator(m_folder), fs::directory_iterator());
    }
    static FrameDescriptor makeFrame()
    {
        auto block = HostBlock::create("png", 1 << 20).value();
        FrameDescriptor frame{.width = 33, .height = 7, .stride = 200, .block = block, .offset = 64};
        for (std::uint32_t y = 0; y < frame.height; ++y)
            for (std::uint32_t x = 0; x < frame.width; ++x) {
                const std::uint32_t pixel = 0xaa000000 | x << 16 | y << 8 | (x ^ y);
                EXPECT_TRUE(block->write(64 + y * 200 + x * 4, std::as_bytes(std::span(&pixel, 1))));
            }
        return frame;
    }
    fs::path m_folder;
};

TEST_F(PngFile, HoldsEveryPixel)
{
    const fs::path path = m_folder / "screen.png";
    ASSERT_TRUE(writePng(makeFrame(), path));
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    ASSERT_NE(png_image_begin_read_from_file(&image, path.c_str()), 0);
    image.format = PNG_FORMAT_RGB;
    ASSERT_EQ(image.width, 33U);
    ASSERT_EQ(image.height, 7U);
    std::vector<std::uint8_t> rgb(PNG_IMAGE_SIZE(image));
    ASSERT_NE(png_image_finish_read(&image, nullptr, rgb.data(), 0, nullptr), 0);
    for (std::uint32_t y = 0; y < 7; ++y)
        for (std::uint32_t x = 0; x < 33; ++x) {
            EXPECT_EQ(rgb[(y * 33 + x) * 3], x);
            EXPECT_EQ(rgb[(y * 33 + x) * 3 + 1], y);
            EXPECT_EQ(rgb[(y * 33 + x) * 3 + 2], x ^ y);
        }
    EXPECT_EQ(filesInFolder(), 1);
}

TEST_F(PngFile, ReplacesAnOlderFile)
{
    const fs::path path = m_folder / "screen.png";
    ASSERT_TRUE(writePng(makeFrame(), path));
    ASSERT_TRUE(writePng(makeFrame(), path));
    EXPECT_EQ(filesInFolder(), 1);
}

TEST_F(PngFile, FailureLeavesNothingBehindAndSaysWhy)
{
    const auto noFolder = writePng(makeFrame(), m_folder / "missing" / "screen.png");
    ASSERT_FALSE(noFolder);
    EXPECT_EQ(noFolder.error().code, ErrorCode::NotFound);
    fs::create_directory(m_folder / "taken");
    EXPECT_FALSE(writePng(makeFrame(), m_folder / "taken"));
    EXPECT_EQ(filesInFolder(), 1);
    const auto nothing = writePng(FrameDescriptor{}, m_folder / "screen.png");
    ASSERT_FALSE(nothing);
    EXPECT_EQ(nothing.error().code, ErrorCode::InvalidState);
}

} // namespace
} // namespace engine::display
