// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/checked.h"
#include "base/state.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace engine {
namespace {

TEST(State, RoundTrip)
{
    StateWriter out;
    out.version(2);
    out.integer(std::uint64_t{0x1122334455667788});
    out.boolean(true);
    out.string("text");
    const std::vector<std::byte> blob(3, std::byte{7});
    out.bytes(blob);
    StateReader in(out.data());
    EXPECT_EQ(in.version(2), 2);
    EXPECT_EQ(in.integer<std::uint64_t>(), 0x1122334455667788U);
    EXPECT_TRUE(in.boolean());
    EXPECT_EQ(in.string(10), "text");
    std::vector<std::byte> copy(3);
    in.bytes(copy);
    EXPECT_EQ(copy, blob);
    EXPECT_TRUE(in.finish());
}

TEST(State, NumbersAreLittleEndian)
{
    StateWriter out;
    out.integer(std::uint16_t{0x1234});
    EXPECT_EQ(out.data()[0], std::byte{0x34});
    EXPECT_EQ(out.data()[1], std::byte{0x12});
}

TEST(State, RefusesVersionsItDoesNotKnow)
{
    for (const std::uint16_t version : {std::uint16_t{0}, std::uint16_t{3}}) {
        StateWriter out;
        out.version(version);
        StateReader in(out.data());
        (void)in.version(2);
        EXPECT_FALSE(in.finish()) << version;
    }
}

TEST(State, RefusesMissingExtraAndMalformedData)
{
    StateReader empty({});
    EXPECT_EQ(empty.integer<std::uint32_t>(), 0U) << "zeros, and remembered";
    EXPECT_FALSE(empty.finish());

    const std::vector<std::byte> one{std::byte{2}};
    StateReader extra(one);
    EXPECT_FALSE(extra.finish());
    StateReader notBoolean(one);
    EXPECT_FALSE(notBoolean.boolean());
    EXPECT_FALSE(notBoolean.finish());

    StateWriter out;
    out.bytes(std::vector<std::byte>(5));
    StateReader wrongSize(out.data());
    std::vector<std::byte> four(4);
    wrongSize.bytes(four);
    EXPECT_FALSE(wrongSize.finish());
    StateReader beyondLimit(out.data());
    EXPECT_TRUE(beyondLimit.bytes(4).empty());
    EXPECT_FALSE(beyondLimit.finish());
}

TEST(State, HugeLengthsDoNotAllocate)
{
    const std::vector<std::byte> lie(8, std::byte{0xff}); // a length of 4 GiB, and 4 bytes
    StateReader in(lie);
    EXPECT_TRUE(in.bytes(std::numeric_limits<std::size_t>::max()).empty());
    EXPECT_FALSE(in.finish());
    EXPECT_EQ(in.integer<std::uint32_t>(), 0U) << "nothing is read after an error";
}

TEST(State, RandomBytesAreReadSafely)
{
    std::mt19937 random(5); // NOLINT(bugprone-random-generator-seed): repeatable on purpose
    for (int round = 0; round < 2000; ++round) {
        std::vector<std::byte> data(random() % 64);
        for (std::byte& byte : data)
            byte = std::byte(static_cast<std::uint8_t>(random()));
        StateReader in(data);
        for (int i = 0; i < 10; ++i) {
            switch (random() % 5) {
            case 0: (void)in.version(3); break;
            case 1: (void)in.integer<std::uint64_t>(); break;
            case 2: (void)in.boolean(); break;
            case 3: EXPECT_LE(in.bytes(32).size(), 32U); break;
            default: EXPECT_LE(in.string(16).size(), 16U); break;
            }
        }
        (void)in.finish();
    }
}

TEST(Checked, FindsOverflowAndBounds)
{
    EXPECT_EQ(checkedAdd<std::uint8_t>(200, 55), 255);
    EXPECT_FALSE(checkedAdd<std::uint8_t>(200, 56));
    EXPECT_FALSE(checkedAdd(std::numeric_limits<std::int64_t>::max(), std::int64_t{1}));
    EXPECT_FALSE(checkedMultiply(std::uint64_t{1} << 63, std::uint64_t{2}));
    EXPECT_EQ(checkedMultiply(3U, 5U), 15U);
    EXPECT_TRUE(isInside(10U, 0U, 10U));
    EXPECT_FALSE(isInside(11U, 0U, 10U));
    EXPECT_FALSE(isInside(5U, 6U, 10U));
    EXPECT_FALSE(isInside(5U, UINT32_MAX, 10U));
}

} // namespace
} // namespace engine
