// SPDX-License-Identifier: GPL-3.0-or-later
// NVM Express 1.4: shadow doorbells (5.7, B.5), compare (6.6) and the logs that count (5.14.1).
#include "nvme_guest.h"

#include <gtest/gtest.h>

namespace engine::test {
namespace {

constexpr std::uint64_t Shadow = 0x9'0000;
constexpr std::uint64_t Events = 0x9'1000;

class ShadowNvme : public Nvme {
protected:
    void bringUpWithShadow()
    {
        bringUp();
        ASSERT_EQ(run(0, {.opcode = 0x7c, .prp1 = Shadow, .prp2 = Events}).code(), 0U);
    }
    [[nodiscard]] std::uint32_t event(unsigned index)
    {
        return board.load<std::uint32_t>(Events + 4 * index);
    }
    static bool needsEvent(std::uint16_t index, std::uint16_t now, std::uint16_t old)
    {
        return static_cast<std::uint16_t>(now - index - 1) < static_cast<std::uint16_t>(now - old);
    }
    /// As a driver does it: the shadow first, the register only when it is asked for.
    std::uint16_t submitShadowed(Entry entry)
    {
        Ring& ring = rings[1];
        entry.id = ++lastId;
        board.store(submissionAt(1) + 64U * ring.tail, entry);
        const std::uint32_t old = ring.tail;
        ring.tail = (ring.tail + 1) % ring.entries;
        (void)board.memory.storeRelease(GuestAddress(Shadow + 8), ring.tail);
        std::atomic_thread_fence(std::memory_order_seq_cst);
        if (needsEvent(static_cast<std::uint16_t>(event(2)), static_cast<std::uint16_t>(ring.tail),
                       static_cast<std::uint16_t>(old))) {
            ++registerWrites;
            setReg(0x1008, ring.tail);
        }
        return entry.id;
    }
    Done takeShadowed()
    {
        Ring& ring = rings[1];
        if (!eventually([&] { return hasCompletion(1); }))
            return {};
        const auto done = board.load<Done>(completionAt(1) + 16U * ring.head);
        const std::uint32_t old = ring.head;
        ring.head = (ring.head + 1) % ring.entries;
        if (ring.head == 0)
            ring.phase = !ring.phase;
        (void)board.memory.storeRelease(GuestAddress(Shadow + 12), ring.head);
        std::atomic_thread_fence(std::memory_order_seq_cst);
        if (needsEvent(static_cast<std::uint16_t>(event(3)), static_cast<std::uint16_t>(ring.head),
                       static_cast<std::uint16_t>(old)))
            setReg(0x100c, ring.head);
        return done;
    }
    unsigned registerWrites = 0;
};

TEST_F(ShadowNvme, CommandsFlowThroughTheShadowAndRoundTheRing)
{
    bringUpWithShadow();
    for (unsigned i = 0; i < 200; ++i) {
        const auto id = submitShadowed(io(2, i % 64, 1));
        const Done done = takeShadowed();
        ASSERT_EQ(done.id, id) << i;
        ASSERT_EQ(done.code(), 0U);
    }
    EXPECT_EQ(disk->counts().reads, 200U);
}

TEST_F(ShadowNvme, BusyControllerNeedsNoRegisterWrites)
{
    bringUpWithShadow();
    // While the loop is held up it has not asked for anything new: one write has woken it already.
    std::atomic<bool> go = false;
    disk->loop().post([&go] { go.wait(false); });
    for (unsigned i = 0; i < 10; ++i)
        submitShadowed(io(2, i, 1));
    EXPECT_EQ(registerWrites, 1U);
    go = true;
    go.notify_all();
    for (unsigned i = 0; i < 10; ++i)
        EXPECT_EQ(takeShadowed().code(), 0U) << i;
}

TEST_F(ShadowNvme, FullCompletionQueueAsksForTheHead)
{
    bringUpWithShadow();
    for (unsigned i = 0; i < 15; ++i)
        submitShadowed(io(2, i, 1));
    ASSERT_TRUE(eventually([&] { return disk->counts().reads == 15; }));
    for (unsigned i = 0; i < 30; ++i) {
        EXPECT_EQ(takeShadowed().code(), 0U) << i;
        if (i < 15)
            submitShadowed(io(2, i, 1));
    }
    EXPECT_EQ(disk->counts().reads, 30U);
}

TEST_F(ShadowNvme, QueuesMadeLaterStartFromZeroAndTheAdminQueueKeepsItsRegister)
{
    ASSERT_TRUE(enable());
    board.store<std::uint32_t>(Shadow + 8, 0x55);
    ASSERT_EQ(run(0, {.opcode = 0x7c, .prp1 = Shadow, .prp2 = Events}).code(), 0U);
    EXPECT_EQ(event(0), rings[0].tail) << "a driver that mirrors queue 0 is always asked to write";
    createQueues(1);
    EXPECT_EQ(board.load<std::uint32_t>(Shadow + 8), 0U);
    submitShadowed(io(2, 0, 1));
    EXPECT_EQ(takeShadowed().code(), 0U);
    EXPECT_EQ(run(0, {.opcode = 6, .dwords = {1}}).code(), 0U);
}

TEST_F(ShadowNvme, ImpossibleBuffersAreRefused)
{
    bringUp();
    const auto configure = [&](std::uint64_t values, std::uint64_t events) {
        return run(0, {.opcode = 0x7c, .prp1 = values, .prp2 = events}).code();
    };
    EXPECT_EQ(configure(Shadow + 4, Events), 0x002U);
    EXPECT_EQ(configure(Shadow, Events + 2048), 0x002U);
    EXPECT_EQ(configure(0, Events), 0x002U);
    EXPECT_EQ(configure(0x7000'0000'0000, Events), 0x004U);
    EXPECT_EQ(configure(Shadow, ~0xfffULL), 0x004U);
    EXPECT_EQ(run(1, io(2, 0, 1)).code(), 0U) << "the registers still count";
}

TEST_F(ShadowNvme, WildShadowValuesDoNoHarm)
{
    bringUpWithShadow();
    for (const std::uint32_t value : {0xffffffffU, 16U, 15U, 3U, 0U}) {
        board.store<std::uint32_t>(Shadow + 8, value);
        board.store<std::uint32_t>(Shadow + 12, value);
        setReg(0x1008, 0);
        disk->loop().runAndWait([] {});
    }
    disable();
    bringUp();
    EXPECT_EQ(run(1, io(2, 0, 1)).code(), 0U) << "a reset ends the use of the shadow";
}

TEST_F(ShadowNvme, StateRoundTripKeepsTheShadow)
{
    bringUpWithShadow();
    submitShadowed(io(2, 0, 1));
    EXPECT_EQ(takeShadowed().code(), 0U);
    disk->loop().runAndWait([] {});
    StateWriter writer;
    nvme->saveState(writer);
    PciTestBoard second;
    NvmeController other(disk, board.memory, board.log);
    second.insert(other);
    StateReader reader(writer.data());
    ASSERT_TRUE(other.restoreState(reader));
    StateWriter again;
    other.saveState(again);
    EXPECT_TRUE(std::ranges::equal(writer.data(), again.data()));
    nvme->reset();
    Ring& ring = rings[1];
    auto entry = io(2, 1, 1);
    entry.id = 77;
    board.store(submissionAt(1) + 64U * ring.tail, entry);
    board.store<std::uint32_t>(Shadow + 8, ring.tail + 1);
    other.resumeWork();
    EXPECT_TRUE(eventually([&] { return hasCompletion(1); })) << "found in memory, no register was written";
}

TEST_F(Nvme, CompareTellsEqualFromDifferent)
{
    bringUp();
    std::vector<std::byte> pattern(256 * 512);
    for (std::size_t i = 0; i < pattern.size(); ++i)
        pattern[i] = std::byte(static_cast<std::uint8_t>(i * 31 >> 3));
    disk->fill(0, pattern);
    board.storeBytes(0x20'0000, pattern);
    for (unsigned i = 0; i < 32; ++i)
        board.store<std::uint64_t>(List + 8 * i, 0x20'0000 + 0x1000ULL * (i + 1));
    auto entry = io(5, 0, 256);
    entry.prp1 = 0x20'0000;
    entry.prp2 = List;
    EXPECT_EQ(run(1, entry).code(), 0U);
    board.store<std::uint8_t>(0x20'0000 + 255 * 512 + 511, 0x01);
    EXPECT_EQ(run(1, entry).code(), 0x285U) << "the last byte differs";
    EXPECT_EQ(run(1, io(5, 8192, 1)).code(), 0x080U);
    disk->failNext(BlockStatus::IoError);
    EXPECT_EQ(run(1, io(5, 0, 1)).code(), 0x281U);
    for (unsigned i = 0; i < 8; ++i)
        submit(1, entry);
    for (unsigned i = 0; i < 8; ++i)
        EXPECT_EQ(take(1).code(), 0x285U);
    EXPECT_EQ(disk->counts().writes, 0U);
}

TEST_F(Nvme, CompareIsForgottenByAReset)
{
    bringUp();
    disk->hold();
    submit(1, io(5, 0, 1));
    submit(1, io(5, 1, 1));
    ASSERT_TRUE(eventually([&] { return disk->waiting() == 1; }));
    setReg(0x14, 0x00460000);
    disk->release();
    EXPECT_TRUE(eventually([&] { return reg(0x1c) == 0; }));
    bringUp();
    board.storeBytes(Data, std::vector<std::byte>(512));
    EXPECT_EQ(run(1, io(5, 0, 1)).code(), 0U);
}

TEST_F(Nvme, LogsCountWhatHasHappened)
{
    bringUp();
    for (unsigned i = 0; i < 3; ++i)
        EXPECT_EQ(run(1, io(2, i, 8)).code(), 0U);
    EXPECT_EQ(run(1, io(1, 0, 8)).code(), 0U);
    EXPECT_EQ(run(1, io(2, 9000, 1)).code(), 0x080U);
    disk->failNext(BlockStatus::IoError);
    const auto failed = submit(1, io(2, 5, 1));
    EXPECT_EQ(take(1).code(), 0x281U);
    EXPECT_EQ(run(0, {.opcode = 2, .nsid = 0xffffffff, .dwords = {2 | 127 << 16}}).code(), 0U);
    EXPECT_EQ(board.load<std::uint64_t>(Data + 32), 1U) << "thousands of 512 bytes, rounded up";
    EXPECT_EQ(board.load<std::uint64_t>(Data + 64), 4U) << "reads, the one that failed too";
    EXPECT_EQ(board.load<std::uint64_t>(Data + 80), 1U);
    EXPECT_EQ(board.load<std::uint64_t>(Data + 160), 1U) << "media errors";
    EXPECT_EQ(board.load<std::uint64_t>(Data + 176), 2U);
    EXPECT_EQ(run(0, {.opcode = 2, .nsid = 0xffffffff, .dwords = {1 | 31 << 16}}).code(), 0U);
    EXPECT_EQ(board.load<std::uint64_t>(Data), 2U) << "the latest first";
    EXPECT_EQ(board.load<std::uint16_t>(Data + 8), 1U);
    EXPECT_EQ(board.load<std::uint16_t>(Data + 10), failed);
    EXPECT_EQ(board.load<std::uint16_t>(Data + 12) >> 1 & 0x7ff, 0x281);
    EXPECT_EQ(board.load<std::uint64_t>(Data + 16), 5U);
    EXPECT_EQ(board.load<std::uint32_t>(Data + 24), 1U);
    EXPECT_EQ(board.load<std::uint64_t>(Data + 64), 1U);
    // An offset into the log, as LPA says is possible.
    EXPECT_EQ(run(0, {.opcode = 2, .nsid = 0xffffffff, .dwords = {1 | 15 << 16, 0, 64}}).code(), 0U);
    EXPECT_EQ(board.load<std::uint64_t>(Data), 1U);
}

} // namespace
} // namespace engine::test
