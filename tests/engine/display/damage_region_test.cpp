// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/damage_region.h"
#include "display/frame_descriptor.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <vector>

namespace engine::display {
namespace {

constexpr std::uint32_t Max = std::numeric_limits<std::uint32_t>::max();

TEST(DamageRegion, EmptyRectanglesAddNothing)
{
    DamageRegion region;
    region.add(Rect{.x = 5, .y = 5, .width = 0, .height = 9});
    region.add(Rect{.x = 5, .y = 5, .width = 9, .height = 0});
    EXPECT_TRUE(region.isEmpty());
    EXPECT_TRUE(region.bounds().isEmpty());
}

TEST(DamageRegion, NeighboursJoinIntoOneRectangle)
{
    DamageRegion region;
    region.add(Rect{.x = 0, .y = 0, .width = 8, .height = 16});
    region.add(Rect{.x = 16, .y = 0, .width = 8, .height = 16});
    ASSERT_EQ(region.rects().size(), 2U);
    region.add(Rect{.x = 8, .y = 0, .width = 8, .height = 16});
    ASSERT_EQ(region.rects().size(), 1U);
    EXPECT_EQ(region.rects()[0], (Rect{.x = 0, .y = 0, .width = 24, .height = 16}));
}

TEST(DamageRegion, StaysBoundedAndCoversEverythingThatWasAdded)
{
    std::mt19937 random(7);
    const auto below = [&](std::uint32_t limit) { return static_cast<std::uint32_t>(random() % limit); };
    for (int round = 0; round < 50; ++round) {
        DamageRegion region;
        std::vector<Rect> added;
        for (int i = 0; i < 200; ++i) {
            const Rect rect{
                .x = below(500), .y = below(500), .width = 1 + below(20), .height = 1 + below(20)};
            added.push_back(rect);
            region.add(rect);
            ASSERT_LE(region.rects().size(), DamageRegion::MaxRects);
        }
        for (const Rect& rect : added)
            for (std::uint32_t y = rect.y; y < rect.y + rect.height; ++y)
                for (std::uint32_t x = rect.x; x < rect.x + rect.width; ++x)
                    ASSERT_TRUE(region.contains(x, y));
    }
}

TEST(DamageRegion, ClippingSurvivesTheLargestNumbers)
{
    DamageRegion region;
    region.add(Rect{.x = 10, .y = 20, .width = Max, .height = Max});
    region.add(Rect{.x = Max, .y = Max, .width = Max, .height = Max});
    region.clip(100, 50);
    ASSERT_EQ(region.rects().size(), 1U);
    EXPECT_EQ(region.rects()[0], (Rect{.x = 10, .y = 20, .width = 90, .height = 30}));
    region.clip(10, 10);
    EXPECT_TRUE(region.isEmpty());
}

TEST(FrameDescriptor, IsContainedChecksTheLastRow)
{
    const auto block = HostBlock::create("frame", 4096).value();
    FrameDescriptor frame{.width = 16, .height = 16, .stride = 256, .block = block, .offset = 0};
    EXPECT_TRUE(isContained(frame)); // the last row ends before the block does
    frame.offset = 192;
    EXPECT_TRUE(isContained(frame)); // 192 + 15 * 256 + 64 = 4096
    frame.offset = 196;
    EXPECT_FALSE(isContained(frame));
    frame = {.width = Max, .height = Max, .stride = Max, .block = block, .offset = 0};
    EXPECT_FALSE(isContained(frame));
    EXPECT_FALSE(isContained(FrameDescriptor{}));
}

} // namespace
} // namespace engine::display
