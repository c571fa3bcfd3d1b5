// SPDX-License-Identifier: GPL-3.0-or-later
// VIRTIO 1.2, 5.2: the block device through its PCI function.
#include "devices/virtio/block_device.h"
#include "support/memory_block_backend.h"
#include "support/virtio_guest.h"

#include <gtest/gtest.h>

namespace engine::test {
namespace {

constexpr std::uint64_t Version1 = 1ULL << 32;
constexpr std::uint64_t FlushFeature = 1 << 9;
constexpr std::uint64_t RingReset = 1ULL << 40;
constexpr std::uint64_t Header = 0x20'0000;
constexpr std::uint64_t Data = 0x10'0000;
constexpr std::uint64_t StatusByte = 0x21'0000;

class VirtioBlock : public ::testing::Test {
protected:
    explicit VirtioBlock(BlockInfo info = {.canDiscard = true}, unsigned queues = 2)
        : disk(std::make_shared<MemoryBlockBackend>(1 << 20, std::move(info))),
          transport(virtio::VirtioPciTransport::create(
                        "disk0", std::make_unique<virtio::BlockDevice>(disk, board.log, queues), board.memory,
                        board.log)
                        .value())
    {
        board.insert(*transport);
        guest.emplace(board);
        guest->start(Version1 | FlushFeature | RingReset, static_cast<std::uint16_t>(queues));
    }
    ~VirtioBlock() override { transport.reset(); }

    void offer(std::uint32_t type, std::uint64_t sector, std::uint32_t bytes, bool toGuest,
               std::uint16_t head = 0, std::uint16_t queue = 0)
    {
        const std::uint64_t slot = 64U * head + 0x1000U * queue;
        board.store(Header + slot, type);
        board.store<std::uint32_t>(Header + slot + 4, 0);
        board.store(Header + slot + 8, sector);
        board.store<std::uint8_t>(StatusByte + slot, 0xee);
        std::vector<VirtioGuest::Part> parts{{.address = Header + slot, .length = 16}};
        if (bytes != 0)
            parts.push_back({.address = Data + 0x1000U * head, .length = bytes, .writable = toGuest});
        parts.push_back({.address = StatusByte + slot, .length = 1, .writable = true});
        guest->offer(queue, head, parts);
    }
    /// The status byte of one request, 0xff when it never ends.
    unsigned run(std::uint32_t type, std::uint64_t sector, std::uint32_t bytes, bool toGuest,
                 std::uint16_t queue = 0)
    {
        offer(type, sector, bytes, toGuest, 0, queue);
        guest->notify(queue);
        const auto used = guest->take(queue);
        usedLength = used ? used->length : 0;
        return used ? board.load<std::uint8_t>(StatusByte + 0x1000U * queue) : 0xff;
    }
    void setRange(unsigned index, std::uint64_t sector, std::uint32_t sectors, std::uint32_t flags)
    {
        board.store(Data + 16 * index, sector);
        board.store(Data + 16 * index + 8, sectors);
        board.store(Data + 16 * index + 12, flags);
    }

    PciTestBoard board;
    std::shared_ptr<MemoryBlockBackend> disk;
    std::unique_ptr<virtio::VirtioPciTransport> transport;
    std::optional<VirtioGuest> guest;
    std::uint32_t usedLength = 0;
};

TEST_F(VirtioBlock, DescribesTheDisk)
{
    EXPECT_EQ(board.configRead(0x00, 4), 0x10421af4U);
    EXPECT_EQ(guest->deviceConfig(0, 8), 2048U);
    EXPECT_EQ(guest->deviceConfig(20, 4), 512U);
    EXPECT_EQ(guest->deviceConfig(24, 1), 3U) << "eight logical blocks in a physical one";
    EXPECT_EQ(guest->deviceConfig(34, 2), 2U);
    EXPECT_EQ(guest->deviceConfig(40, 4), 32U);
    EXPECT_EQ(guest->deviceConfig(0x200, 8), 0U);
    const std::uint64_t offered = guest->offered();
    for (const int bit : {2, 6, 9, 10, 11, 12, 13, 14})
        EXPECT_NE(offered & 1ULL << bit, 0U) << bit;
    EXPECT_EQ(offered & 1 << 5, 0U);
}

TEST_F(VirtioBlock, WritesAndReadsOnEveryQueue)
{
    for (std::uint16_t queue = 0; queue < 2; ++queue) {
        board.storeBytes(Data,
                         std::vector<std::byte>(1024, std::byte(static_cast<std::uint8_t>(0x40 + queue))));
        EXPECT_EQ(run(1, 10U + queue * 4U, 1024, false, queue), 0U);
        EXPECT_EQ(usedLength, 1U);
        board.storeBytes(Data, std::vector<std::byte>(1024));
        EXPECT_EQ(run(0, 10U + queue * 4U, 1024, true, queue), 0U);
        EXPECT_EQ(usedLength, 1025U);
        EXPECT_EQ(board.load<std::uint8_t>(Data + 1023), 0x40 + queue);
    }
    EXPECT_EQ(disk->contents(10 * 512, 1).front(), std::byte{0x40});
    EXPECT_EQ(disk->counts().flushes, 0U);
    EXPECT_EQ(run(4, 0, 0, false), 0U);
    EXPECT_EQ(disk->counts().flushes, 1U);
}

TEST_F(VirtioBlock, SerialNumberAndUnknownRequests)
{
    EXPECT_EQ(run(8, 0, 20, true), 0U);
    EXPECT_EQ(board.load<std::uint8_t>(Data), 'M');
    EXPECT_EQ(board.load<std::uint8_t>(Data + 19), 0);
    EXPECT_EQ(run(8, 0, 4, true), 0U) << "a short buffer gets a part";
    EXPECT_EQ(run(99, 0, 512, true), 2U);
    EXPECT_EQ(run(2, 0, 512, true), 2U);
}

TEST_F(VirtioBlock, RangesOutsideOfTheDiskAreErrors)
{
    EXPECT_EQ(run(0, 2048, 512, true), 1U);
    EXPECT_EQ(run(0, 2047, 1024, true), 1U);
    EXPECT_EQ(run(1, ~0ULL, 512, false), 1U);
    EXPECT_EQ(run(1, ~0ULL / 512, 512, false), 1U);
    EXPECT_EQ(run(0, 0, 100, true), 1U) << "not whole sectors";
    EXPECT_EQ(run(0, 2047, 512, true), 0U);
    EXPECT_EQ(disk->counts().writes, 0U);
}

TEST_F(VirtioBlock, DiscardAndWriteZeroesCheckEveryRange)
{
    setRange(0, 8, 8, 0);
    setRange(1, 100, 1, 0);
    EXPECT_EQ(run(11, 0, 32, false), 0U);
    EXPECT_EQ(disk->counts().discards, 2U);
    EXPECT_EQ(disk->contents(8 * 512, 1).front(), std::byte{0xdd});
    setRange(0, 8, 4, 1);
    EXPECT_EQ(run(13, 0, 16, false), 0U);
    EXPECT_EQ(disk->counts().zeroes, 1U);
    EXPECT_EQ(disk->counts().unmaps, 1U);
    EXPECT_EQ(disk->contents(8 * 512, 1).front(), std::byte{0});
    setRange(0, 8, 4, 1);
    EXPECT_EQ(run(11, 0, 16, false), 2U) << "discard has no flags";
    setRange(0, 8, 4, 2);
    EXPECT_EQ(run(13, 0, 16, false), 2U);
    setRange(0, ~0ULL - 1, 0xffff'ffff, 0); // sums and products that overflow
    EXPECT_EQ(run(11, 0, 16, false), 1U);
    setRange(0, 1ULL << 55, 1, 0);
    EXPECT_EQ(run(13, 0, 16, false), 1U);
    setRange(0, 2047, 2, 0);
    EXPECT_EQ(run(13, 0, 16, false), 1U);
    EXPECT_EQ(run(11, 0, 15, false), 2U);
    EXPECT_EQ(run(11, 0, 16 * 33, false), 2U);
    EXPECT_EQ(disk->counts().discards, 2U);
    EXPECT_EQ(disk->counts().zeroes, 1U);
}

TEST_F(VirtioBlock, HostFailureIsAnIoError)
{
    disk->failNext(BlockStatus::IoError);
    EXPECT_EQ(run(0, 0, 512, true), 1U);
    EXPECT_EQ(usedLength, 1U);
    disk->failNext(BlockStatus::NoSpace);
    EXPECT_EQ(run(1, 0, 512, false), 1U);
    EXPECT_EQ(run(0, 0, 512, true), 0U);
}

TEST_F(VirtioBlock, RequestsEndInAnyOrder)
{
    disk->hold();
    for (std::uint16_t head = 0; head < 12; head += 3)
        offer(0, head, 512, true, head);
    guest->notify(0);
    ASSERT_TRUE(eventually([&] { return disk->waiting() == 4; }));
    disk->release(true);
    for (const unsigned head : {9U, 6U, 3U, 0U})
        EXPECT_EQ(guest->take(0)->head, head);
}

TEST_F(VirtioBlock, WriteThroughWithoutFlushOrWhenSwitchedOff)
{
    guest->setDeviceConfig(32, 1, 0);
    EXPECT_EQ(guest->deviceConfig(32, 1), 0U);
    EXPECT_EQ(run(1, 0, 512, false), 0U);
    EXPECT_EQ(disk->counts().flushes, 1U);
    guest->setDeviceConfig(32, 1, 1);
    EXPECT_EQ(run(1, 0, 512, false), 0U);
    EXPECT_EQ(disk->counts().flushes, 1U);
    guest->start(Version1);
    EXPECT_EQ(run(1, 0, 512, false), 0U);
    EXPECT_EQ(disk->counts().flushes, 2U);
}

TEST_F(VirtioBlock, ResetDuringIoWaitsForTheDiskAndWritesNothingAfterwards)
{
    disk->hold();
    offer(0, 0, 512, true);
    guest->notify(0);
    ASSERT_TRUE(eventually([&] { return disk->waiting() == 1; }));
    guest->setCommon(0x14, 1, 0);
    disk->loop().runAndWait([] {});
    EXPECT_NE(guest->status(), 0) << "the disk may still write into the buffer";
    disk->release();
    EXPECT_TRUE(eventually([&] { return guest->status() == 0; }));
    EXPECT_EQ(board.load<std::uint8_t>(StatusByte), 0xee) << "the old buffer is not answered";
    EXPECT_EQ(guest->usedIndex(0), 0);
    guest->start(Version1 | FlushFeature, 2);
    EXPECT_EQ(run(0, 0, 512, true), 0U);
}

TEST_F(VirtioBlock, DriverThatDoesNotWaitForTheResetIsServedAfterIt)
{
    disk->hold();
    offer(0, 0, 512, true);
    guest->notify(0);
    ASSERT_TRUE(eventually([&] { return disk->waiting() == 1; }));
    for (const std::uint8_t status : {std::uint8_t{0}, std::uint8_t{1}, std::uint8_t{3}})
        guest->setCommon(0x14, 1, status);
    guest->setCommon(0x08, 4, 1);
    guest->setCommon(0x0c, 4, 1);
    guest->setCommon(0x14, 1, 11);
    guest->setUpQueue(0, 16);
    guest->driverOk();
    EXPECT_EQ(guest->status(), 15);
    disk->release();
    EXPECT_EQ(run(0, 0, 512, true), 0U);
}

TEST_F(VirtioBlock, QueueResetWaitsForItsRequests)
{
    disk->hold();
    offer(0, 0, 512, true);
    guest->notify(0);
    ASSERT_TRUE(eventually([&] { return disk->waiting() == 1; }));
    guest->setCommon(0x16, 2, 0);
    guest->setCommon(0x3a, 2, 1);
    disk->loop().runAndWait([] {});
    EXPECT_EQ(guest->common(0x3a, 2), 1U);
    disk->release();
    EXPECT_TRUE(eventually([&] { return guest->common(0x3a, 2) == 0; }));
    EXPECT_EQ(guest->usedIndex(0), 0);
    EXPECT_EQ(run(0, 0, 512, true, 1), 0U) << "the other queue goes on";
}

TEST_F(VirtioBlock, RequestWithoutStatusOrHeaderNeedsAReset)
{
    guest->offer(0, 0, {{.address = Header, .length = 16}});
    guest->notify(0);
    EXPECT_TRUE(eventually([&] { return (guest->status() & 0x40) != 0; }));
    guest->start(Version1 | FlushFeature, 2);
    guest->offer(0, 0,
                 {{.address = Header, .length = 15}, {.address = StatusByte, .length = 1, .writable = true}});
    guest->notify(0);
    EXPECT_TRUE(eventually([&] { return (guest->status() & 0x40) != 0; }));
    guest->start(Version1 | FlushFeature, 2);
    EXPECT_EQ(run(0, 0, 512, true), 0U);
}

TEST_F(VirtioBlock, DataOutsideOfRamIsAnErrorOfTheRequest)
{
    board.store<std::uint32_t>(Header, 0);
    board.store<std::uint64_t>(Header + 8, 0);
    guest->offer(0, 0,
                 {{.address = Header, .length = 16},
                  {.address = 0x7000'0000'0000, .length = 512, .writable = true},
                  {.address = StatusByte, .length = 1, .writable = true}});
    guest->notify(0);
    ASSERT_TRUE(guest->take(0));
    EXPECT_EQ(board.load<std::uint8_t>(StatusByte), 1);
}

TEST_F(VirtioBlock, SnapshotDuringIoRepeatsTheRequests)
{
    disk->hold();
    offer(1, 5, 512, false);
    board.storeBytes(Data, std::vector<std::byte>(512, std::byte{0x6b}));
    guest->notify(0);
    ASSERT_TRUE(eventually([&] { return disk->waiting() == 1; }));
    StateWriter writer;
    transport->saveState(writer);

    auto copy = std::make_shared<MemoryBlockBackend>(1 << 20, BlockInfo{.canDiscard = true});
    auto other =
        virtio::VirtioPciTransport::create("disk0", std::make_unique<virtio::BlockDevice>(copy, board.log, 2),
                                           board.memory, board.log)
            .value();
    PciTestBoard second;
    second.insert(*other);
    StateReader reader(writer.data());
    ASSERT_TRUE(other->restoreState(reader));
    other->resumeWork();
    ASSERT_TRUE(guest->take(0));
    EXPECT_EQ(copy->contents(5 * 512, 1).front(), std::byte{0x6b});
    EXPECT_EQ(board.load<std::uint8_t>(StatusByte), 0);
    other.reset();
    disk->release();
}

class ReadOnlyVirtioBlock : public VirtioBlock {
protected:
    ReadOnlyVirtioBlock() : VirtioBlock(BlockInfo{.readOnly = true}, 1) {}
};

TEST_F(ReadOnlyVirtioBlock, RefusesWrites)
{
    EXPECT_NE(guest->offered() & 1 << 5, 0U);
    EXPECT_EQ(guest->offered() & (1 << 13 | 1 << 14 | 1 << 12), 0U);
    EXPECT_EQ(run(1, 0, 512, false), 1U);
    setRange(0, 0, 1, 0);
    EXPECT_EQ(run(13, 0, 16, false), 1U);
    EXPECT_EQ(run(0, 0, 512, true), 0U);
}

} // namespace
} // namespace engine::test
