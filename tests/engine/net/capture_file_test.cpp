// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/capture_file.h"

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <iterator>

namespace {

using engine::net::CaptureFile;

std::uint32_t word(const std::string& bytes, std::size_t at)
{
    std::uint32_t value = 0;
    std::memcpy(&value, bytes.data() + at, sizeof value);
    return value;
}

/// A reader of its own, written from the format's description.
TEST(CaptureFile, HoldsBlocksThatAParserUnderstands)
{
    const std::string path = testing::TempDir() + "guesthouse-capture.pcapng";
    {
        auto file = CaptureFile::create(path);
        ASSERT_TRUE(file);
        for (std::size_t size = 14; size < 2000; size += 13)
            ASSERT_TRUE((*file)->add(std::vector<std::byte>(size, std::byte{0x5a}),
                                     size % 2 == 0 ? CaptureFile::Direction::ToGuest
                                                   : CaptureFile::Direction::FromGuest));
    }
    std::ifstream stream(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
    ASSERT_GT(bytes.size(), 60U);
    EXPECT_EQ(word(bytes, 0), 0x0a0d0d0aU);
    EXPECT_EQ(word(bytes, 8), 0x1a2b3c4dU);
    std::size_t at = 0;
    std::size_t size = 14;
    unsigned interfaces = 0;
    std::uint64_t lastTime = 0;
    while (at + 12 <= bytes.size()) {
        const std::uint32_t length = word(bytes, at + 4);
        ASSERT_EQ(length % 4, 0U);
        ASSERT_LE(at + length, bytes.size());
        ASSERT_EQ(word(bytes, at + length - 4), length);
        if (word(bytes, at) == 1) {
            ++interfaces;
            EXPECT_EQ(word(bytes, at + 8) & 0xffff, 1U); // Ethernet
        } else if (word(bytes, at) == 6) {
            EXPECT_EQ(word(bytes, at + 20), size);
            EXPECT_EQ(word(bytes, at + 24), size);
            EXPECT_EQ(bytes[at + 28 + size - 1], 0x5a);
            const std::size_t options = at + 28 + (size + 3) / 4 * 4;
            EXPECT_EQ(word(bytes, options), 0x0004'0002U);
            EXPECT_EQ(word(bytes, options + 4), size % 2 == 0 ? 1U : 2U);
            const std::uint64_t time = std::uint64_t{word(bytes, at + 12)} << 32 | word(bytes, at + 16);
            EXPECT_GE(time, lastTime);
            lastTime = time;
            size += 13;
        }
        at += length;
    }
    EXPECT_EQ(at, bytes.size());
    EXPECT_EQ(interfaces, 1U);
    EXPECT_GE(size, 2000U);
}

TEST(CaptureFile, SaysWhichFileCannotBeWritten)
{
    const auto file = CaptureFile::create("/nonexistent/capture.pcapng");
    ASSERT_FALSE(file);
    EXPECT_NE(file.error().message().find("/nonexistent/capture.pcapng"), std::string::npos);
}

} // namespace
