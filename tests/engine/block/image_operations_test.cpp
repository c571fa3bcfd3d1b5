// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/check_image.h"
#include "block/convert_image.h"
#include "block/image_info.h"
#include "block/image_source.h"
#include "engine/block/disk_test_support.h"

#include <algorithm>

namespace engine::block::test {
namespace {

constexpr std::uint64_t Capacity = 16ULL << 20;

class ImageOperations : public ::testing::Test {
protected:
    void create(std::string_view name, CreateImageOptions options = {})
    {
        if (options.capacityBytes == 0 && !options.base)
            options.capacityBytes = Capacity;
        const auto created = createImage(m_folder / name, options);
        ASSERT_TRUE(created) << created.error().message();
    }
    /// Writes a pattern and returns the whole contents.
    Bytes fill(std::string_view name, std::uint64_t offset, std::uint64_t length, std::uint64_t seed)
    {
        BlockingDisk disk = openDisk(m_folder / name);
        EXPECT_EQ(disk.write(offset, pattern(length, seed)), BlockStatus::Ok);
        EXPECT_EQ(disk.flush(), BlockStatus::Ok);
        return disk.readAll();
    }
    TemporaryFolder m_folder;
};

TEST_F(ImageOperations, CreateNeverTouchesAnExistingFile)
{
    writeFile(m_folder / "disk", pattern(1000, 1));
    const auto created = createImage(m_folder / "disk", {.capacityBytes = Capacity});
    ASSERT_FALSE(created);
    EXPECT_NE(created.error().message().find("exists already"), std::string::npos);
    EXPECT_EQ(readFile(m_folder / "disk"), pattern(1000, 1));
}

TEST_F(ImageOperations, CreateChecksItsValues)
{
    EXPECT_FALSE(createImage(m_folder / "a", {.capacityBytes = 0}));
    EXPECT_FALSE(createImage(m_folder / "a", {.capacityBytes = 1000}));
    EXPECT_FALSE(createImage(m_folder / "a", {.capacityBytes = MaxDiskBytes + 512}));
    EXPECT_FALSE(createImage(m_folder / "a", {.capacityBytes = Capacity, .clusterBits = 22}));
    EXPECT_FALSE(createImage(m_folder / "a", {.capacityBytes = 1ULL << 45, .clusterBits = 9}));
    EXPECT_FALSE(createImage(m_folder / "missing-folder/a", {.capacityBytes = Capacity}));
    EXPECT_TRUE(std::filesystem::is_empty(m_folder.path()));
}

TEST_F(ImageOperations, LinkedCloneLeavesItsBaseAlone)
{
    create("base.qcow2");
    const Bytes base = fill("base.qcow2", 1 << 20, 2 << 20, 3);
    create("clone.qcow2", {.base = m_folder / "base.qcow2"});
    Bytes expected = base;
    const Bytes change = pattern(5000 / 512 * 512, 9);
    std::ranges::copy(change, expected.begin() + (2 << 20));
    {
        BlockingDisk clone = openDisk(m_folder / "clone.qcow2");
        EXPECT_TRUE(clone.readAll() == base);
        EXPECT_EQ(clone.write(2 << 20, change), BlockStatus::Ok);
        EXPECT_EQ(clone.flush(), BlockStatus::Ok);
        EXPECT_TRUE(clone.readAll() == expected);
        // While the clone is open nobody may write to its base.
        EXPECT_NE(refusal(m_folder / "base.qcow2").find("is in use"), std::string::npos);
    }
    EXPECT_TRUE(openDisk(m_folder / "base.qcow2").readAll() == base);
    EXPECT_TRUE(openDisk(m_folder / "clone.qcow2").readAll() == expected);

    const auto committed = commitImage(m_folder / "clone.qcow2");
    ASSERT_TRUE(committed) << committed.error().message();
    EXPECT_TRUE(openDisk(m_folder / "base.qcow2").readAll() == expected);
    EXPECT_TRUE(openDisk(m_folder / "clone.qcow2").readAll() == expected);
    if (hasQemuImg()) {
        EXPECT_TRUE(qemuCheckIsClean(m_folder / "base.qcow2"));
    }
}

TEST_F(ImageOperations, CommitEnlargesTheBaseAndCarriesZeros)
{
    create("base.qcow2");
    fill("base.qcow2", 0, 4 << 20, 3);
    create("top.qcow2", {.capacityBytes = 2 * Capacity, .base = m_folder / "base.qcow2"});
    Bytes expected;
    {
        BlockingDisk top = openDisk(m_folder / "top.qcow2");
        EXPECT_EQ(top.zero(1 << 20, 1 << 20, true), BlockStatus::Ok);
        EXPECT_EQ(top.write(2 * Capacity - 4096, pattern(4096, 2)), BlockStatus::Ok);
        EXPECT_EQ(top.flush(), BlockStatus::Ok);
        expected = top.readAll();
    }
    ASSERT_TRUE(commitImage(m_folder / "top.qcow2"));
    EXPECT_TRUE(openDisk(m_folder / "base.qcow2").readAll() == expected);
}

TEST_F(ImageOperations, GrowingAnOverlayShowsZerosNotTheBase)
{
    writeFile(m_folder / "base.raw", pattern(Capacity, 5));
    CreateImageOptions options{.capacityBytes = Capacity / 2, .base = m_folder / "base.raw"};
    options.baseFormat = ImageFormat::Raw;
    create("top.qcow2", options);
    ASSERT_TRUE(resizeImage(m_folder / "top.qcow2", ImageFormat::Qcow2, Capacity));
    Bytes expected = pattern(Capacity, 5);
    std::fill(expected.begin() + Capacity / 2, expected.end(), std::byte{});
    EXPECT_TRUE(openDisk(m_folder / "top.qcow2").readAll() == expected);
    const auto shrunk = resizeImage(m_folder / "top.qcow2", ImageFormat::Qcow2, 1 << 20);
    ASSERT_FALSE(shrunk);
    EXPECT_NE(shrunk.error().message().find("smaller"), std::string::npos);
}

TEST_F(ImageOperations, CompactGivesSpaceBackAndKeepsContentsAndMode)
{
    create("disk.qcow2");
    fill("disk.qcow2", 0, 8 << 20, 3);
    Bytes expected;
    {
        BlockingDisk disk = openDisk(m_folder / "disk.qcow2");
        EXPECT_EQ(disk.write(1 << 20, Bytes(4 << 20)), BlockStatus::Ok); // the guest writes zeros
        EXPECT_EQ(disk.flush(), BlockStatus::Ok);
        expected = disk.readAll();
    }
    std::filesystem::permissions(m_folder / "disk.qcow2", std::filesystem::perms::owner_all);
    const auto saved = compactImage(m_folder / "disk.qcow2", ImageFormat::Qcow2);
    ASSERT_TRUE(saved) << saved.error().message();
    EXPECT_GE(*saved, 4U << 20);
    EXPECT_TRUE(openDisk(m_folder / "disk.qcow2").readAll() == expected);
    EXPECT_EQ(std::filesystem::status(m_folder / "disk.qcow2").permissions(),
              std::filesystem::perms::owner_all);
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(m_folder.path()), {}), 1);
    if (hasQemuImg()) {
        EXPECT_TRUE(qemuCheckIsClean(m_folder / "disk.qcow2"));
    }
}

TEST_F(ImageOperations, CompactKeepsAnOverlayAnOverlay)
{
    create("base.qcow2");
    fill("base.qcow2", 0, 4 << 20, 3);
    create("top.qcow2", {.base = m_folder / "base.qcow2"});
    fill("top.qcow2", 1 << 20, 1 << 20, 4);
    Bytes expected;
    {
        BlockingDisk top = openDisk(m_folder / "top.qcow2");
        EXPECT_EQ(top.zero(0, 512 << 10, true), BlockStatus::Ok);
        EXPECT_EQ(top.write(1 << 20, Bytes(512 << 10)), BlockStatus::Ok);
        EXPECT_EQ(top.flush(), BlockStatus::Ok);
        expected = top.readAll();
    }
    const auto saved = compactImage(m_folder / "top.qcow2", ImageFormat::Qcow2);
    ASSERT_TRUE(saved) << saved.error().message();
    EXPECT_TRUE(openDisk(m_folder / "top.qcow2").readAll() == expected);
    const auto info = inspectImage(m_folder / "top.qcow2");
    ASSERT_TRUE(info);
    EXPECT_EQ(info->base, "base.qcow2");
}

TEST_F(ImageOperations, CompactPunchesHolesIntoRawDisks)
{
    Bytes contents = pattern(Capacity, 5);
    std::fill(contents.begin() + (4 << 20), contents.begin() + (12 << 20), std::byte{});
    writeFile(m_folder / "disk.raw", contents);
    const auto saved = compactImage(m_folder / "disk.raw", ImageFormat::Raw);
    ASSERT_TRUE(saved) << saved.error().message();
    EXPECT_GE(*saved, 7U << 20);
    EXPECT_TRUE(readFile(m_folder / "disk.raw") == contents);
}

TEST_F(ImageOperations, DiscardGivesSpaceBackToTheHost)
{
    create("disk.qcow2");
    fill("disk.qcow2", 0, 8 << 20, 3);
    const auto before = inspectImage(m_folder / "disk.qcow2");
    {
        BlockingDisk disk = openDisk(m_folder / "disk.qcow2");
        EXPECT_EQ(disk.discard(0, 8 << 20), BlockStatus::Ok);
        EXPECT_EQ(disk.flush(), BlockStatus::Ok);
    }
    const auto after = inspectImage(m_folder / "disk.qcow2");
    ASSERT_TRUE(before && after);
    EXPECT_LT(after->allocatedBytes + (7 << 20), before->allocatedBytes);
    // The freed clusters are used again instead of making the file longer.
    fill("disk.qcow2", 8 << 20, 8 << 20, 4);
    EXPECT_LE(std::filesystem::file_size(m_folder / "disk.qcow2"), before->fileBytes + (1 << 20));
}

TEST_F(ImageOperations, LeaksAreFoundAndRepaired)
{
    create("disk.qcow2");
    const Bytes contents = fill("disk.qcow2", 0, 1 << 20, 3);
    Bytes raw = readFile(m_folder / "disk.qcow2");
    // The refcount block follows the header and the refcount table; entries have 16 bits.
    raw.at(2 * 65536 + 2 * 100 + 1) = std::byte{1};
    raw.at(2 * 65536 + 2 * 200 + 1) = std::byte{3};
    writeFile(m_folder / "disk.qcow2", raw);
    auto report = checkQcow2(m_folder / "disk.qcow2", RepairMode::Report);
    ASSERT_TRUE(report);
    EXPECT_EQ(report->leaks, 2U);
    EXPECT_EQ(report->corruptions(), 0U);
    report = checkQcow2(m_folder / "disk.qcow2", RepairMode::Repair);
    ASSERT_TRUE(report);
    EXPECT_EQ(report->repaired, 2U);
    report = checkQcow2(m_folder / "disk.qcow2", RepairMode::Report);
    ASSERT_TRUE(report);
    EXPECT_TRUE(report->isClean());
    EXPECT_TRUE(openDisk(m_folder / "disk.qcow2").readAll() == contents);
}

TEST_F(ImageOperations, LostCountsAreFoundAndRepaired)
{
    create("disk.qcow2");
    const Bytes contents = fill("disk.qcow2", 0, 4 << 20, 3);
    Bytes raw = readFile(m_folder / "disk.qcow2");
    std::fill_n(raw.begin() + 65536, 8, std::byte{}); // the refcount table forgets its only block
    writeFile(m_folder / "disk.qcow2", raw);
    auto report = checkQcow2(m_folder / "disk.qcow2", RepairMode::Report);
    ASSERT_TRUE(report);
    EXPECT_GT(report->wrongCounts, 60U);
    report = checkQcow2(m_folder / "disk.qcow2", RepairMode::Repair);
    ASSERT_TRUE(report) << report.error().message();
    report = checkQcow2(m_folder / "disk.qcow2", RepairMode::Report);
    ASSERT_TRUE(report);
    EXPECT_TRUE(report->isClean()) << (report->messages.empty() ? "" : report->messages.front());
    EXPECT_TRUE(openDisk(m_folder / "disk.qcow2").readAll() == contents);
    if (hasQemuImg()) {
        EXPECT_TRUE(qemuCheckIsClean(m_folder / "disk.qcow2"));
    }
}

TEST_F(ImageOperations, InfoDescribesAnImageInUse)
{
    create("disk.qcow2");
    const BlockingDisk disk = openDisk(m_folder / "disk.qcow2");
    const auto info = inspectImage(m_folder / "disk.qcow2");
    ASSERT_TRUE(info);
    EXPECT_TRUE(info->isInUse);
    EXPECT_EQ(info->capacityBytes, Capacity);
    EXPECT_EQ(info->clusterBytes, 65536U);
    EXPECT_EQ(info->version, 3U);
}

} // namespace
} // namespace engine::block::test
