// SPDX-License-Identifier: GPL-3.0-or-later
#include "memory/guest_memory.h"

#include <gtest/gtest.h>

namespace engine {
namespace {

constexpr std::uint64_t Page = 4096;
constexpr std::uint64_t HighBase = std::uint64_t{4} << 30;

std::shared_ptr<HostBlock> block(std::uint64_t pages)
{
    return HostBlock::create("test", pages * Page).value();
}

/// Two adjacent regions of two pages, and one page at 4 GiB.
GuestMemory threeRegions()
{
    return GuestMemory::create({{GuestAddress(2 * Page), block(2)},
                                {GuestAddress(0), block(2)},
                                {GuestAddress(HighBase), block(1)}})
        .value();
}

std::vector<std::byte> bytes(std::size_t count)
{
    std::vector<std::byte> data(count);
    for (std::size_t i = 0; i < count; ++i)
        data[i] = std::byte(static_cast<std::uint8_t>(i * 7 + 1));
    return data;
}

TEST(GuestMemory, RefusesOverlappingAndWrappingRegions)
{
    EXPECT_FALSE(GuestMemory::create({{GuestAddress(0), block(2)}, {GuestAddress(Page), block(2)}}));
    EXPECT_FALSE(GuestMemory::create({{GuestAddress(UINT64_MAX - Page + 1), block(2)}}));
    EXPECT_TRUE(GuestMemory::create({{GuestAddress(0), block(1)}, {GuestAddress(Page), block(1)}}));
}

TEST(GuestMemory, CopiesAcrossAdjacentRegions)
{
    const GuestMemory memory = threeRegions();
    EXPECT_EQ(memory.totalBytes(), 5 * Page);
    const auto data = bytes(3 * Page);
    ASSERT_TRUE(memory.write(GuestAddress(100), data));
    std::vector<std::byte> copy(data.size());
    ASSERT_TRUE(memory.read(GuestAddress(100), copy));
    EXPECT_EQ(copy, data);
}

TEST(GuestMemory, HolesAndEndsAreErrors)
{
    const GuestMemory memory = threeRegions();
    std::vector<std::byte> data(16);
    for (const std::uint64_t at :
         {4 * Page, 4 * Page - 8, HighBase - 1, HighBase + Page - 8, UINT64_MAX - 3, UINT64_MAX}) {
        EXPECT_FALSE(memory.read(GuestAddress(at), data)) << at;
        EXPECT_FALSE(memory.write(GuestAddress(at), data)) << at;
        EXPECT_FALSE(memory.fill(GuestAddress(at), 16, std::byte{1})) << at;
        IoVectors vectors;
        EXPECT_FALSE(memory.appendIoVectors(vectors, GuestAddress(at), 16, IoDirection::ToGuest)) << at;
    }
    EXPECT_FALSE(memory.fill(GuestAddress(0), UINT64_MAX, std::byte{1}));
    EXPECT_TRUE(memory.read(GuestAddress(HighBase + Page - 16), data));
    EXPECT_FALSE(GuestMemory().read(GuestAddress(0), data));
}

TEST(GuestMemory, ObjectsAndAtomics)
{
    const GuestMemory memory = threeRegions();
    struct Pair {
        std::uint32_t a;
        std::uint32_t b;
    };
    ASSERT_TRUE(memory.writeObject(GuestAddress(2 * Page - 4), Pair{.a = 1, .b = 2}));
    EXPECT_EQ(memory.readObject<Pair>(GuestAddress(2 * Page - 4)).value().b, 2U);
    ASSERT_TRUE(memory.storeRelease<std::uint16_t>(GuestAddress(16), 0x1234));
    EXPECT_EQ(memory.loadAcquire<std::uint16_t>(GuestAddress(16)).value(), 0x1234);
    EXPECT_FALSE(memory.loadAcquire<std::uint32_t>(GuestAddress(18))) << "misaligned";
    EXPECT_FALSE(memory.loadAcquire<std::uint32_t>(GuestAddress(4 * Page)));
    EXPECT_FALSE(memory.storeRelease<std::uint64_t>(GuestAddress(UINT64_MAX - 7), 0));
}

TEST(GuestMemory, IoVectorsCoverExactlyTheRange)
{
    const GuestMemory memory = threeRegions();
    const auto data = bytes(Page);
    IoVectors vectors;
    ASSERT_TRUE(memory.appendIoVectors(vectors, GuestAddress(2 * Page - 100), Page, IoDirection::ToGuest));
    EXPECT_EQ(vectors.sizeBytes(), Page);
    EXPECT_EQ(vectors.copyFrom(data), Page);
    std::vector<std::byte> copy(Page);
    ASSERT_TRUE(memory.read(GuestAddress(2 * Page - 100), copy));
    EXPECT_EQ(copy, data);
    const IoVectors part = vectors.slice(50, 100);
    std::vector<std::byte> middle(200);
    EXPECT_EQ(part.copyTo(middle), 100U);
    EXPECT_TRUE(std::equal(middle.begin(), middle.begin() + 100, data.begin() + 50));
    EXPECT_EQ(vectors.slice(Page - 1, 100).sizeBytes(), 1U);
    EXPECT_EQ(vectors.slice(UINT64_MAX, 1).sizeBytes(), 0U);
    vectors.fillZero(10, 20);
    ASSERT_TRUE(memory.read(GuestAddress(2 * Page - 100), copy));
    EXPECT_EQ(copy[9], data[9]);
    EXPECT_EQ(copy[10], std::byte{0});
    EXPECT_EQ(copy[29], std::byte{0});
    EXPECT_EQ(copy[30], data[30]);
}

TEST(HostBlock, IsWholePagesOfZerosWithBounds)
{
    const auto memory = HostBlock::create("test", Page + 1).value();
    EXPECT_EQ(memory->sizeBytes(), 2 * Page);
    std::vector<std::byte> data(16, std::byte{9});
    ASSERT_TRUE(memory->read(2 * Page - 16, data));
    EXPECT_EQ(data, std::vector<std::byte>(16));
    EXPECT_FALSE(memory->read(2 * Page - 15, data));
    EXPECT_FALSE(memory->write(UINT64_MAX - 3, data));
    ASSERT_TRUE(memory->write(0, bytes(16)));
    memory->clear();
    ASSERT_TRUE(memory->read(0, data));
    EXPECT_EQ(data, std::vector<std::byte>(16));
}

} // namespace
} // namespace engine
