// SPDX-License-Identifier: GPL-3.0-or-later
// AHCI 1.3.1: the controller as a driver sees it.
#include "ahci_guest.h"

#include <gtest/gtest.h>

#include <random>

namespace engine::test {
namespace {

using Guest = AhciGuest;

class Ahci : public ::testing::Test {
protected:
    Ahci()
    {
        controller.attachDisk(0, disk);
        board.insert(controller, {.device = 0x1f, .function = 2});
        guest.enablePci();
    }
    Guest::Spec readDma(std::uint64_t lba, std::uint16_t sectors) const
    {
        return {.command = 0x25, .lba = lba, .count = sectors, .bytes = 512U * sectors};
    }
    Guest::Spec queued(std::uint8_t command, std::uint64_t lba, unsigned tag, bool write) const
    {
        return {.command = command,
                .lba = lba,
                .count = static_cast<std::uint16_t>(tag << 3),
                .features = 1,
                .buffer = Guest::Buffer + 512U * tag,
                .bytes = 512,
                .write = write};
    }

    PciTestBoard board;
    std::shared_ptr<MemoryBlockBackend> disk =
        std::make_shared<MemoryBlockBackend>(1 << 20, BlockInfo{.canDiscard = true});
    AhciController controller{board.memory, board.log};
    Guest guest{board, 0};
};

TEST_F(Ahci, IdentifiesItselfAsTheIch9Controller)
{
    EXPECT_EQ(board.configRead(0x00, 4), 0x29228086U);
    EXPECT_EQ(board.configRead(0x08, 4), 0x01060102U);
    EXPECT_EQ(board.configRead(0x0e, 1), 0x80U);
    EXPECT_EQ(board.configRead(0x34, 1), 0x80U);
    EXPECT_EQ(board.configRead(0x80, 2), 0xa805U);
    EXPECT_EQ(board.configRead(0x90, 1), 0x40U);
    EXPECT_EQ(board.configRead(0xa8, 4), 0x00100012U);
    EXPECT_EQ(board.configRead(0xac, 4), 0x00000048U);
    EXPECT_EQ(board.configRead(0x3d, 1), 1U);
}

TEST_F(Ahci, ResetValuesMatchTheReferenceMachine)
{
    EXPECT_EQ(guest.global(0x00), 0xc0141f05U);
    EXPECT_EQ(guest.global(0x04), 0x80000000U);
    EXPECT_EQ(guest.global(0x0c), 0x3fU);
    EXPECT_EQ(guest.global(0x10), 0x00010000U);
    EXPECT_EQ(guest.reg(Guest::PxCMD), 0x6U);
    EXPECT_EQ(guest.reg(Guest::PxSSTS), 0x113U);
    EXPECT_EQ(guest.reg(Guest::PxSIG), 0x101U);
    EXPECT_EQ(guest.reg(Guest::PxTFD) & 0x88, 0U);
    const Guest empty(board, 3);
    EXPECT_EQ(empty.reg(Guest::PxSSTS), 0U);
    EXPECT_EQ(empty.reg(Guest::PxSIG), 0xffffffffU);
    EXPECT_EQ(empty.reg(Guest::PxTFD), 0x7fU);
}

TEST_F(Ahci, SeaBiosSequenceFindsAndReadsTheDisk)
{
    guest.setGlobal(0x04, 0x80000000);
    guest.setReg(0x00, Guest::ListBase);
    guest.setReg(0x08, Guest::FisBase);
    guest.setReg(Guest::PxIE, 0);
    guest.setReg(Guest::PxCMD, 0x16);
    EXPECT_EQ(guest.reg(Guest::PxCMD), 0x4016U);
    EXPECT_EQ(guest.reg(Guest::PxSSTS) & 7, 3U);
    guest.setReg(Guest::PxCMD, 0x17);
    EXPECT_EQ(guest.reg(Guest::PxCMD) & 0xe0ff, 0xc017U);
    // IDENTIFY PACKET DEVICE is refused, error recovery, IDENTIFY DEVICE succeeds.
    EXPECT_EQ(guest.run({.command = 0xa1, .bytes = 512}) & 0x40000001, 0x40000001U);
    EXPECT_EQ(guest.reg(Guest::PxTFD), 0x0451U);
    guest.setReg(Guest::PxSACT, 1); // the firmware does this for every command
    guest.recover();
    EXPECT_EQ(guest.reg(Guest::PxCI), 0U);
    EXPECT_EQ(guest.run({.command = 0xec, .bytes = 512}), 0x2U);
    EXPECT_EQ(board.load<std::uint8_t>(guest.fis(0x20)), 0x5f); // PIO setup, with DRDY set
    EXPECT_EQ(board.load<std::uint8_t>(guest.fis(0x22)) & 0xc0, 0x40);
    EXPECT_EQ(board.load<std::uint16_t>(Guest::Buffer + 120), 2048); // sectors
    const std::vector<std::byte> pattern(512, std::byte{0xa7});
    disk->fill(512, pattern);
    EXPECT_EQ(guest.run({.command = 0xc8, .lba = 1, .count = 1, .bytes = 512}), 0x1U);
    EXPECT_EQ(board.load<std::uint8_t>(guest.fis(0x40)), 0x34);
    EXPECT_EQ(guest.byte(0), 0xa7);
    EXPECT_EQ(board.load<std::uint32_t>(guest.header(0) + 4), 512U);
}

TEST_F(Ahci, LinuxSequenceResetsThePortSoftlyAndShowsTheSignature)
{
    guest.setGlobal(0x04, 0x80000001);
    ASSERT_TRUE(eventually([&] { return (guest.global(0x04) & 1) == 0; }));
    guest.start();
    guest.prepare(0, {.control = true, .controlValue = 0x04});
    guest.setReg(Guest::PxCI, 1);
    ASSERT_TRUE(eventually([&] { return guest.reg(Guest::PxCI) == 0; }));
    guest.prepare(0, {.control = true, .controlValue = 0});
    guest.setReg(Guest::PxCI, 1);
    ASSERT_TRUE(eventually([&] { return guest.reg(Guest::PxCI) == 0; }));
    EXPECT_EQ(guest.reg(Guest::PxTFD) & 0x88, 0U);
    EXPECT_EQ(guest.reg(Guest::PxSIG), 0x101U);
    EXPECT_EQ(board.load<std::uint8_t>(guest.fis(0x40)), 0x34);
    EXPECT_EQ(board.load<std::uint8_t>(guest.fis(0x4c)), 1);
}

TEST_F(Ahci, ComresetTakesTheLinkDownAndUp)
{
    guest.start();
    guest.setReg(Guest::PxCMD, 0x16);
    guest.setReg(Guest::PxSCTL, 0x301);
    EXPECT_EQ(guest.reg(Guest::PxSSTS), 0U);
    EXPECT_EQ(guest.reg(Guest::PxTFD), 0x7fU);
    guest.setReg(Guest::PxSCTL, 0x300);
    EXPECT_EQ(guest.reg(Guest::PxSSTS), 0x113U);
    EXPECT_NE(guest.reg(Guest::PxSERR) & (1U << 26), 0U);
    EXPECT_EQ(guest.reg(Guest::PxSIG), 0x101U);
}

TEST_F(Ahci, QueuedCommandsRunBesideEachOtherAndEndInAnyOrder)
{
    guest.start();
    for (unsigned tag = 0; tag < 32; ++tag) {
        const std::vector<std::byte> pattern(512, std::byte(static_cast<std::uint8_t>(tag + 1)));
        disk->fill(512U * tag, pattern);
        guest.prepare(tag, queued(0x60, tag, tag, false));
    }
    disk->hold();
    guest.setReg(Guest::PxSACT, ~0U);
    guest.setReg(Guest::PxCI, ~0U);
    ASSERT_TRUE(eventually([&] { return disk->waiting() == 32; }));
    EXPECT_EQ(guest.reg(Guest::PxCI), 0U);
    EXPECT_EQ(guest.reg(Guest::PxSACT), ~0U);
    disk->release(true);
    ASSERT_TRUE(eventually([&] { return guest.reg(Guest::PxSACT) == 0; }));
    EXPECT_EQ(guest.reg(Guest::PxIS), 0x8U);
    EXPECT_EQ(board.load<std::uint8_t>(guest.fis(0x58)), 0xa1);
    for (unsigned tag = 0; tag < 32; ++tag)
        EXPECT_EQ(guest.byte(512U * tag), tag + 1);
}

TEST_F(Ahci, FailedQueuedCommandHaltsAndLogPageTellsTheTag)
{
    guest.start();
    guest.prepare(5, queued(0x60, 7, 5, false));
    disk->failNext(BlockStatus::IoError);
    guest.setReg(Guest::PxSACT, 1U << 5);
    guest.setReg(Guest::PxCI, 1U << 5);
    ASSERT_TRUE(eventually([&] { return guest.reg(Guest::PxIS) != 0; }));
    EXPECT_EQ(guest.reg(Guest::PxIS), 0x40000008U);
    EXPECT_EQ(guest.reg(Guest::PxTFD), 0x4051U);
    EXPECT_EQ(guest.reg(Guest::PxSACT), 1U << 5);
    guest.recover();
    EXPECT_EQ(guest.reg(Guest::PxSACT), 0U);
    EXPECT_EQ(guest.run({.command = 0x2f, .lba = 0x10, .count = 1, .bytes = 512}), 0x2U);
    EXPECT_EQ(guest.byte(0), 5);
    EXPECT_EQ(guest.byte(2), 0x51);
    EXPECT_EQ(guest.byte(3), 0x40);
    EXPECT_EQ(guest.byte(4), 7);
    unsigned sum = 0;
    for (unsigned i = 0; i < 512; ++i)
        sum += guest.byte(i);
    EXPECT_EQ(sum % 256, 0U);
}

TEST_F(Ahci, StoppingKeepsTheListRunningUntilTheDiskIsThrough)
{
    guest.start();
    disk->hold();
    guest.prepare(0, readDma(0, 1));
    guest.setReg(Guest::PxCI, 1);
    ASSERT_TRUE(eventually([&] { return disk->waiting() == 1; }));
    EXPECT_NE(guest.reg(Guest::PxTFD) & 0x80, 0U);
    guest.setReg(Guest::PxCMD, 0x16);
    EXPECT_EQ(guest.reg(Guest::PxCI), 0U);
    EXPECT_NE(guest.reg(Guest::PxCMD) & 0x8000, 0U);
    disk->release();
    ASSERT_TRUE(eventually([&] { return (guest.reg(Guest::PxCMD) & 0x8000) == 0; }));
    EXPECT_EQ(guest.reg(Guest::PxIS), 0U) << "a completion from before the stop must reach nobody";
    guest.recover();
    EXPECT_EQ(guest.run(readDma(0, 1)), 1U);
}

TEST_F(Ahci, ControllerResetLastsUntilTheDiskIsThroughAndDropsTheCompletion)
{
    guest.start();
    disk->hold();
    guest.prepare(3, readDma(0, 1));
    guest.setReg(Guest::PxCI, 8);
    ASSERT_TRUE(eventually([&] { return disk->waiting() == 1; }));
    guest.setGlobal(0x04, 0x80000001);
    EXPECT_EQ(guest.global(0x04), 0x80000001U);
    disk->release();
    ASSERT_TRUE(eventually([&] { return guest.global(0x04) == 0x80000000; }));
    EXPECT_EQ(guest.reg(Guest::PxIS), 0U);
    guest.start();
    EXPECT_EQ(guest.run(readDma(0, 1)), 1U);
}

TEST_F(Ahci, PowerOnResetWaitsForRunningCommands)
{
    guest.start();
    disk->hold();
    guest.prepare(0, readDma(0, 1));
    guest.setReg(Guest::PxCI, 1);
    ASSERT_TRUE(eventually([&] { return disk->waiting() == 1; }));
    std::jthread later([&] { disk->release(); });
    board.root.reset();
    EXPECT_TRUE(controller.waitIdle(std::chrono::seconds(10)));
    guest.enablePci();
    EXPECT_EQ(guest.reg(Guest::PxCI), 0U);
    EXPECT_EQ(guest.reg(0x00), 0U);
    guest.start();
    EXPECT_EQ(guest.run(readDma(0, 1)), 1U);
}

TEST_F(Ahci, WireFollowsEnablesAndMessagesReplaceIt)
{
    guest.start();
    guest.setReg(Guest::PxIE, 0x1);
    (void)guest.run(readDma(0, 1));
    EXPECT_EQ(guest.global(0x08), 1U);
    EXPECT_FALSE(board.irq->asserted());
    guest.setGlobal(0x04, 0x80000002);
    EXPECT_TRUE(board.irq->asserted());
    guest.setGlobal(0x08, 1); // the port still asks, so the bit comes back
    EXPECT_TRUE(board.irq->asserted());
    guest.setReg(Guest::PxIS, ~0U);
    guest.setGlobal(0x08, 1);
    EXPECT_FALSE(board.irq->asserted());

    board.configWrite(0x84, 4, 0xfee00000);
    board.configWrite(0x8c, 2, 0x77);
    board.configWrite(0x82, 2, 1);
    (void)guest.run(readDma(0, 1));
    EXPECT_TRUE(eventually([&] { return board.msi.count(0x77) == 1; }));
    EXPECT_FALSE(board.irq->asserted());
}

TEST_F(Ahci, CommandsWaitForBusMastering)
{
    guest.start();
    board.configWrite(0x04, 2, 0x3);
    guest.prepare(0, readDma(0, 1));
    guest.setReg(Guest::PxCI, 1);
    disk->loop().runAndWait([] {});
    EXPECT_EQ(guest.reg(Guest::PxCI), 1U);
    board.configWrite(0x04, 2, 0x7);
    EXPECT_TRUE(eventually([&] { return guest.reg(Guest::PxCI) == 0; }));
}

TEST_F(Ahci, HotPlugRaisesConnectChange)
{
    const Guest port(board, 2);
    port.setReg(Guest::PxIE, 0x00400040);
    guest.setGlobal(0x04, 0x80000002);
    auto second = std::make_shared<MemoryBlockBackend>(1 << 16);
    controller.attachDisk(2, second);
    EXPECT_EQ(port.reg(Guest::PxSSTS), 0x113U);
    EXPECT_EQ(port.reg(Guest::PxIS), 0x00400040U);
    EXPECT_TRUE(board.irq->asserted());
    port.setReg(Guest::PxSERR, ~0U);
    EXPECT_EQ(port.reg(Guest::PxIS), 0U);
    guest.setGlobal(0x08, ~0U);
    EXPECT_FALSE(board.irq->asserted());
    port.start();
    EXPECT_EQ(port.run(readDma(0, 1)), 1U);
    controller.detach(2);
    EXPECT_EQ(port.reg(Guest::PxSSTS), 0U);
    EXPECT_NE(port.reg(Guest::PxIS) & 0x00400000, 0U);
}

TEST_F(Ahci, BadAddressesAreHostBusErrors)
{
    guest.start();
    auto spec = readDma(0, 8);
    spec.buffer = 0xf000'0000;
    EXPECT_EQ(guest.run(spec), 0x20000000U);
    guest.recover();
    guest.setReg(0x04, 0xffffffff); // the command list, beyond everything
    guest.setReg(Guest::PxCI, 1);
    ASSERT_TRUE(eventually([&] { return guest.reg(Guest::PxIS) != 0; }));
    EXPECT_EQ(guest.reg(Guest::PxIS), 0x20000000U);
    guest.recover();
    guest.setReg(0x04, 0);
    guest.setReg(0x0c, 0xffffffff); // FISes that go nowhere stop nothing
    EXPECT_EQ(guest.run(readDma(0, 1)), 1U);
}

TEST_F(Ahci, HostileTablesEndInErrors)
{
    guest.start();
    auto spec = readDma(0, 16);
    spec.bytes = 4096; // half of what the command moves
    EXPECT_NE(guest.run(spec) & 0x40000000, 0U);
    guest.recover();
    guest.prepare(0, readDma(0, 1));
    board.store<std::uint8_t>(guest.table(0), 0xa1); // not a host-to-device FIS
    guest.setReg(Guest::PxCI, 1);
    ASSERT_TRUE(eventually([&] { return guest.reg(Guest::PxIS) != 0; }));
    EXPECT_NE(guest.reg(Guest::PxIS) & 0x40000000, 0U);
    guest.recover();
    // 65535 descriptors of two bytes each, for a command that wants 32 MiB.
    guest.prepare(0, {.command = 0x25, .lba = 0, .count = 2048, .bytes = 512});
    board.store<std::uint32_t>(guest.header(0), 5U | 0xffffU << 16);
    guest.setReg(Guest::PxCI, 1);
    ASSERT_TRUE(eventually([&] { return guest.reg(Guest::PxIS) != 0; }));
    EXPECT_NE(guest.reg(Guest::PxIS) & 0x60000000, 0U);
    guest.recover();
    EXPECT_EQ(guest.run(readDma(0, 1)), 1U);
}

TEST_F(Ahci, IndexAndDataPortsReachTheRegisters)
{
    const auto out = [&](std::uint64_t port, std::uint32_t value) {
        std::array<std::byte, 4> bytes{};
        storeLittleEndian(bytes, value);
        board.ports.write(port, bytes);
    };
    const auto in = [&](std::uint64_t port) {
        std::array<std::byte, 4> bytes{};
        board.ports.read(port, bytes);
        return loadLittleEndian(bytes);
    };
    out(0xc050, 0x0c);
    EXPECT_EQ(in(0xc050), 0x0cU);
    EXPECT_EQ(in(0xc054), 0x3fU);
    out(0xc050, 0x118);
    out(0xc054, 0x10);
    EXPECT_EQ(in(0xc054), 0x4016U);
    EXPECT_EQ(guest.reg(Guest::PxCMD), 0x4016U);
}

TEST_F(Ahci, EveryOffsetWidthAndValueIsSurvived)
{
    std::mt19937 random(7); // NOLINT: repeatable
    for (std::uint64_t offset = 0; offset < 0x1000; ++offset)
        for (unsigned width = 1; width <= 8; ++width)
            for (const std::uint64_t value :
                 {std::uint64_t{0}, ~std::uint64_t{0}, std::uint64_t{random()} << 16}) {
                board.mmioWrite(Guest::Abar + offset, width, value);
                (void)board.mmioRead(Guest::Abar + offset, width);
            }
    guest.setGlobal(0x04, 0x80000001);
    ASSERT_TRUE(eventually([&] { return (guest.global(0x04) & 1) == 0; }));
    guest.start();
    EXPECT_EQ(guest.run(readDma(0, 1)), 1U);
}

TEST_F(Ahci, StateRoundTripKeepsRegistersAndRepeatsUnfinishedCommands)
{
    guest.start();
    guest.setReg(Guest::PxIE, 0x7d0000ff);
    disk->hold();
    guest.prepare(0, queued(0x61, 9, 0, true));
    board.storeBytes(Guest::Buffer, std::vector<std::byte>(512, std::byte{0x5c}));
    guest.setReg(Guest::PxSACT, 1);
    guest.setReg(Guest::PxCI, 1);
    ASSERT_TRUE(eventually([&] { return disk->waiting() == 1; }));
    StateWriter writer;
    controller.saveState(writer);

    PciTestBoard other;
    other.ram = board.ram;
    other.memory = GuestMemory::create({{.base = GuestAddress(0), .block = board.ram}}).value();
    auto copy = std::make_shared<MemoryBlockBackend>(1 << 20, BlockInfo{.canDiscard = true});
    AhciController restored(other.memory, other.log);
    restored.attachDisk(0, copy);
    other.insert(restored, {.device = 0x1f, .function = 2});
    StateReader reader(writer.data());
    ASSERT_TRUE(restored.restoreState(reader));
    const Guest after(other, 0);
    EXPECT_EQ(after.reg(Guest::PxIE), guest.reg(Guest::PxIE));
    EXPECT_EQ(after.reg(Guest::PxSACT), 1U);
    EXPECT_EQ(after.reg(0x00), guest.reg(0x00));
    restored.resumeWork();
    ASSERT_TRUE(eventually([&] { return after.reg(Guest::PxSACT) == 0; }));
    EXPECT_EQ(copy->contents(9 * 512, 1).front(), std::byte{0x5c});
    disk->release();
    ASSERT_TRUE(eventually([&] { return guest.reg(Guest::PxSACT) == 0; }));
    StateWriter again;
    controller.saveState(again);
    StateReader reread(again.data());
    ASSERT_TRUE(restored.restoreState(reread));
    StateWriter third;
    restored.saveState(third);
    EXPECT_TRUE(std::ranges::equal(again.data(), third.data()));
}

TEST_F(Ahci, DamagedStateChangesNothing)
{
    guest.start();
    StateWriter before;
    controller.saveState(before);
    std::mt19937 random(3); // NOLINT: repeatable
    for (std::size_t cut = 0; cut < before.data().size(); cut += 7) {
        StateReader reader(before.data().first(cut));
        EXPECT_FALSE(controller.restoreState(reader)) << cut;
    }
    StateWriter after;
    controller.saveState(after);
    EXPECT_TRUE(std::ranges::equal(before.data(), after.data()));
}

} // namespace
} // namespace engine::test
