// SPDX-License-Identifier: GPL-3.0-or-later
// The 82574L as a driver sees it; offsets and bits from the datasheet.
#include "e1000e_guest.h"

#include <random>

namespace {

using namespace engine;
using namespace engine::test;

TEST_F(E1000e, ResetsToTheDatasheetsValues)
{
    EXPECT_EQ(board.configRead(0, 4), 0x10d38086U);
    EXPECT_EQ(get(0x0000) & 0x241U, 0x241U); // CTRL: full duplex, link up, 1000
    EXPECT_EQ(get(0x0008) & 0xc3U, 0x83U);   // STATUS: full duplex, link, 1000
    EXPECT_EQ(get(0x5400), 0x12005452U);     // RAL, RAH
    EXPECT_EQ(get(0x5404), 0x80005634U);
    EXPECT_EQ(get(0x0038), 0x8100U);
    EXPECT_EQ(get(0x1010) >> 18 & 1, 1U);
    set(0x2818, 5);
    set(0x0000, 1U << 26);
    EXPECT_EQ(get(0x2818), 0U);
}

TEST_F(E1000e, EepromHasTheAddressAndTheChecksum)
{
    std::uint16_t sum = 0;
    for (std::uint32_t i = 0; i < 64; ++i) {
        set(0x14, i << 2 | 1);
        const std::uint32_t answer = get(0x14);
        ASSERT_EQ(answer & 2, 2U);
        if (i == 2)
            EXPECT_EQ(answer >> 16, 0x5634U);
        sum = static_cast<std::uint16_t>(sum + (answer >> 16));
    }
    EXPECT_EQ(sum, 0xbaba);
}

TEST_F(E1000e, PhyAnswersThroughTheManagementInterface)
{
    const auto readPhy = [&](std::uint32_t number) {
        set(0x20, 0x0820'0000 | number << 16);
        EXPECT_EQ(get(0x20) >> 28 & 5, 1U); // ready, no error
        return get(0x20) & 0xffff;
    };
    EXPECT_EQ(readPhy(2), 0x0141U);
    EXPECT_EQ(readPhy(3), 0x0cb1U);
    EXPECT_EQ(readPhy(1) & 0x24U, 0x24U);
    network.setLink(false);
    EXPECT_EQ(readPhy(1) & 0x24U, 0U);
    EXPECT_EQ(get(0x0008) & 2U, 0U);
    set(0x20, 0x0840'0000); // nobody at address 2
    EXPECT_EQ(get(0x20) >> 30 & 1, 1U);
}

TEST_F(E1000e, CountersClearWhenTheyAreRead)
{
    startReceiver(15);
    network.deliver(frameTo(Mac, 300));
    network.deliver(frameTo({0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, 60));
    EXPECT_EQ(get(0x4074), 2U); // GPRC
    EXPECT_EQ(get(0x4074), 0U);
    EXPECT_EQ(get(0x4078), 1U);   // BPRC
    EXPECT_EQ(get(0x405c), 1U);   // PRC64, with the FCS
    EXPECT_EQ(get(0x4068), 1U);   // PRC511
    EXPECT_EQ(get(0x4088), 368U); // GORCL stays
    EXPECT_EQ(get(0x4088), 368U);
    EXPECT_EQ(get(0x408c), 0U); // until GORCH is read
    EXPECT_EQ(get(0x4088), 0U);
}

TEST_F(E1000e, FiltersByAddress)
{
    startReceiver(15);
    const auto accepted = [&](const MacAddress& to) {
        const std::uint32_t before = get(0x2810);
        network.deliver(frameTo(to, 64));
        return get(0x2810) != before;
    };
    const MacAddress other{0x52, 0x54, 0x00, 0, 0, 1};
    const MacAddress group{0x01, 0x00, 0x5e, 0x00, 0x00, 0xfb};
    EXPECT_TRUE(accepted(Mac));
    EXPECT_TRUE(accepted({0xff, 0xff, 0xff, 0xff, 0xff, 0xff}));
    EXPECT_FALSE(accepted(other));
    EXPECT_FALSE(accepted(group));
    const std::uint32_t bits = (0x00U | 0xfbU << 8) >> 4 & 0xfff;
    set(0x5200 + 4 * (bits >> 5), 1U << (bits & 31));
    EXPECT_TRUE(accepted(group));
    set(0x100, 0x0400'800a); // UPE
    EXPECT_TRUE(accepted(other));
    network.setLink(false);
    EXPECT_FALSE(accepted(Mac));
}

TEST_F(E1000e, HoldsTheInterruptLineUntilTheCauseIsRead)
{
    set(0xd0, 0x80); // RXT0
    startReceiver(15);
    network.deliver(frameTo(Mac, 100));
    ASSERT_TRUE(eventually([&] { return board.irq->asserted(); }));
    EXPECT_EQ(get(0xc0) & 0x8000'0080, 0x8000'0080);
    EXPECT_FALSE(board.irq->asserted());
    set(0xc8, 4); // ICS: LSC is masked
    EXPECT_FALSE(board.irq->asserted());
    set(0xd0, 4);
    EXPECT_TRUE(board.irq->asserted());
    set(0xd8, 0xffffffff);
    EXPECT_FALSE(board.irq->asserted());
}

TEST_F(E1000e, SendsTheMessageThatTheAllocationNames)
{
    board.mmioWrite(MsixBar + 16 * 2, 4, 0xfee00000);
    board.mmioWrite(MsixBar + 16 * 2 + 8, 4, 0x77);
    board.mmioWrite(MsixBar + 16 * 2 + 12, 4, 0);
    board.configWrite(0xa2, 2, 0x8000);
    set(0xe4, 0x8 | 2);  // receive queue 0: vector 2
    set(0xdc, 1U << 20); // EIAC
    set(0xd0, 1U << 20);
    startReceiver(15);
    network.deliver(frameTo(Mac, 100));
    ASSERT_TRUE(eventually([&] { return board.msi.count(0x77) == 1; }));
    EXPECT_EQ(get(0xd0) >> 20 & 1, 0U) << "masked until the driver has worked";
    network.deliver(frameTo(Mac, 100));
    network.settle();
    EXPECT_EQ(board.msi.count(0x77), 1U);
    set(0xd0, 1U << 20);
    EXPECT_EQ(board.msi.count(0x77), 2U);
}

TEST_F(E1000e, SurvivesEveryOffsetAndWidth)
{
    for (std::uint64_t at = 0; at < 0x20000; at += 3)
        for (const unsigned width : {1U, 2U, 4U, 8U})
            for (const std::uint64_t value : {std::uint64_t{0}, ~std::uint64_t{0}}) {
                board.mmioWrite(Bar + at, width, value);
                (void)board.mmioRead(Bar + at, width);
            }
    network.settle();
    EXPECT_EQ(board.configRead(0, 4), 0x10d38086U);
}

TEST_F(E1000e, SurvivesRandomRings)
{
    std::mt19937 random(82574); // NOLINT(cert-msc51-cpp): the same rings every time
    std::vector<std::byte> noise(0x8000);
    for (int round = 0; round < 60; ++round) {
        for (std::byte& b : noise)
            b = std::byte(static_cast<std::uint8_t>(random() % 4 == 0 ? random() : 0));
        board.storeBytes(TransmitRing, noise);
        for (const std::uint32_t ring : {0x2800U, 0x3800U, 0x3900U}) {
            set(ring, TransmitRing + (random() % 16) * 16);
            set(ring + 4, random() % 8 == 0 ? 0xffffffff : 0);
            set(ring + 8, random() % 2 == 0 ? 4096 : static_cast<std::uint32_t>(random()));
            set(ring + 16, random() % 32);
        }
        set(0x400, 0x2 | static_cast<std::uint32_t>(random()));
        set(0x100, 0x801e | static_cast<std::uint32_t>(random()));
        set(0x2170, static_cast<std::uint32_t>(random())); // PSRCTL
        set(0x3818, random() % 256);
        set(0x3918, random() % 256);
        set(0x2818, random() % 256);
        network.deliver(frameTo(Mac, 14 + random() % 9000));
        network.settle();
    }
    set(0x0000, 1U << 26);
    startTransmitter();
    describe(TransmitRing, 0, Data, 64 | 0x0900'0000, 0);
    const std::size_t before = network.sent().size();
    EXPECT_GT(transmit(1).size(), before) << "works again after a reset";
}

TEST_F(E1000e, StateSurvivesARoundTrip)
{
    startReceiver(7);
    set(0xd0, 0x80);
    set(0x0e00, 0x12345678);
    network.deliver(frameTo(Mac, 100));
    network.settle();
    StateWriter first;
    card.saveState(first);
    set(0x0000, 1U << 26);
    StateReader in(first.data());
    ASSERT_TRUE(card.restoreState(in));
    StateWriter second;
    card.saveState(second);
    EXPECT_TRUE(std::ranges::equal(first.data(), second.data()));
    EXPECT_EQ(get(0x2810), 1U);
    for (std::size_t cut = 0; cut < first.data().size(); cut += 97) {
        StateReader broken(first.data().first(cut));
        EXPECT_FALSE(card.restoreState(broken));
    }
    EXPECT_EQ(get(0x2818), 7U);
}

} // namespace
