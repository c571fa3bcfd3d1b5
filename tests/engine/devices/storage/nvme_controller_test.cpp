// SPDX-License-Identifier: GPL-3.0-or-later
// NVM Express 1.4: the controller as a driver sees it.
#include "nvme_guest.h"

#include <gtest/gtest.h>

#include <random>

namespace engine::test {
namespace {

TEST_F(Nvme, IdentifiesItselfByClassAndRegisters)
{
    EXPECT_EQ(board.configRead(0x08, 4) >> 8, 0x010802U);
    EXPECT_EQ(reg(0x00) & 0xffff, 1023U);
    EXPECT_NE(reg(0x00) & 1 << 16, 0U);
    EXPECT_EQ(reg(0x04) & 1 << 5, 1U << 5) << "NVM command set";
    EXPECT_EQ(reg(0x08), 0x00010400U);
    EXPECT_EQ(reg(0x1c), 0U);
}

TEST_F(Nvme, LinuxSequenceIdentifiesCreatesQueuesAndMovesData)
{
    ASSERT_TRUE(enable(32));
    EXPECT_EQ(run(0, {.opcode = 6, .dwords = {1}}).code(), 0U);
    EXPECT_EQ(board.load<std::uint32_t>(Data + 80), 0x00010400U);
    EXPECT_EQ(board.load<std::uint8_t>(Data + 4), 'M');
    EXPECT_EQ(board.load<std::uint8_t>(Data + 512), 0x66);
    EXPECT_EQ(board.load<std::uint32_t>(Data + 516), 1U);
    const Done queues = run(0, {.opcode = 9, .dwords = {7, 3 << 16 | 3}});
    EXPECT_EQ(queues.result, 15U << 16 | 15U);
    createQueues(1);
    createQueues(2);
    EXPECT_EQ(run(0, {.opcode = 6, .nsid = 0, .dwords = {2}}).code(), 0U);
    EXPECT_EQ(board.load<std::uint64_t>(Data), 1U);
    EXPECT_EQ(run(0, {.opcode = 6, .nsid = 1, .dwords = {3}}).code(), 0U);
    EXPECT_EQ(board.load<std::uint16_t>(Data), 0x0801);
    EXPECT_EQ(run(0, {.opcode = 6, .nsid = 1, .dwords = {0}}).code(), 0U);
    EXPECT_EQ(board.load<std::uint64_t>(Data), 8192U);
    EXPECT_EQ(board.load<std::uint8_t>(Data + 130), 9);
    for (unsigned queue = 1; queue <= 2; ++queue) {
        board.storeBytes(Data,
                         std::vector<std::byte>(4096, std::byte(static_cast<std::uint8_t>(0x20 + queue))));
        EXPECT_EQ(run(queue, io(1, 8 * queue, 8)).code(), 0U);
        board.storeBytes(Data, std::vector<std::byte>(4096));
        EXPECT_EQ(run(queue, io(2, 8 * queue, 8)).code(), 0U);
        EXPECT_EQ(board.load<std::uint8_t>(Data + 4095), 0x20 + queue);
    }
    EXPECT_EQ(run(1, {.opcode = 0, .nsid = 0xffffffff}).code(), 0U);
    EXPECT_EQ(disk->counts().flushes, 1U);
    EXPECT_EQ(run(0, {.opcode = 2, .nsid = 0xffffffff, .dwords = {2 | 127 << 16}}).code(), 0U);
    EXPECT_EQ(board.load<std::uint8_t>(Data + 3), 100);
    setReg(0x14, 0x00464001); // normal shutdown
    EXPECT_TRUE(eventually([&] { return (reg(0x1c) & 0xc) == 8; }));
    EXPECT_EQ(disk->counts().flushes, 2U);
    disable();
}

TEST_F(Nvme, PrpListsSpreadOneTransferOverPages)
{
    bringUp();
    constexpr unsigned Pages = 12;
    for (unsigned i = 0; i < Pages; ++i)
        board.store<std::uint64_t>(List + 8 * i, 0x20'0000 + 0x2000ULL * i); // every other page
    std::vector<std::byte> pattern(Pages * 4096);
    for (std::size_t i = 0; i < pattern.size(); ++i)
        pattern[i] = std::byte(static_cast<std::uint8_t>(i / 512 * 7));
    disk->fill(0, pattern);
    auto entry = io(2, 0, 96);
    entry.prp1 = Data + 512;
    entry.prp2 = List;
    EXPECT_EQ(run(1, entry).code(), 0U);
    EXPECT_EQ(board.load<std::uint8_t>(Data + 512), std::to_integer<std::uint8_t>(pattern[0]));
    EXPECT_EQ(board.load<std::uint8_t>(0x20'0000), std::to_integer<std::uint8_t>(pattern[4096 - 512]));
    EXPECT_EQ(board.load<std::uint8_t>(0x20'0000 + 0x2000 * 11 + 511),
              std::to_integer<std::uint8_t>(pattern[pattern.size() - 1]));
    // A list that goes on in another page.
    board.store<std::uint64_t>(List + 0xff0, 0x20'0000);
    board.store<std::uint64_t>(List + 0xff8, List + 0x1000);
    for (unsigned i = 0; i < Pages; ++i)
        board.store<std::uint64_t>(List + 0x1000 + 8 * i, 0x20'2000 + 0x2000ULL * i);
    entry.prp2 = List + 0xff0;
    EXPECT_EQ(run(1, entry).code(), 0U);
    EXPECT_EQ(board.load<std::uint8_t>(0x20'2000), std::to_integer<std::uint8_t>(pattern[2 * 4096 - 512]));
}

TEST_F(Nvme, HostilePrpsAreErrors)
{
    bringUp();
    auto entry = io(2, 0, 8);
    entry.prp1 = 0x7000'0000'0000;
    EXPECT_EQ(run(1, entry).code(), 0x004U);
    entry.prp1 = Data + 1;
    EXPECT_EQ(run(1, entry).code(), 0x013U);
    entry.prp1 = Data + 512;
    entry.prp2 = Data + 0x1001;
    EXPECT_EQ(run(1, entry).code(), 0x013U);
    entry = io(2, 0, 64);
    entry.prp2 = List + 4;
    EXPECT_EQ(run(1, entry).code(), 0x013U);
    entry.prp2 = ~7ULL;
    EXPECT_EQ(run(1, entry).code(), 0x004U);
    board.store<std::uint64_t>(List + 0xff8, List + 0x1001); // a chain pointer that is no page
    entry.prp2 = List + 0xff8;
    EXPECT_EQ(run(1, entry).code(), 0x013U);
    entry.prp2 = 0x7000'0000'0000;
    EXPECT_EQ(run(1, entry).code(), 0x004U);
    for (unsigned i = 0; i < 512; ++i)
        board.store<std::uint64_t>(List + 8 * i, List); // a list of itself
    entry.prp2 = List + 0xff0;
    EXPECT_EQ(run(1, entry).code(), 0U) << "the list's own bytes are a page like any other";
    entry = io(2, 0, 8);
    entry.flags = 0x40; // scatter lists are not offered
    EXPECT_EQ(run(1, entry).code(), 0x002U);
    EXPECT_EQ(run(1, io(2, 0, 8)).code(), 0U);
}

TEST_F(Nvme, RangesNamespacesAndOpcodesAreChecked)
{
    bringUp();
    EXPECT_EQ(run(1, io(2, 8192, 1)).code(), 0x080U);
    EXPECT_EQ(run(1, io(2, 8191, 2)).code(), 0x080U);
    auto wild = io(1, 0xffffffff, 8);
    wild.dwords[1] = 0xffffffff;
    EXPECT_EQ(run(1, wild).code(), 0x080U);
    EXPECT_EQ(run(1, io(2, 0, 65536)).code(), 0x002U) << "more than MDTS";
    auto other = io(2, 0, 1);
    other.nsid = 2;
    EXPECT_EQ(run(1, other).code(), 0x00bU);
    EXPECT_EQ(run(1, io(0x7f, 0, 1)).code(), 0x001U);
    EXPECT_EQ(run(0, {.opcode = 0xff}).code(), 0x001U);
    EXPECT_EQ(run(0, {.opcode = 6, .dwords = {0x77}}).code(), 0x002U);
    EXPECT_EQ(run(0, {.opcode = 2, .dwords = {0x99}}).code(), 0x109U);
    EXPECT_EQ(disk->counts().reads + disk->counts().writes, 0U);
}

TEST_F(Nvme, DatasetManagementAndWriteZeroes)
{
    bringUp();
    board.store<std::uint32_t>(Data, 0);
    board.store<std::uint32_t>(Data + 4, 8);
    board.store<std::uint64_t>(Data + 8, 16);
    EXPECT_EQ(run(1, {.opcode = 9, .nsid = 1, .dwords = {0, 4}}).code(), 0U);
    EXPECT_EQ(disk->contents(16 * 512, 1).front(), std::byte{0xdd});
    board.store<std::uint64_t>(Data + 8, ~0ULL);
    EXPECT_EQ(run(1, {.opcode = 9, .nsid = 1, .dwords = {0, 4}}).code(), 0x080U);
    EXPECT_EQ(disk->counts().discards, 1U);
    auto zero = io(8, 16, 8);
    zero.dwords[2] |= 1U << 25;
    EXPECT_EQ(run(1, zero).code(), 0U);
    EXPECT_EQ(disk->contents(16 * 512, 1).front(), std::byte{0});
    EXPECT_EQ(disk->counts().unmaps, 1U);
    EXPECT_EQ(run(1, io(8, 8190, 4)).code(), 0x080U);
}

TEST_F(Nvme, ForceUnitAccessAndCacheOffMakeWritesStable)
{
    bringUp();
    auto entry = io(1, 0, 1);
    entry.dwords[2] |= 1U << 30;
    EXPECT_EQ(run(1, entry).code(), 0U);
    EXPECT_EQ(disk->counts().flushes, 1U);
    EXPECT_EQ(run(0, {.opcode = 9, .dwords = {6, 0}}).code(), 0U);
    EXPECT_EQ(disk->counts().flushes, 2U);
    EXPECT_EQ(run(0, {.opcode = 10, .dwords = {6}}).result, 0U);
    EXPECT_EQ(run(1, io(1, 0, 1)).code(), 0U);
    EXPECT_EQ(disk->counts().flushes, 3U);
}

TEST_F(Nvme, HostFailuresBecomeMediaErrors)
{
    bringUp();
    disk->failNext(BlockStatus::IoError);
    EXPECT_EQ(run(1, io(2, 0, 1)).code(), 0x281U);
    disk->failNext(BlockStatus::IoError);
    EXPECT_EQ(run(1, io(1, 0, 1)).code(), 0x280U);
    disk->failNext(BlockStatus::NoSpace);
    EXPECT_EQ(run(1, io(1, 0, 1)).code(), 0x081U);
}

TEST_F(Nvme, QueueCommandsRefuseNonsense)
{
    ASSERT_TRUE(enable());
    const auto create = [&](std::uint8_t opcode, std::uint32_t id, std::uint32_t size, std::uint32_t dword11,
                            std::uint64_t base = 0x5'0000) {
        return run(0, {.opcode = opcode, .prp1 = base, .dwords = {(size - 1) << 16 | id, dword11}}).code();
    };
    EXPECT_EQ(create(1, 1, 16, 1 << 16 | 1), 0x100U) << "no completion queue";
    EXPECT_EQ(create(5, 0, 16, 1), 0x101U);
    EXPECT_EQ(create(5, 17, 16, 1), 0x101U);
    EXPECT_EQ(create(5, 0xffff, 16, 1), 0x101U);
    EXPECT_EQ(create(5, 1, 1, 1), 0x102U);
    EXPECT_EQ(create(5, 1, 1025, 1), 0x102U);
    EXPECT_EQ(create(5, 1, 16, 99U << 16 | 3), 0x108U);
    EXPECT_EQ(create(5, 1, 16, 2), 0x002U) << "not contiguous";
    EXPECT_EQ(create(5, 1, 16, 3, 0x5'0010), 0x013U);
    EXPECT_EQ(create(5, 1, 16, 1), 0U);
    EXPECT_EQ(create(5, 1, 16, 1), 0x101U) << "exists";
    EXPECT_EQ(create(1, 1, 16, 1 << 16 | 1, 0x5'2000), 0U);
    EXPECT_EQ(run(0, {.opcode = 4, .dwords = {1}}).code(), 0x10cU) << "in use";
    EXPECT_EQ(run(0, {.opcode = 0, .dwords = {9}}).code(), 0x101U);
    EXPECT_EQ(run(0, {.opcode = 0, .dwords = {1}}).code(), 0U);
    EXPECT_EQ(run(0, {.opcode = 4, .dwords = {1}}).code(), 0U);
    EXPECT_EQ(run(0, {.opcode = 4, .dwords = {0}}).code(), 0x101U);
}

TEST_F(Nvme, DeletingASubmissionQueueWaitsForItsCommands)
{
    bringUp();
    disk->hold();
    const auto first = submit(1, io(2, 0, 1));
    ASSERT_TRUE(eventually([&] { return disk->waiting() == 1; }));
    const auto deletion = submit(0, {.opcode = 0, .dwords = {1}});
    disk->loop().runAndWait([] {});
    EXPECT_FALSE(hasCompletion(0));
    disk->release();
    EXPECT_EQ(take(1).id, first);
    EXPECT_EQ(take(0).id, deletion);
}

TEST_F(Nvme, SameIdentifierTwiceIsAConflict)
{
    bringUp();
    disk->hold();
    auto entry = io(2, 0, 1);
    entry.id = 7;
    submit(1, entry);
    submit(1, entry);
    EXPECT_EQ(take(1).code(), 0x003U);
    disk->release();
    EXPECT_EQ(take(1).code(), 0U);
}

TEST_F(Nvme, FullCompletionQueueHoldsCommandsBack)
{
    ASSERT_TRUE(enable());
    rings[1] = {.entries = 16};
    EXPECT_EQ(run(0, {.opcode = 5, .prp1 = completionAt(1), .dwords = {3 << 16 | 1, 1}}).code(), 0U);
    EXPECT_EQ(run(0, {.opcode = 1, .prp1 = submissionAt(1), .dwords = {15 << 16 | 1, 1 << 16 | 1}}).code(),
              0U);
    for (unsigned i = 0; i < 12; ++i)
        submit(1, io(2, i, 1));
    rings[1].entries = 4; // of the completion queue, from here on
    ASSERT_TRUE(eventually([&] { return disk->counts().reads >= 3; }));
    disk->loop().runAndWait([] {});
    EXPECT_LE(disk->counts().reads, 7U);
    for (unsigned i = 0; i < 12; ++i)
        EXPECT_EQ(take(1).code(), 0U) << i;
    EXPECT_EQ(disk->counts().reads, 12U);
}

TEST_F(Nvme, DisableWaitsForTheDiskAndDropsCompletions)
{
    bringUp();
    disk->hold();
    submit(1, io(2, 0, 1));
    ASSERT_TRUE(eventually([&] { return disk->waiting() == 1; }));
    setReg(0x14, 0x00460000);
    disk->loop().runAndWait([] {});
    EXPECT_EQ(reg(0x1c), 1U) << "still ready while the disk may write to RAM";
    disk->release();
    EXPECT_TRUE(eventually([&] { return reg(0x1c) == 0; }));
    EXPECT_EQ(board.load<std::uint16_t>(completionAt(1) + 14) & 1, 0);
    bringUp();
    EXPECT_EQ(run(1, io(2, 0, 1)).code(), 0U);
}

TEST_F(Nvme, BadSettingsAndQueuesOutsideOfRamAreFatal)
{
    setReg(0x24, 0);
    setReg(0x14, 0x00460001);
    EXPECT_TRUE(eventually([&] { return reg(0x1c) == 2; }));
    disable();
    setReg(0x24, 0x000f000f);
    board.mmioWrite(Bar + 0x28, 8, 0x7000'0000'0000);
    board.mmioWrite(Bar + 0x30, 8, completionAt(0));
    setReg(0x14, 0x00460001);
    ASSERT_TRUE(eventually([&] { return reg(0x1c) == 1; }));
    setReg(0x1000, 1);
    EXPECT_TRUE(eventually([&] { return (reg(0x1c) & 2) != 0; }));
    disable();
    bringUp();
}

TEST_F(Nvme, WildDoorbellsRaiseAnEventAndNothingElse)
{
    bringUp();
    const auto request = submit(0, {.opcode = 12});
    for (std::uint64_t at = 0x1000; at < 0x1400; at += 4)
        if (at != 0x1000 && at != 0x1004)
            setReg(at, 0xffff'ffff);
    const Done event = take(0);
    EXPECT_EQ(event.id, request);
    EXPECT_EQ(event.result, 1U << 16 | 1U << 8);
    setReg(0x1008, rings[1].tail);
    setReg(0x100c, rings[1].head);
    EXPECT_EQ(run(1, io(2, 0, 1)).code(), 0U);
    for (unsigned i = 0; i < 5; ++i)
        submit(0, {.opcode = 12});
    EXPECT_EQ(take(0).code(), 0x105U) << "one more than the limit";
}

TEST_F(Nvme, WireAndMessagesTellCompletions)
{
    ASSERT_TRUE(enable());
    submit(0, {.opcode = 6, .dwords = {1}});
    EXPECT_TRUE(eventually([&] { return board.irq->asserted(); }));
    setReg(0x0c, 1);
    EXPECT_FALSE(board.irq->asserted());
    setReg(0x10, 1);
    EXPECT_TRUE(board.irq->asserted());
    (void)take(0);
    EXPECT_TRUE(eventually([&] { return !board.irq->asserted(); }));
    for (unsigned vector = 0; vector < 2; ++vector) {
        board.mmioWrite(MsixBar + 16 * vector, 4, 0xfee00000);
        board.mmioWrite(MsixBar + 16 * vector + 8, 4, 0x60 + vector);
        board.mmioWrite(MsixBar + 16 * vector + 12, 4, 0);
    }
    board.configWrite(0x42, 2, 0x8000);
    createQueues(1);
    EXPECT_TRUE(eventually([&] { return board.msi.count(0x60) >= 1; }));
    EXPECT_EQ(run(1, io(2, 0, 1)).code(), 0U);
    EXPECT_TRUE(eventually([&] { return board.msi.count(0x61) >= 1; }));
    EXPECT_FALSE(board.irq->asserted());
}

TEST_F(Nvme, EveryOffsetWidthAndValueIsSurvived)
{
    std::mt19937 random(5); // NOLINT: repeatable
    for (std::uint64_t offset = 0; offset < 0x1200; offset += offset > 0x40 && offset < 0xff8 ? 29 : 1)
        for (unsigned width = 1; width <= 8; ++width)
            for (const std::uint64_t value :
                 {std::uint64_t{0}, ~std::uint64_t{0}, std::uint64_t{random()} << 12}) {
                board.mmioWrite(Bar + offset, width, value);
                (void)board.mmioRead(Bar + offset, width);
            }
    disable();
    bringUp();
    EXPECT_EQ(run(1, io(2, 0, 1)).code(), 0U);
}

TEST_F(Nvme, StateRoundTripRepeatsUnfinishedCommands)
{
    bringUp();
    disk->hold();
    board.storeBytes(Data, std::vector<std::byte>(512, std::byte{0x7e}));
    const auto id = submit(1, io(1, 3, 1));
    ASSERT_TRUE(eventually([&] { return disk->waiting() == 1; }));
    StateWriter writer;
    nvme->saveState(writer);

    auto copy = std::make_shared<MemoryBlockBackend>(4 << 20, BlockInfo{.canDiscard = true});
    PciTestBoard second;
    NvmeController other(copy, board.memory, board.log);
    second.insert(other);
    for (std::size_t cut = 0; cut < writer.data().size(); cut += 5) {
        StateReader damaged(writer.data().first(cut));
        EXPECT_FALSE(other.restoreState(damaged));
    }
    StateReader reader(writer.data());
    ASSERT_TRUE(other.restoreState(reader));
    other.resumeWork();
    const Done done = take(1); // our doorbells reach the old controller; one completion is enough
    EXPECT_EQ(done.id, id);
    EXPECT_EQ(done.code(), 0U);
    EXPECT_EQ(copy->contents(3 * 512, 1).front(), std::byte{0x7e});
    ASSERT_TRUE(other.waitIdle(std::chrono::seconds(10)));
    copy->loop().runAndWait([] {});
    StateWriter settled;
    other.saveState(settled);
    PciTestBoard board3;
    NvmeController third(copy, board.memory, board.log);
    board3.insert(third);
    StateReader again(settled.data());
    ASSERT_TRUE(third.restoreState(again));
    StateWriter last;
    third.saveState(last);
    EXPECT_TRUE(std::ranges::equal(settled.data(), last.data()));
    disk->release();
}

TEST_F(Nvme, PowerOnResetForgetsEverything)
{
    bringUp();
    board.root.reset();
    enablePci();
    EXPECT_EQ(reg(0x1c), 0U);
    EXPECT_EQ(reg(0x14), 0U);
    bringUp();
    EXPECT_EQ(run(1, io(2, 0, 1)).code(), 0U);
}

TEST_F(Nvme, FunctionLevelResetForgetsEverything)
{
    bringUp();
    constexpr unsigned ExpressAt = 0x60;
    ASSERT_EQ(board.configRead(ExpressAt, 1), 0x10U);
    ASSERT_NE(board.configRead(ExpressAt + 4, 4) & 1U << 28, 0U);
    board.configWrite(ExpressAt + 8, 2, 0x8000);
    EXPECT_EQ(board.configRead(ExpressAt + 8, 2), 0U) << "reads as zero";
    EXPECT_EQ(board.configRead(0x04, 2), 0U);
    EXPECT_EQ(reg(0x1c), 0xffff'ffffU) << "decodes nothing";
    enablePci();
    EXPECT_EQ(reg(0x1c), 0U);
    EXPECT_EQ(reg(0x24), 0U);
    bringUp();
    EXPECT_EQ(run(1, io(2, 0, 1)).code(), 0U);
}

TEST_F(Nvme, DisableLeavesTheAdminQueueRegistersAlone)
{
    bringUp();
    setReg(0x0c, 5);
    disable();
    EXPECT_EQ(reg(0x14), 0U);
    EXPECT_EQ(reg(0x0c), 0U);
    EXPECT_EQ(reg(0x24), 15U << 16 | 15U);
    EXPECT_EQ(reg(0x28), submissionAt(0));
    EXPECT_EQ(reg(0x30), completionAt(0));
}

class ReadOnlyNvme : public Nvme {
protected:
    ReadOnlyNvme() : Nvme(BlockInfo{.readOnly = true}) {}
};

TEST_F(ReadOnlyNvme, RefusesWrites)
{
    bringUp();
    EXPECT_EQ(run(1, io(1, 0, 1)).code(), 0x182U);
    EXPECT_EQ(run(1, io(8, 0, 1)).code(), 0x182U);
    EXPECT_EQ(run(1, {.opcode = 9, .nsid = 1, .dwords = {0, 4}}).code(), 0x182U);
    EXPECT_EQ(run(1, io(2, 0, 1)).code(), 0U);
}

} // namespace
} // namespace engine::test
