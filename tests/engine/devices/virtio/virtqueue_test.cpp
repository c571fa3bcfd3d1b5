// SPDX-License-Identifier: GPL-3.0-or-later
// VIRTIO 1.2, 2.7: split virtqueues, with the driver's half written by the test.
#include "devices/virtio/virtqueue.h"

#include <gtest/gtest.h>

namespace engine::virtio {
namespace {

constexpr std::uint64_t Table = 0x1000;
constexpr std::uint64_t Available = 0x2000;
constexpr std::uint64_t UsedRing = 0x3000;
constexpr std::uint64_t Data = 0x8000;
constexpr std::uint16_t Size = 8;

class VirtqueueTest : public ::testing::Test {
protected:
    VirtqueueTest() { configure(true, false); }
    void configure(bool indirect, bool eventIndex, QueuePosition position = {})
    {
        queue.configure({.size = Size,
                         .descriptors = GuestAddress(Table),
                         .available = GuestAddress(Available),
                         .used = GuestAddress(UsedRing),
                         .indirect = indirect,
                         .eventIndex = eventIndex},
                        position);
    }
    template <class T>
    void store(std::uint64_t at, T value)
    {
        ASSERT_TRUE(memory.writeObject(GuestAddress(at), value));
    }
    template <class T>
    T load(std::uint64_t at)
    {
        return memory.readObject<T>(GuestAddress(at)).value();
    }
    void describe(std::uint64_t table, unsigned index, Descriptor descriptor)
    {
        store(table + 16 * index, descriptor);
    }
    void offer(std::uint16_t head)
    {
        store<std::uint16_t>(Available + 4 + 2U * (next % Size), head);
        store<std::uint16_t>(Available + 2, ++next);
    }
    void expectBroken()
    {
        EXPECT_FALSE(queue.pop());
        EXPECT_EQ(broken, 1);
        EXPECT_FALSE(queue.isReady());
        EXPECT_FALSE(queue.pop());
        EXPECT_EQ(broken, 1);
    }

    std::shared_ptr<HostBlock> ram = HostBlock::create("ram", 1 << 20).value();
    GuestMemory memory = GuestMemory::create({{.base = GuestAddress(0), .block = ram}}).value();
    int interrupts = 0;
    int broken = 0;
    int again = 0;
    std::uint16_t next = 0;
    Virtqueue queue{memory,
                    {.interrupt = [this] { ++interrupts; },
                     .broken = [this](std::string_view) { ++broken; },
                     .serviceAgain = [this] { ++again; }}};
};

TEST_F(VirtqueueTest, TakesAChainAndGivesItBack)
{
    describe(Table, 2, {.address = Data, .length = 16, .flags = 1, .next = 5});
    describe(Table, 5, {.address = Data + 0x100, .length = 32, .flags = 2, .next = 0});
    store<std::uint64_t>(Data, 0x1122334455667788);
    offer(2);
    EXPECT_TRUE(queue.hasWork());
    const auto chain = queue.pop();
    ASSERT_TRUE(chain);
    EXPECT_EQ(chain->head(), 2);
    EXPECT_EQ(chain->readableBytes(), 16U);
    EXPECT_EQ(chain->writableBytes(), 32U);
    EXPECT_EQ(chain->readObject<std::uint64_t>(0).value(), 0x1122334455667788U);
    EXPECT_FALSE(chain->readObject<std::uint64_t>(9));
    ASSERT_TRUE(chain->writeObject<std::uint32_t>(28, 7));
    EXPECT_FALSE(chain->writeObject<std::uint32_t>(29, 7));
    EXPECT_EQ(queue.inFlight(), 1U);
    queue.complete(*chain, 32);
    EXPECT_EQ(load<std::uint16_t>(UsedRing + 2), 0) << "not visible before publish()";
    queue.publish();
    EXPECT_EQ(load<std::uint16_t>(UsedRing + 2), 1);
    EXPECT_EQ(load<std::uint32_t>(UsedRing + 4), 2U);
    EXPECT_EQ(load<std::uint32_t>(UsedRing + 8), 32U);
    EXPECT_EQ(interrupts, 1);
    queue.complete(*chain, 32); // a second time: ignored
    queue.publish();
    EXPECT_EQ(load<std::uint16_t>(UsedRing + 2), 1);
}

TEST_F(VirtqueueTest, IndirectTablesAreFollowedOnce)
{
    describe(Table, 0, {.address = 0x4000, .length = 48, .flags = 4});
    describe(0x4000, 0, {.address = Data, .length = 8, .flags = 1, .next = 2});
    describe(0x4000, 2, {.address = Data + 8, .length = 8, .flags = 2});
    offer(0);
    const auto chain = queue.pop();
    ASSERT_TRUE(chain);
    EXPECT_EQ(chain->readableBytes(), 8U);
    EXPECT_EQ(chain->writableBytes(), 8U);
    describe(0x4000, 2, {.address = 0x4000, .length = 16, .flags = 4});
    describe(Table, 1, {.address = 0x4000, .length = 48, .flags = 4});
    offer(1);
    expectBroken();
}

TEST_F(VirtqueueTest, HostileChainsBreakTheQueue)
{
    const auto hostile = [&](auto prepare) {
        broken = 0;
        next = 0;
        store<std::uint16_t>(Available + 2, 0);
        configure(true, false);
        prepare();
        offer(0);
        expectBroken();
    };
    hostile([&] { describe(Table, 0, {.address = Data, .length = 8, .flags = 1, .next = 0}); }); // loop
    hostile([&] { describe(Table, 0, {.address = Data, .length = 8, .flags = 1, .next = 8}); }); // outside
    hostile([&] { describe(Table, 0, {.address = 0x4000, .length = 0, .flags = 4}); });
    hostile([&] { describe(Table, 0, {.address = 0x4000, .length = 17, .flags = 4}); });
    hostile([&] { describe(Table, 0, {.address = 0x4000, .length = 16 * 1025, .flags = 4}); });
    hostile([&] { describe(Table, 0, {.address = 0x4000, .length = 16, .flags = 5, .next = 1}); });
    hostile([&] { describe(Table, 0, {.address = ~0ULL - 7, .length = 16, .flags = 4}); });
    hostile([&] { // an indirect loop
        describe(Table, 0, {.address = 0x4000, .length = 32, .flags = 4});
        describe(0x4000, 0, {.address = Data, .length = 1, .flags = 1, .next = 1});
        describe(0x4000, 1, {.address = Data, .length = 1, .flags = 1, .next = 0});
    });
    hostile([&] { // readable behind writable
        describe(Table, 0, {.address = Data, .length = 8, .flags = 3, .next = 1});
        describe(Table, 1, {.address = Data, .length = 8});
    });
    hostile([&] { // lengths that add up to more than 32 bits hold
        describe(Table, 0, {.address = Data, .length = 0xffff'ffff, .flags = 1, .next = 1});
        describe(Table, 1, {.address = Data, .length = 0xffff'ffff});
    });
}

TEST_F(VirtqueueTest, HostileRingsBreakTheQueue)
{
    store<std::uint16_t>(Available + 2, Size + 1);
    expectBroken();
    broken = 0;
    next = 0;
    configure(true, false);
    store<std::uint16_t>(Available + 2, 0);
    offer(Size); // a head outside of the table
    expectBroken();
    broken = 0;
    next = 0;
    configure(true, false);
    describe(Table, 1, {.address = Data, .length = 8});
    store<std::uint16_t>(Available + 2, 0);
    offer(1);
    offer(1); // the same buffer twice
    ASSERT_TRUE(queue.pop());
    expectBroken();
    broken = 0;
    queue.configure(
        {.size = Size, .descriptors = GuestAddress(Table), .available = GuestAddress(~1ULL), .used = {}});
    expectBroken();
    broken = 0;
    queue.configure({.size = Size, .descriptors = GuestAddress(Table), .available = GuestAddress(0x2001)});
    expectBroken();
}

TEST_F(VirtqueueTest, UnreachableDataIsTheDevicesDecision)
{
    describe(Table, 0, {.address = 0x7fff'ffff'0000, .length = 8});
    offer(0);
    const auto chain = queue.pop();
    ASSERT_TRUE(chain);
    EXPECT_FALSE(chain->readObject<std::uint64_t>(0));
    EXPECT_FALSE(chain->readableVectors(0, 8));
    EXPECT_EQ(broken, 0);
}

TEST_F(VirtqueueTest, FlagsSuppressInterruptsAndNotifications)
{
    store<std::uint16_t>(Available, 1);
    describe(Table, 0, {.address = Data, .length = 8, .flags = 2});
    offer(0);
    bool suppressed = false;
    queue.drain([&](const DescriptorChain& chain) {
        suppressed = load<std::uint16_t>(UsedRing) == 1;
        queue.complete(chain, 0);
    });
    EXPECT_TRUE(suppressed);
    EXPECT_EQ(load<std::uint16_t>(UsedRing), 0);
    EXPECT_EQ(load<std::uint16_t>(UsedRing + 2), 1);
    EXPECT_EQ(interrupts, 0);
}

TEST_F(VirtqueueTest, EventIndicesDecideAboutInterruptsAndNotifications)
{
    configure(true, true);
    for (std::uint16_t head = 0; head < 4; ++head)
        describe(Table, head, {.address = Data, .length = 8, .flags = 2});
    store<std::uint16_t>(Available + 4 + 2 * Size, 1); // used_event: tell me after the second
    offer(0);
    queue.drain([&](const DescriptorChain& chain) { queue.complete(chain, 0); });
    EXPECT_EQ(interrupts, 0);
    EXPECT_EQ(load<std::uint16_t>(UsedRing + 4 + 8 * Size), 1) << "avail_event";
    offer(1);
    queue.drain([&](const DescriptorChain& chain) { queue.complete(chain, 0); });
    EXPECT_EQ(interrupts, 1);
    offer(2);
    offer(3);
    queue.drain([&](const DescriptorChain& chain) { queue.complete(chain, 0); });
    EXPECT_EQ(interrupts, 1);
    EXPECT_EQ(load<std::uint16_t>(UsedRing + 4 + 8 * Size), 4);
}

TEST_F(VirtqueueTest, IndicesWrapAround)
{
    configure(false, true);
    describe(Table, 3, {.address = Data, .length = 8, .flags = 2});
    unsigned handled = 0;
    for (unsigned i = 0; i < 70'000; ++i) {
        store<std::uint16_t>(Available + 4 + 2 * Size, static_cast<std::uint16_t>(i));
        offer(3);
        queue.drain([&](const DescriptorChain& chain) {
            ++handled;
            queue.complete(chain, 8);
        });
    }
    EXPECT_EQ(handled, 70'000U);
    EXPECT_EQ(interrupts, 70'000);
    EXPECT_EQ(broken, 0);
}

TEST_F(VirtqueueTest, DrainLeavesRestOfAnEndlessRingForLater)
{
    describe(Table, 0, {.address = Data, .length = 8, .flags = 2});
    offer(0);
    unsigned handled = 0;
    queue.drain([&](const DescriptorChain& chain) {
        ++handled;
        queue.complete(chain, 0);
        offer(0); // the driver is as fast as the device
    });
    EXPECT_EQ(handled, 4U * Size);
    EXPECT_EQ(again, 1);
}

TEST_F(VirtqueueTest, ChainsFromBeforeAReleaseAreDropped)
{
    describe(Table, 0, {.address = Data, .length = 8, .flags = 2});
    offer(0);
    const auto chain = queue.pop();
    ASSERT_TRUE(chain);
    EXPECT_TRUE(queue.isCurrent(*chain));
    configure(true, false);
    EXPECT_FALSE(queue.isCurrent(*chain));
    queue.complete(*chain, 8);
    queue.publish();
    EXPECT_EQ(load<std::uint16_t>(UsedRing + 2), 0);
}

TEST_F(VirtqueueTest, PositionCarriesUnfinishedBuffersOver)
{
    for (std::uint16_t head = 0; head < 3; ++head) {
        describe(Table, head, {.address = Data + 8U * head, .length = 8, .flags = 2});
        offer(head);
    }
    auto first = queue.pop();
    auto second = queue.pop();
    ASSERT_TRUE(first && second);
    queue.complete(*first, 8);
    queue.publish();
    StateWriter writer;
    queue.position().saveState(writer);
    StateReader reader(writer.data());
    QueuePosition position;
    position.readState(reader);
    ASSERT_TRUE(reader.finish());
    configure(true, false, position);
    std::vector<int> heads;
    queue.drain([&](const DescriptorChain& chain) {
        heads.push_back(chain.head());
        queue.complete(chain, 8);
    });
    EXPECT_EQ(heads, (std::vector<int>{1, 2}));
    EXPECT_EQ(load<std::uint16_t>(UsedRing + 2), 3);
}

} // namespace
} // namespace engine::virtio
