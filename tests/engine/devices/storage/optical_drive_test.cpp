// SPDX-License-Identifier: GPL-3.0-or-later
// MMC-6 over PACKET, through an AHCI port.
#include "ahci_guest.h"

#include <gtest/gtest.h>

namespace engine::test {
namespace {

using Guest = AhciGuest;

constexpr std::uint32_t Good = 0x1;
constexpr std::uint32_t Failed = 0x40000001;

class OpticalDriveTest : public ::testing::Test {
protected:
    OpticalDriveTest()
    {
        controller.attachOptical(0, drive);
        board.insert(controller);
        guest.enablePci();
        guest.start();
    }
    ~OpticalDriveTest() override { controller.detach(0); }
    void settle()
    {
        loop->runAndWait([] {});
    }
    void insert(std::shared_ptr<MemoryBlockBackend> next)
    {
        drive->setMedium(std::move(next));
        settle();
    }
    std::uint32_t packet(std::vector<std::uint8_t> bytes, std::uint32_t transfer = 0)
    {
        const std::uint32_t status = guest.packet(std::move(bytes), transfer);
        if (status != Good)
            guest.recover();
        return status;
    }
    /// Sense key, code and qualifier as one number.
    std::uint32_t sense()
    {
        EXPECT_EQ(packet({0x03, 0, 0, 0, 18}, 18), Good);
        return guest.byte(2) * 0x10000U + guest.byte(12) * 0x100U + guest.byte(13);
    }
    void insertAndAcknowledge()
    {
        insert(medium);
        EXPECT_EQ(packet({0x00}), Failed);
        EXPECT_EQ(sense(), 0x062800U);
        EXPECT_EQ(packet({0x00}), Good);
    }

    std::unique_ptr<EventLoop> loop = EventLoop::create("drive").value();
    PciTestBoard board;
    std::atomic<int> opened = 0;
    std::atomic<int> lockChanges = 0;
    std::shared_ptr<OpticalDrive> drive = OpticalDrive::create(
        *loop, board.log, "cd0",
        {.guestOpenedTray = [this] { ++opened; }, .lockChanged = [this](bool) { ++lockChanges; }});
    std::shared_ptr<MemoryBlockBackend> medium =
        std::make_shared<MemoryBlockBackend>(1000 * 2048, BlockInfo{.readOnly = true});
    AhciController controller{board.memory, board.log};
    Guest guest{board, 0};
};

TEST_F(OpticalDriveTest, ShowsThePacketSignatureAndIdentity)
{
    EXPECT_EQ(guest.reg(Guest::PxSIG), 0xeb140101U);
    EXPECT_NE(guest.run({.command = 0xec, .bytes = 512}) & 0x40000000, 0U);
    EXPECT_EQ(board.load<std::uint8_t>(guest.fis(0x45)), 0x14);
    EXPECT_EQ(board.load<std::uint8_t>(guest.fis(0x46)), 0xeb);
    guest.recover();
    EXPECT_EQ(guest.run({.command = 0xa1, .bytes = 512}), 2U);
    EXPECT_EQ(board.load<std::uint16_t>(Guest::Buffer), 0x85c0);
    EXPECT_EQ(packet({0x12, 0, 0, 0, 36}, 36), Good);
    EXPECT_EQ(guest.byte(0), 0x05);
    EXPECT_EQ(guest.byte(1), 0x80);
    EXPECT_EQ(packet({0x12, 1, 0x83, 0, 255}, 255), Good);
    EXPECT_EQ(guest.byte(1), 0x83);
    EXPECT_EQ(packet({0x12, 1, 0x99, 0, 255}, 255), Failed);
}

TEST_F(OpticalDriveTest, EmptyDriveSaysThereIsNoMedium)
{
    EXPECT_EQ(packet({0x00}), Failed);
    EXPECT_EQ(sense(), 0x023a01U);
    EXPECT_EQ(packet({0x25}, 8), Failed);
    EXPECT_EQ(sense(), 0x023a01U);
    EXPECT_EQ(sense(), 0U) << "told once";
}

TEST_F(OpticalDriveTest, ReadsSectorsFromAMediumOnAnotherThread)
{
    insertAndAcknowledge();
    medium->fill(17 * 2048, std::vector<std::byte>(4096, std::byte{0x61}));
    EXPECT_EQ(packet({0x25}, 8), Good);
    EXPECT_EQ(guest.byte(2) << 8 | guest.byte(3), 999);
    EXPECT_EQ(guest.byte(6), 8);
    EXPECT_EQ(packet({0x28, 0, 0, 0, 0, 17, 0, 0, 2}, 4096), Good);
    EXPECT_EQ(guest.byte(0), 0x61);
    EXPECT_EQ(guest.byte(4095), 0x61);
    EXPECT_EQ(board.load<std::uint32_t>(guest.header(0) + 4), 4096U);
    board.storeBytes(Guest::Buffer, std::vector<std::byte>(4096));
    EXPECT_EQ(packet({0xa8, 0, 0, 0, 0, 18, 0, 0, 0, 1}, 2048), Good);
    EXPECT_EQ(guest.byte(2047), 0x61);
    EXPECT_EQ(packet({0xbe, 0, 0, 0, 0, 18, 0, 0, 1, 0x10}, 2048), Good);
    EXPECT_EQ(packet({0x28, 0, 0, 0, 3, 232, 0, 0, 1}, 2048), Failed);
    EXPECT_EQ(sense(), 0x052100U);
    EXPECT_EQ(packet({0xa8, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, 2048), Failed);
    EXPECT_EQ(sense(), 0x052100U);
}

TEST_F(OpticalDriveTest, RawSectorsCarrySyncAndHeader)
{
    insertAndAcknowledge();
    medium->fill(0, std::vector<std::byte>(2048, std::byte{0x33}));
    EXPECT_EQ(packet({0xbe, 0, 0, 0, 0, 0, 0, 0, 2, 0xf8}, 4704), Good);
    EXPECT_EQ(guest.byte(0), 0x00);
    EXPECT_EQ(guest.byte(1), 0xff);
    EXPECT_EQ(guest.byte(13), 0x02) << "two seconds of lead-in";
    EXPECT_EQ(guest.byte(15), 1);
    EXPECT_EQ(guest.byte(16), 0x33);
    EXPECT_EQ(guest.byte(2063), 0x33);
    EXPECT_EQ(guest.byte(2064), 0);
    EXPECT_EQ(guest.byte(2352 + 14), 0x01);
}

TEST_F(OpticalDriveTest, TellsTableOfContentsAndConfiguration)
{
    insertAndAcknowledge();
    EXPECT_EQ(packet({0x43, 0, 0, 0, 0, 0, 0, 0, 255}, 255), Good);
    EXPECT_EQ(guest.byte(1), 18);
    EXPECT_EQ(guest.byte(14), 0xaa);
    EXPECT_EQ(guest.byte(18) << 8 | guest.byte(19), 1000);
    EXPECT_EQ(packet({0x43, 2, 0, 0, 0, 0, 0, 0, 255}, 255), Good);
    EXPECT_EQ(guest.byte(10), 2) << "track 1 starts after two seconds";
    EXPECT_EQ(packet({0x43, 0, 1, 0, 0, 0, 0, 0, 12}, 12), Good);
    EXPECT_EQ(guest.byte(1), 10);
    EXPECT_EQ(packet({0x43, 0, 2, 0, 0, 0, 0, 0, 255}, 255), Good);
    EXPECT_EQ(guest.byte(1), 2 + 4 * 11);
    EXPECT_EQ(packet({0x43, 0, 5, 0, 0, 0, 0, 0, 255}, 255), Failed);
    EXPECT_EQ(packet({0x46, 0, 0, 0, 0, 0, 0, 1, 0}, 256), Good);
    EXPECT_EQ(guest.byte(7), 0x08) << "current profile: CD-ROM";
    EXPECT_EQ(packet({0x46, 2, 0, 3, 0, 0, 0, 1, 0}, 256), Good);
    EXPECT_EQ(guest.byte(3), 12);
    EXPECT_EQ(guest.byte(9), 0x03);
    EXPECT_EQ(packet({0x51, 0, 0, 0, 0, 0, 0, 0, 34}, 34), Good);
    EXPECT_EQ(guest.byte(1), 32);
    EXPECT_EQ(packet({0x5a, 0, 0x2a, 0, 0, 0, 0, 0, 128}, 128), Good);
    EXPECT_EQ(guest.byte(8), 0x2a);
    EXPECT_EQ(packet({0x1a, 0, 0x3f, 0, 128}, 128), Good);
    EXPECT_EQ(guest.byte(4), 0x01);
    EXPECT_EQ(packet({0xbd, 0, 0, 0, 0, 0, 0, 0, 0, 8}, 8), Good);
}

TEST_F(OpticalDriveTest, ExchangeShowsTheGapTheEventAndTheAttention)
{
    insertAndAcknowledge();
    EXPECT_EQ(packet({0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8}, 8), Good);
    EXPECT_EQ(guest.byte(4), 2) << "new media";
    EXPECT_EQ(guest.byte(5), 2);
    EXPECT_EQ(packet({0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8}, 8), Good);
    EXPECT_EQ(guest.byte(4), 0);
    insert(std::make_shared<MemoryBlockBackend>(500'000 * 2048LL >> 4, BlockInfo{.readOnly = true}));
    EXPECT_EQ(packet({0x00}), Failed);
    EXPECT_EQ(sense(), 0x023a01U);
    EXPECT_EQ(packet({0x00}), Failed);
    EXPECT_EQ(sense(), 0x062800U);
    EXPECT_EQ(packet({0x00}), Good);
    insert(nullptr);
    EXPECT_EQ(packet({0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8}, 8), Good);
    EXPECT_EQ(guest.byte(4), 3) << "media removal";
    EXPECT_EQ(packet({0x00}), Failed);
    EXPECT_EQ(sense(), 0x023a01U);
}

TEST_F(OpticalDriveTest, LockedTrayAsksTheGuestAndOpensWhenItAgrees)
{
    insertAndAcknowledge();
    (void)packet({0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8}, 8);
    EXPECT_EQ(packet({0x1e, 0, 0, 0, 1}), Good);
    EXPECT_TRUE(drive->isLocked());
    EXPECT_EQ(lockChanges, 1);
    EXPECT_EQ(packet({0x1b, 0, 0, 0, 2}), Failed);
    EXPECT_EQ(sense(), 0x055302U);
    drive->requestEject();
    settle();
    EXPECT_FALSE(drive->isTrayOpen());
    EXPECT_EQ(packet({0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8}, 8), Good);
    EXPECT_EQ(guest.byte(4), 1) << "eject request";
    EXPECT_EQ(packet({0x1e, 0, 0, 0, 0}), Good);
    EXPECT_EQ(packet({0x1b, 0, 0, 0, 2}), Good);
    EXPECT_TRUE(drive->isTrayOpen());
    EXPECT_EQ(opened, 1);
    EXPECT_EQ(packet({0x00}), Failed);
    EXPECT_EQ(sense(), 0x023a02U);
    EXPECT_EQ(packet({0x1b, 0, 0, 0, 3}), Good);
    EXPECT_EQ(packet({0x00}), Failed);
    EXPECT_EQ(sense(), 0x062800U);
    EXPECT_EQ(packet({0x00}), Good);
}

TEST_F(OpticalDriveTest, ErrorsOfTheHostAreReadErrors)
{
    insertAndAcknowledge();
    medium->failNext(BlockStatus::IoError);
    EXPECT_EQ(packet({0x28, 0, 0, 0, 0, 0, 0, 0, 1}, 2048), Failed);
    EXPECT_EQ(sense(), 0x031100U);
}

TEST_F(OpticalDriveTest, MediumTakenOutDuringAReadIsSafe)
{
    insertAndAcknowledge();
    medium->hold();
    guest.prepare(0,
                  {.command = 0xa0, .features = 1, .bytes = 2048, .packet = {0x28, 0, 0, 0, 0, 0, 0, 0, 1}});
    guest.setReg(Guest::PxIS, ~0U);
    guest.setReg(Guest::PxCI, 1);
    ASSERT_TRUE(eventually([&] { return medium->waiting() == 1; }));
    insert(nullptr);
    medium->release();
    EXPECT_TRUE(eventually([&] { return guest.reg(Guest::PxIS) == Good; }));
}

TEST_F(OpticalDriveTest, EveryPacketIsSurvived)
{
    insertAndAcknowledge();
    for (unsigned operation = 0; operation < 256; ++operation)
        for (const int fill : {0x00, 0x01, 0x7f, 0xff}) {
            std::vector<std::uint8_t> bytes(12, static_cast<std::uint8_t>(fill));
            bytes[0] = static_cast<std::uint8_t>(operation);
            (void)packet(bytes, 4096);
            EXPECT_EQ(guest.reg(Guest::PxTFD) & 0x88, 0U) << operation;
        }
    (void)packet({0x1b, 0, 0, 0, 3});
    (void)packet({0x00});
    (void)packet({0x00});
    EXPECT_EQ(packet({0x00}), Good);
}

TEST_F(OpticalDriveTest, StateRoundTripKeepsLockTrayAndSense)
{
    insertAndAcknowledge();
    (void)packet({0x1e, 0, 0, 0, 1});
    (void)packet({0xff});
    StateWriter writer;
    loop->runAndWait([&] { drive->saveState(writer); });
    auto other = OpticalDrive::create(*loop, board.log, "cd0");
    StateReader reader(writer.data());
    ASSERT_TRUE(other->restoreState(reader));
    EXPECT_TRUE(other->isLocked());
    StateWriter again;
    other->saveState(again);
    EXPECT_TRUE(std::ranges::equal(writer.data(), again.data()));
    StateReader cut(writer.data().first(writer.data().size() - 1));
    EXPECT_FALSE(other->restoreState(cut));
}

} // namespace
} // namespace engine::test
