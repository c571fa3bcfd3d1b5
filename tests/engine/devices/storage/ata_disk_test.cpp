// SPDX-License-Identifier: GPL-3.0-or-later
// ACS-3: the disk's commands, through an AHCI port.
#include "ahci_guest.h"

#include <gtest/gtest.h>

namespace engine::test {
namespace {

using Guest = AhciGuest;

class AtaDiskTest : public ::testing::Test {
protected:
    explicit AtaDiskTest(BlockInfo info = {.canDiscard = true})
        : disk(std::make_shared<MemoryBlockBackend>(Bytes, std::move(info)))
    {
        controller.attachDisk(0, disk);
        board.insert(controller);
        guest.enablePci();
        guest.start();
    }
    void expectAbort(const Guest::Spec& spec, std::uint8_t error = 0x04)
    {
        EXPECT_NE(guest.run(spec) & 0x40000000, 0U) << "command " << int(spec.command);
        EXPECT_EQ(guest.reg(Guest::PxTFD), std::uint32_t{error} << 8 | 0x51)
            << "command " << int(spec.command);
        guest.recover();
    }
    static constexpr std::uint64_t Bytes = 8 << 20;
    static constexpr std::uint64_t Sectors = Bytes / 512;

    PciTestBoard board;
    std::shared_ptr<MemoryBlockBackend> disk;
    AhciController controller{board.memory, board.log};
    Guest guest{board, 0};
};

TEST_F(AtaDiskTest, IdentifyDescribesTheDisk)
{
    (void)guest.run({.command = 0xec, .bytes = 512});
    const auto word = [&](unsigned index) { return board.load<std::uint16_t>(Guest::Buffer + 2 * index); };
    EXPECT_EQ(word(0), 0x0040);
    EXPECT_EQ(word(10), ('M' << 8 | 'E'));
    EXPECT_EQ(word(27), ('G' << 8 | 'U'));
    EXPECT_EQ(word(60) | word(61) << 16, int(Sectors));
    EXPECT_EQ(word(100), Sectors);
    EXPECT_EQ(word(75), 31);
    EXPECT_NE(word(76) & 0x100, 0);
    EXPECT_NE(word(83) & 0x400, 0);
    EXPECT_EQ(word(82) & 2, 0) << "no security feature set";
    EXPECT_EQ(word(169), 1);
    EXPECT_EQ(word(106), 0x6003) << "eight logical sectors in a physical one";
    EXPECT_EQ(word(255) & 0xff, 0xa5);
    unsigned sum = 0;
    for (unsigned i = 0; i < 512; ++i)
        sum += guest.byte(i);
    EXPECT_EQ(sum % 256, 0U);
}

TEST_F(AtaDiskTest, EveryWayToWriteAndReadMovesTheSameBytes)
{
    struct Way {
        std::uint8_t write;
        std::uint8_t read;
    };
    std::uint64_t lba = 100;
    std::uint8_t value = 1;
    for (const Way way : {Way{0xca, 0xc8}, Way{0x35, 0x25}, Way{0x30, 0x20}, Way{0x34, 0x24}, Way{0xc5, 0xc4},
                          Way{0x39, 0x29}, Way{0x3d, 0x25}}) {
        board.storeBytes(Guest::Buffer, std::vector<std::byte>(8192, std::byte{value}));
        EXPECT_EQ(
            guest.run(
                {.command = way.write, .lba = lba, .count = 16, .bytes = 8192, .write = true, .pieces = 4}),
            1U);
        EXPECT_EQ(disk->contents(lba * 512 + 8191, 1).front(), std::byte{value});
        board.storeBytes(Guest::Buffer, std::vector<std::byte>(8192));
        EXPECT_NE(guest.run({.command = way.read, .lba = lba, .count = 16, .bytes = 8192, .pieces = 2}), 0U);
        EXPECT_EQ(guest.byte(0), value);
        EXPECT_EQ(guest.byte(8191), value);
        lba += 16;
        ++value;
    }
    EXPECT_EQ(disk->counts().flushes, 1U) << "WRITE DMA FUA EXT reaches stable storage";
}

TEST_F(AtaDiskTest, CylinderHeadSectorAddressesWork)
{
    disk->fill((2 * 16 + 3) * 63 * 512 + 4 * 512, std::vector<std::byte>(512, std::byte{0x42}));
    EXPECT_EQ(guest.run({.command = 0xc8, .lba = 5 | 2 << 8, .count = 1, .device = 3, .bytes = 512}), 1U);
    EXPECT_EQ(guest.byte(0), 0x42);
    expectAbort({.command = 0xc8, .lba = 0, .count = 1, .device = 0, .bytes = 512}, 0x10);
}

TEST_F(AtaDiskTest, RangesBeyondTheEndAreNotFound)
{
    constexpr std::uint64_t Last48 = (std::uint64_t{1} << 48) - 1;
    for (const int command : {0x25, 0x35, 0x24, 0x34, 0x42})
        for (const std::uint64_t lba : {Sectors, Sectors - 1, Last48})
            expectAbort(
                {.command = static_cast<std::uint8_t>(command), .lba = lba, .count = 2, .bytes = 1024}, 0x10);
    expectAbort({.command = 0x60, .lba = Sectors, .features = 1, .bytes = 512}, 0x10);
    EXPECT_EQ(disk->counts().reads + disk->counts().writes, 0U);
    EXPECT_EQ(guest.run({.command = 0x25, .lba = Sectors - 1, .count = 1, .bytes = 512}), 1U);
}

TEST_F(AtaDiskTest, CountZeroMeansTheLargestTransfer)
{
    EXPECT_EQ(guest.run({.command = 0xc8, .count = 0, .bytes = 256 * 512}), 1U);
    EXPECT_EQ(board.load<std::uint32_t>(guest.header(0) + 4), 256U * 512);
    expectAbort({.command = 0x25, .count = 0, .bytes = 512}, 0x10); // 65536 sectors: more than there are
}

TEST_F(AtaDiskTest, WriteCacheOffMakesEveryWriteStable)
{
    EXPECT_EQ(guest.run({.command = 0xef, .features = 0x82}), 1U);
    EXPECT_EQ(disk->counts().flushes, 1U);
    EXPECT_EQ(guest.run({.command = 0x35, .count = 1, .bytes = 512, .write = true}), 1U);
    EXPECT_EQ(disk->counts().flushes, 2U);
    EXPECT_EQ(guest.run({.command = 0xea}), 1U);
    EXPECT_EQ(guest.run({.command = 0xe7}), 1U);
    EXPECT_EQ(disk->counts().flushes, 4U);
    EXPECT_EQ(guest.run({.command = 0xef, .features = 0x02}), 1U);
    EXPECT_EQ(guest.run({.command = 0x35, .count = 1, .bytes = 512, .write = true}), 1U);
    EXPECT_EQ(disk->counts().flushes, 4U);
}

TEST_F(AtaDiskTest, TrimDiscardsEachRangeAndRefusesWildOnes)
{
    board.storeBytes(Guest::Buffer, std::vector<std::byte>(512));
    board.store<std::uint64_t>(Guest::Buffer, 8 | std::uint64_t{16} << 48);
    board.store<std::uint64_t>(Guest::Buffer + 8, 100 | std::uint64_t{1} << 48);
    EXPECT_EQ(guest.run({.command = 0x06, .count = 1, .features = 1, .bytes = 512, .write = true}), 1U);
    EXPECT_EQ(disk->counts().discards, 2U);
    EXPECT_EQ(disk->contents(8 * 512, 1).front(), std::byte{0xdd});
    EXPECT_EQ(disk->contents(24 * 512, 1).front(), std::byte{0});
    board.store<std::uint64_t>(Guest::Buffer + 8, 0xffff'ffff'ffff | std::uint64_t{0xffff} << 48);
    expectAbort({.command = 0x06, .count = 1, .features = 1, .bytes = 512, .write = true}, 0x10);
    EXPECT_EQ(disk->counts().discards, 2U);
    expectAbort({.command = 0x06, .count = 9, .features = 1, .bytes = 9 * 512, .write = true});
}

TEST_F(AtaDiskTest, VerifyReadsTheWholeRange)
{
    EXPECT_EQ(guest.run({.command = 0x42, .lba = 0, .count = 1200}), 1U);
    EXPECT_EQ(disk->counts().reads, 3U);
    disk->failNext(BlockStatus::IoError);
    expectAbort({.command = 0x40, .lba = 0, .count = 1}, 0x40);
}

TEST_F(AtaDiskTest, HostFailuresBecomeErrors)
{
    disk->failNext(BlockStatus::IoError);
    expectAbort({.command = 0x25, .count = 1, .bytes = 512}, 0x40);
    disk->failNext(BlockStatus::NoSpace);
    expectAbort({.command = 0x35, .count = 1, .bytes = 512, .write = true}, 0x84);
    disk->failNext(BlockStatus::IoError);
    expectAbort({.command = 0xea}, 0x40);
}

TEST_F(AtaDiskTest, PowerSmartAndSettingsAnswer)
{
    EXPECT_EQ(guest.run({.command = 0xe0}), 1U);
    EXPECT_EQ(guest.run({.command = 0xe5}), 1U);
    EXPECT_EQ(board.load<std::uint8_t>(guest.fis(0x4c)), 0x00);
    EXPECT_EQ(guest.run({.command = 0xe1}), 1U);
    EXPECT_EQ(guest.run({.command = 0xe5}), 1U);
    EXPECT_EQ(board.load<std::uint8_t>(guest.fis(0x4c)), 0xff);
    EXPECT_EQ(guest.run({.command = 0xb0, .lba = 0xc24f00, .features = 0xda}), 1U);
    EXPECT_EQ(board.load<std::uint8_t>(guest.fis(0x45)), 0x4f);
    EXPECT_EQ(board.load<std::uint8_t>(guest.fis(0x46)), 0xc2);
    EXPECT_EQ(guest.run({.command = 0xb0, .lba = 0xc24f00, .features = 0xd0, .bytes = 512}), 2U);
    expectAbort({.command = 0xb0, .lba = 0x123400, .features = 0xda});
    EXPECT_EQ(guest.run({.command = 0xef, .count = 0x45, .features = 0x03}), 1U);
    expectAbort({.command = 0xef, .count = 0x47, .features = 0x03});
    EXPECT_EQ(guest.run({.command = 0xc6, .count = 8}), 1U);
    expectAbort({.command = 0xc6, .count = 3});
}

TEST_F(AtaDiskTest, UnknownCommandsAbort)
{
    unsigned refused = 0;
    for (unsigned command = 0; command < 256; ++command) {
        const std::uint32_t status =
            guest.run({.command = static_cast<std::uint8_t>(command), .lba = 1, .count = 1, .bytes = 512});
        EXPECT_EQ(guest.reg(Guest::PxTFD) & 0x88, 0U) << command;
        if ((status & 0x40000000) != 0) {
            ++refused;
            guest.recover();
        }
    }
    EXPECT_GT(refused, 200U);
    EXPECT_LT(refused, 230U);
}

class ReadOnlyDisk : public AtaDiskTest {
protected:
    ReadOnlyDisk() : AtaDiskTest(BlockInfo{.readOnly = true}) {}
};

TEST_F(ReadOnlyDisk, RefusesEveryWrite)
{
    for (const int command : {0xca, 0x35, 0x30, 0x34, 0xc5, 0x39, 0x3d})
        expectAbort({.command = static_cast<std::uint8_t>(command), .count = 1, .bytes = 512, .write = true});
    EXPECT_EQ(disk->counts().writes, 0U);
    expectAbort({.command = 0x06, .count = 1, .features = 1, .bytes = 512, .write = true});
}

} // namespace
} // namespace engine::test
