// SPDX-License-Identifier: GPL-3.0-or-later
// VIRTIO 1.2, 4.1: the PCI transport, with an entropy device behind it.
#include "devices/virtio/entropy_device.h"
#include "support/virtio_guest.h"

#include <gtest/gtest.h>

#include <random>

namespace engine::test {
namespace {

constexpr std::uint64_t Version1 = 1ULL << 32;
constexpr std::uint64_t RingReset = 1ULL << 40;
constexpr std::uint64_t EventIndex = 1ULL << 29;
constexpr std::uint64_t Buffer = 0x10'0000;

class VirtioPci : public ::testing::Test {
protected:
    VirtioPci()
    {
        board.insert(*transport);
        guest.emplace(board);
    }
    ~VirtioPci() override { transport.reset(); }

    std::unique_ptr<EventLoop> loop = EventLoop::create("entropy").value();
    PciTestBoard board;
    std::unique_ptr<virtio::VirtioPciTransport> transport =
        virtio::VirtioPciTransport::create("rng0", std::make_unique<virtio::EntropyDevice>(*loop),
                                           board.memory, board.log)
            .value();
    std::optional<VirtioGuest> guest;
};

TEST_F(VirtioPci, IdentifiesItselfAsAModernDevice)
{
    EXPECT_EQ(board.configRead(0x00, 4), 0x10441af4U);
    EXPECT_EQ(board.configRead(0x08, 4), 0x00ff0001U);
    EXPECT_EQ(board.configRead(0x20, 4) & 0xf, 0xcU) << "64-bit prefetchable";
    EXPECT_EQ(guest->common(0x12, 2), 1U);
    EXPECT_EQ(guest->offered(), Version1 | RingReset | EventIndex | 1ULL << 28);
    EXPECT_EQ(guest->common(0x18, 2), 8U);
    EXPECT_EQ(guest->common(0x1e, 2), 0U);
}

TEST_F(VirtioPci, FillsBuffersWithRandomBytes)
{
    guest->start(Version1, 1, 8);
    guest->offer(0, 0, {{.address = Buffer, .length = 64, .writable = true}});
    guest->notify(0);
    const auto used = guest->take(0);
    ASSERT_TRUE(used);
    EXPECT_EQ(used->head, 0U);
    EXPECT_EQ(used->length, 64U);
    EXPECT_NE(board.load<std::uint64_t>(Buffer) | board.load<std::uint64_t>(Buffer + 8), 0U);
    EXPECT_TRUE(eventually([&] { return board.irq->asserted(); }));
    EXPECT_EQ(guest->isr(), 1);
    EXPECT_FALSE(board.irq->asserted());
    EXPECT_EQ(guest->isr(), 0);
}

TEST_F(VirtioPci, RefusesFeaturesThatWereNotOffered)
{
    EXPECT_FALSE(guest->negotiate(Version1 | 1));
    EXPECT_FALSE(guest->negotiate(0)) << "there is no legacy interface";
    guest->setCommon(0x14, 1, 15);
    EXPECT_EQ(guest->status() & 4, 0) << "no DRIVER_OK without an agreement";
    EXPECT_TRUE(guest->negotiate(Version1));
    guest->setCommon(0x08, 4, 0);
    guest->setCommon(0x0c, 4, 1);
    EXPECT_EQ(guest->common(0x0c, 4), 0U) << "fixed after FEATURES_OK";
}

TEST_F(VirtioPci, QueueRegistersRefuseNonsense)
{
    ASSERT_TRUE(guest->negotiate(Version1));
    guest->setCommon(0x18, 2, 3);
    guest->setCommon(0x18, 2, 16);
    EXPECT_EQ(guest->common(0x18, 2), 8U);
    guest->setCommon(0x20, 8, 0x1001);
    guest->setCommon(0x1c, 2, 1);
    EXPECT_EQ(guest->common(0x1c, 2), 0U) << "misaligned";
    guest->setCommon(0x1a, 2, 2);
    EXPECT_EQ(guest->common(0x1a, 2), 0xffffU) << "no such vector";
    guest->setCommon(0x10, 2, 1);
    EXPECT_EQ(guest->common(0x10, 2), 1U);
    guest->setCommon(0x16, 2, 999);
    EXPECT_EQ(guest->common(0x18, 2), 0U);
    guest->setCommon(0x20, 8, 0x1000);
    EXPECT_EQ(guest->common(0x20, 8), 0U);
    EXPECT_EQ(guest->common(0x1a, 2), 0xffffU);
    guest->setCommon(0x16, 2, 0);
    guest->setCommon(0x20, 4, 0x2000); // halves
    guest->setCommon(0x24, 4, 0x1);
    EXPECT_EQ(guest->common(0x20, 8), 0x1'0000'2000U);
}

TEST_F(VirtioPci, MessagesCarryQueueInterrupts)
{
    guest->enableMessage(0, 0x50);
    guest->enableMessage(1, 0x51);
    ASSERT_TRUE(guest->negotiate(Version1));
    guest->setUpQueue(0, 8, 1);
    guest->driverOk();
    guest->offer(0, 0, {{.address = Buffer, .length = 8, .writable = true}});
    guest->notify(0);
    EXPECT_TRUE(eventually([&] { return board.msi.count(0x51) == 1; }));
    EXPECT_EQ(board.msi.count(0x50), 0U);
    EXPECT_FALSE(board.irq->asserted());
}

TEST_F(VirtioPci, BrokenRingAsksForResetAndResetHelps)
{
    guest->start(Version1, 1, 8);
    guest->offerHead(0, 200);
    guest->notify(0);
    EXPECT_TRUE(eventually([&] { return (guest->status() & 0x40) != 0; }));
    EXPECT_EQ(guest->isr(), 2);
    guest->start(Version1, 1, 8);
    EXPECT_EQ(guest->status() & 0x40, 0);
    guest->offer(0, 0, {{.address = Buffer, .length = 8, .writable = true}});
    guest->notify(0);
    EXPECT_TRUE(guest->take(0));
}

TEST_F(VirtioPci, NotificationBeforeDriverOkIsNotLost)
{
    ASSERT_TRUE(guest->negotiate(Version1));
    guest->setUpQueue(0, 8);
    guest->offer(0, 0, {{.address = Buffer, .length = 8, .writable = true}});
    guest->notify(0);
    loop->runAndWait([] {});
    EXPECT_EQ(guest->usedIndex(0), 0);
    guest->driverOk();
    EXPECT_TRUE(guest->take(0));
}

TEST_F(VirtioPci, QueueResetStopsOneQueueAndLetsItStartAgain)
{
    guest->start(Version1 | RingReset, 1, 8);
    guest->offer(0, 0, {{.address = Buffer, .length = 8, .writable = true}});
    guest->notify(0);
    ASSERT_TRUE(guest->take(0));
    guest->setCommon(0x16, 2, 0);
    guest->setCommon(0x3a, 2, 1);
    ASSERT_TRUE(eventually([&] { return guest->common(0x3a, 2) == 0; }));
    EXPECT_EQ(guest->common(0x1c, 2), 0U);
    EXPECT_EQ(guest->common(0x20, 8), 0U);
    guest->setUpQueue(0, 4);
    guest->offer(0, 1, {{.address = Buffer, .length = 16, .writable = true}});
    guest->notify(0);
    const auto used = guest->take(0);
    ASSERT_TRUE(used);
    EXPECT_EQ(used->length, 16U);
}

TEST_F(VirtioPci, WindowInConfigurationSpaceReachesTheRegisters)
{
    std::uint16_t window = 0;
    for (auto at = static_cast<std::uint16_t>(board.configRead(0x34, 1)); at != 0;
         at = static_cast<std::uint16_t>(board.configRead(static_cast<std::uint16_t>(at + 1), 1)))
        if (board.configRead(at, 1) == 9 && board.configRead(static_cast<std::uint16_t>(at + 3), 1) == 5)
            window = at;
    ASSERT_NE(window, 0);
    const auto access = [&](std::uint16_t part, unsigned width, std::uint32_t value) {
        board.configWrite(static_cast<std::uint16_t>(window + part), width, value);
    };
    access(4, 1, 4);
    access(12, 4, 1);
    access(8, 4, 0x14);
    access(16, 1, 1);
    EXPECT_EQ(guest->status(), 1);
    guest->setCommon(0x14, 1, 3);
    EXPECT_EQ(board.configRead(static_cast<std::uint16_t>(window + 16), 1), 3U);
    access(12, 4, 2);
    access(8, 4, 0x18);
    EXPECT_EQ(board.configRead(static_cast<std::uint16_t>(window + 16), 2), 8U);
    access(8, 4, 0xffff'fff0); // outside of the BAR
    (void)board.configRead(static_cast<std::uint16_t>(window + 16), 4);
    access(4, 1, 1); // another BAR
    (void)board.configRead(static_cast<std::uint16_t>(window + 16), 4);
}

TEST_F(VirtioPci, EveryOffsetWidthAndValueIsSurvived)
{
    std::mt19937 random(11); // NOLINT: repeatable
    for (std::uint64_t offset = 0; offset < 0x4000; offset += offset < 0x48 || offset > 0xff8 ? 1 : 13)
        for (unsigned width = 1; width <= 8; ++width)
            for (const std::uint64_t value :
                 {std::uint64_t{0}, ~std::uint64_t{0}, std::uint64_t{random()} << 20}) {
                board.mmioWrite(VirtioGuest::Bar + offset, width, value);
                (void)board.mmioRead(VirtioGuest::Bar + offset, width);
            }
    guest->start(Version1, 1, 8);
    guest->offer(0, 0, {{.address = Buffer, .length = 8, .writable = true}});
    guest->notify(0);
    EXPECT_TRUE(guest->take(0));
}

TEST_F(VirtioPci, StateRoundTripGoesOnWhereItWas)
{
    guest->start(Version1 | EventIndex, 1, 8);
    guest->offer(0, 0, {{.address = Buffer, .length = 8, .writable = true}});
    guest->notify(0);
    ASSERT_TRUE(guest->take(0));
    loop->runAndWait([] {});
    guest->offer(0, 1, {{.address = Buffer, .length = 8, .writable = true}}); // not notified yet
    StateWriter writer;
    transport->saveState(writer);

    auto other = virtio::VirtioPciTransport::create("rng0", std::make_unique<virtio::EntropyDevice>(*loop),
                                                    board.memory, board.log)
                     .value();
    PciTestBoard second;
    second.insert(*other);
    StateReader reader(writer.data());
    ASSERT_TRUE(other->restoreState(reader));
    StateWriter again;
    other->saveState(again);
    EXPECT_TRUE(std::ranges::equal(writer.data(), again.data()));
    loop->runAndWait([] {});
    EXPECT_EQ(guest->usedIndex(0), 1) << "nothing runs before resumeWork()";
    other->resumeWork();
    const auto used = guest->take(0);
    ASSERT_TRUE(used);
    EXPECT_EQ(used->head, 1U);
    EXPECT_EQ(guest->usedIndex(0), 2);
    for (std::size_t cut = 0; cut < writer.data().size(); cut += 3) {
        StateReader damaged(writer.data().first(cut));
        EXPECT_FALSE(other->restoreState(damaged));
    }
    other.reset(); // before its board
}

TEST_F(VirtioPci, PowerOnResetForgetsEverything)
{
    guest->start(Version1, 1, 8);
    board.root.reset();
    EXPECT_EQ(board.configRead(0x04, 2) & 7, 0U);
    guest.emplace(board);
    EXPECT_EQ(guest->status(), 0);
    EXPECT_EQ(guest->common(0x20, 8), 0U);
    guest->start(Version1, 1, 8);
    guest->offer(0, 0, {{.address = Buffer, .length = 8, .writable = true}});
    guest->notify(0);
    EXPECT_TRUE(guest->take(0));
}

} // namespace
} // namespace engine::test
