// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/xhci_guest.h"

#include <linux/input-event-codes.h>

#include <random>

namespace engine::test {
namespace {

using Guest = XhciGuest;

struct Running : Guest {
    Running()
    {
        xhci.plug(0, tablet);
        xhci.plug(1, keyboard);
        start();
        drain();
    }
};

TEST(XhciRings, CommandsNeedEnabledSlots)
{
    Running guest;
    EXPECT_EQ(guest.command(23).code(), 1U);               // No Op
    EXPECT_EQ(guest.command(10, 0, 1U << 24).code(), 11U); // Disable Slot of none
    EXPECT_EQ(guest.command(11, Guest::InputContext, 33U << 24).code(), 5U);
    EXPECT_EQ(guest.command(50).code(), 5U); // no such command
    guest.set(Guest::Op + 0x38, 2);
    EXPECT_EQ(guest.command(9).slot(), 1U);
    EXPECT_EQ(guest.command(9).slot(), 2U);
    EXPECT_EQ(guest.command(9).code(), 9U); // No Slots Available
    EXPECT_EQ(guest.command(10, 0, 1U << 24).code(), 1U);
    EXPECT_EQ(guest.command(9).slot(), 1U);
}

TEST(XhciRings, AddressingWalksThroughTheSlotStates)
{
    Running guest;
    const unsigned slot = guest.address(1, true);
    ASSERT_NE(slot, 0U);
    EXPECT_EQ(guest.slotState(slot), 1U); // Default
    EXPECT_EQ(guest.endpointState(slot, 1), 1U);
    EXPECT_EQ(guest.control(slot, 0x80, 6, 0x100, 0, 8).data.size(), 8U);
    guest.prepareContexts(slot, 1);
    EXPECT_EQ(guest.command(11, Guest::InputContext, slot << 24).code(), 1U);
    EXPECT_EQ(guest.slotState(slot), 2U); // Addressed
    EXPECT_EQ(guest.board.load<std::uint32_t>(Guest::contextOf(slot) + 12) & 0xff, slot);
    EXPECT_EQ(guest.command(11, Guest::InputContext, slot << 24).code(), 19U); // Context State Error
    EXPECT_EQ(guest.configure(slot).code(), 1U);
    EXPECT_EQ(guest.slotState(slot), 3U); // Configured
    EXPECT_EQ(guest.command(12, 0, slot << 24 | 1U << 9).code(), 1U);
    EXPECT_EQ(guest.slotState(slot), 2U);
    EXPECT_EQ(guest.endpointState(slot, 3), 0U);
    EXPECT_EQ(guest.configure(slot).code(), 1U);
    EXPECT_EQ(guest.command(17, 0, slot << 24).code(), 1U); // Reset Device
    EXPECT_EQ(guest.slotState(slot), 1U);
    EXPECT_EQ(guest.command(10, 0, slot << 24).code(), 1U);
    EXPECT_EQ(guest.slotState(slot), 0U);
}

TEST(XhciRings, NobodyAnswersOnAnEmptyOrDisabledPort)
{
    Running guest;
    const unsigned slot = guest.command(9).slot();
    guest.prepareContexts(slot, 3);
    EXPECT_EQ(guest.command(11, Guest::InputContext, slot << 24).code(), 4U); // USB Transaction Error
    guest.prepareContexts(slot, 1);                                           // connected, but never reset
    EXPECT_EQ(guest.command(11, Guest::InputContext, slot << 24).code(), 4U);
    guest.prepareContexts(slot, 9);
    EXPECT_EQ(guest.command(11, Guest::InputContext, slot << 24).code(), 5U);
}

TEST(XhciRings, DescriptorsArriveWholeAndInParts)
{
    Running guest;
    const unsigned slot = guest.address(1);
    const auto device = guest.control(slot, 0x80, 6, 0x100, 0, 64);
    EXPECT_EQ(device.code, 1U);
    ASSERT_EQ(device.data.size(), 18U); // short packet: the rest of the 64 bytes is not there
    EXPECT_EQ(device.data[7], std::byte{8});
    const auto head = guest.control(slot, 0x80, 6, 0x200, 0, 9);
    ASSERT_EQ(head.data.size(), 9U);
    const auto total = std::to_integer<std::uint16_t>(head.data[2]);
    EXPECT_EQ(guest.control(slot, 0x80, 6, 0x200, 0, total).data.size(), total);
    const auto product = guest.control(slot, 0x80, 6, 0x302, 0x409, 255);
    ASSERT_GE(product.data.size(), 2U);
    EXPECT_EQ(product.data[0], std::byte(static_cast<std::uint8_t>(product.data.size())));
}

TEST(XhciRings, StalledControlTransferRecoversByResetEndpoint)
{
    Running guest;
    const unsigned slot = guest.address(1);
    EXPECT_EQ(guest.control(slot, 0x80, 6, 0x600, 0, 10).code, 6U); // Stall: no device qualifier
    EXPECT_EQ(guest.endpointState(slot, 1), 2U);                    // Halted
    EXPECT_EQ(guest.control(slot, 0x80, 6, 0x100, 0, 18).code, 0U); // nothing runs
    EXPECT_EQ(guest.command(15, 0, slot << 24 | 1U << 16).code(), 19U);
    EXPECT_EQ(guest.command(14, 0, slot << 24 | 1U << 16).code(), 1U);
    EXPECT_EQ(guest.endpointState(slot, 1), 3U); // Stopped
    const auto& ring = guest.ringOf(slot, 1);
    const std::uint64_t next = ring.base + 16ULL * ring.index;
    EXPECT_EQ(guest.command(16, next | (ring.cycle ? 1 : 0), slot << 24 | 1U << 16).code(), 1U);
    EXPECT_EQ(guest.control(slot, 0x80, 6, 0x100, 0, 18).data.size(), 18U);
}

TEST(XhciRings, ReportsWaitForTheDeviceAndArriveShort)
{
    Running guest;
    const unsigned slot = guest.bringUp(1);
    const std::uint64_t at = guest.offer(slot, 3, Guest::Buffers + 0x100, 8);
    EXPECT_FALSE(guest.event());
    guest.tablet->moveAbsolute(0x1234, 0x5678);
    guest.tablet->sync();
    const auto event = guest.eventOf(32);
    EXPECT_EQ(event.parameter, at);
    EXPECT_EQ(event.code(), 13U); // Short Packet
    EXPECT_EQ(event.residual(), 1U);
    EXPECT_EQ(event.control >> 16 & 0x1f, 3U);
    const auto report = guest.report(event, 8);
    ASSERT_EQ(report.size(), 7U);
    EXPECT_EQ(report[1], std::byte{0x34});
    EXPECT_EQ(report[4], std::byte{0x56});
}

TEST(XhciRings, ManyReportsGoAroundTheRings)
{
    Running guest;
    const unsigned slot = guest.bringUp(2);
    for (unsigned i = 0; i < 200; ++i) {
        guest.offer(slot, 3, Guest::Buffers + 0x100, 8);
        guest.keyboard->key(KEY_A, i % 2 == 0);
        const auto event = guest.eventOf(32);
        ASSERT_EQ(event.code(), 1U);
        EXPECT_EQ(guest.report(event, 8)[2], std::byte(i % 2 == 0 ? 4 : 0));
    }
}

TEST(XhciRings, EventDataCountsWhatWasMoved)
{
    Running guest;
    const unsigned slot = guest.bringUp(1);
    auto& ring = guest.ringOf(slot, 3);
    guest.push(ring, {.parameter = Guest::Buffers, .status = 4, .control = 1U << 10 | 1U << 4});
    guest.push(ring, {.parameter = Guest::Buffers + 64, .status = 4, .control = 1U << 10 | 1U << 4});
    guest.push(ring, {.parameter = 0xdead'beef'0001, .status = 0, .control = 7U << 10 | 1U << 5});
    guest.set(Guest::Doorbells + 4ULL * slot, 3);
    guest.tablet->moveAbsolute(1, 2);
    guest.tablet->sync();
    const auto event = guest.eventOf(32);
    EXPECT_EQ(event.parameter, 0xdead'beef'0001U);
    EXPECT_EQ(event.control & 4, 4U);
    EXPECT_EQ(event.code(), 13U);
    EXPECT_EQ(event.residual(), 7U); // EDTLA
    EXPECT_EQ(guest.board.load<std::uint8_t>(Guest::Buffers + 1), 1);
    EXPECT_EQ(guest.board.load<std::uint8_t>(Guest::Buffers + 3), 2);
}

TEST(XhciRings, StoppedEndpointTellsWhatWaitedAndGoesOnAtTheDoorbell)
{
    Running guest;
    const unsigned slot = guest.bringUp(1);
    const std::uint64_t at = guest.offer(slot, 3, Guest::Buffers, 8);
    EXPECT_EQ(guest.command(15, 0, slot << 24 | 3U << 16).code(), 1U);
    EXPECT_EQ(guest.endpointState(slot, 3), 3U);
    EXPECT_EQ(guest.board.load<std::uint64_t>(Guest::contextOf(slot) + 0x68) & ~15ULL, at);
    guest.tablet->moveAbsolute(3, 4);
    guest.tablet->sync();
    EXPECT_FALSE(guest.event());
    guest.set(Guest::Doorbells + 4ULL * slot, 3);
    EXPECT_EQ(guest.endpointState(slot, 3), 1U);
    guest.tablet->moveAbsolute(5, 6);
    guest.tablet->sync();
    EXPECT_EQ(guest.eventOf(32).parameter, at);
}

TEST(XhciRings, FullEventRingSaysSoAndLosesNothing)
{
    Running guest;
    guest.acknowledges = false;
    for (unsigned i = 0; i < 30; ++i)
        guest.pushCommand({.parameter = 0, .status = 0, .control = 23U << 10});
    guest.set(Guest::Doorbells, 0);
    for (unsigned i = 0; i < 4; ++i)
        guest.pushCommand({.parameter = 0, .status = 0, .control = 23U << 10});
    guest.set(Guest::Doorbells, 0);
    unsigned completions = 0;
    unsigned full = 0;
    while (const auto event = guest.event()) {
        completions += event->type() == 33 ? 1 : 0;
        full += event->type() == 37 && event->code() == 21 ? 1 : 0;
    }
    EXPECT_EQ(full, 1U);
    guest.acknowledge();
    while (const auto event = guest.event())
        completions += event->type() == 33 ? 1 : 0;
    EXPECT_EQ(completions, 34U);
}

TEST(XhciRings, SuspendedDeviceWakesTheHost)
{
    Running guest;
    const unsigned slot = guest.bringUp(2);
    EXPECT_EQ(guest.control(slot, 0x00, 3, 1, 0, 0).code, 1U); // SET_FEATURE(DEVICE_REMOTE_WAKEUP)
    guest.offer(slot, 3, Guest::Buffers, 8);
    guest.set(guest.port(2), 1U << 9 | 1U << 16 | 3U << 5); // U3
    EXPECT_EQ(guest.get(guest.port(2)) >> 5 & 15, 3U);
    guest.keyboard->key(KEY_B, true);
    EXPECT_EQ(guest.eventOf(34).parameter, 2ULL << 24);
    EXPECT_EQ(guest.get(guest.port(2)) >> 5 & 15, 15U); // Resume
    EXPECT_EQ(guest.get(guest.port(2)) >> 22 & 1, 1U);  // PLC
    guest.set(guest.port(2), 1U << 9 | 1U << 22);
    guest.set(guest.port(2), 1U << 9 | 1U << 16 | 0U << 5);
    const auto event = guest.event();
    ASSERT_TRUE(event);
    EXPECT_EQ(guest.get(guest.port(2)) >> 5 & 15, 0U);
    // The key that woke it is the first report.
    std::optional<Guest::Trb> transfer = event->type() == 32 ? event : guest.eventOf(32);
    EXPECT_EQ(guest.report(*transfer, 8)[2], std::byte{5});
}

TEST(XhciRings, UnpluggedDeviceFailsItsTransfers)
{
    Running guest;
    const unsigned slot = guest.bringUp(1);
    guest.offer(slot, 3, Guest::Buffers, 8);
    guest.xhci.plug(0, nullptr);
    EXPECT_EQ(guest.eventOf(34).parameter, 1ULL << 24);
    guest.set(Guest::Doorbells + 4ULL * slot, 3);
    EXPECT_EQ(guest.eventOf(32).code(), 4U);
    EXPECT_EQ(guest.endpointState(slot, 3), 2U);
}

TEST(XhciRings, RingOfLinksStopsTheController)
{
    Running guest;
    guest.board.store(Guest::CommandRing,
                      Guest::Trb{.parameter = Guest::CommandRing, .status = 0, .control = 6U << 10 | 1});
    guest.set(Guest::Op, 2);
    guest.start();
    guest.board.store(Guest::CommandRing,
                      Guest::Trb{.parameter = Guest::CommandRing, .status = 0, .control = 6U << 10 | 1});
    guest.set(Guest::Doorbells, 0);
    EXPECT_EQ(guest.get(Guest::Op + 4) & 4, 4U); // HSE
    guest.start();
    EXPECT_EQ(guest.get(Guest::Op + 4) & 4, 0U);
}

TEST(XhciRings, EndlessCommandsAreDoneInPortions)
{
    Running guest;
    // No Ops and a link back that does not toggle: the ring never ends.
    for (unsigned i = 0; i < 31; ++i)
        guest.board.store(Guest::CommandRing + 16ULL * i,
                          Guest::Trb{.parameter = 0, .status = 0, .control = 23U << 10 | 1});
    guest.board.store(Guest::CommandRing + 16ULL * 31,
                      Guest::Trb{.parameter = Guest::CommandRing, .status = 0, .control = 6U << 10 | 1});
    guest.set(Guest::Doorbells, 0);
    EXPECT_EQ(guest.get(Guest::Op + 4) & 0x1004, 0U);
    guest.set(Guest::Op, 4); // and it stops when it is told to
    EXPECT_EQ(guest.get(Guest::Op + 4) & 1, 1U);
}

TEST(XhciRings, MemoryThatIsNotThereIsNoCrash)
{
    Running guest;
    const unsigned slot = guest.bringUp(1);
    guest.offer(slot, 3, 0xffff'ffff'ffff'fff0, 8);
    guest.tablet->moveAbsolute(9, 9);
    guest.tablet->sync();
    EXPECT_EQ(guest.eventOf(32).code(), 5U); // TRB Error
    EXPECT_EQ(guest.endpointState(slot, 3), 4U);
    guest.board.store(Guest::ContextArray + 8ULL * 2, std::uint64_t{0xffff'ffff'0000'0000});
    EXPECT_EQ(guest.command(9).slot(), 2U);
}

TEST(XhciRings, StateSurvivesInTheMiddleOfEverything)
{
    std::mt19937 random(7);
    for (unsigned round = 0; round < 8; ++round) {
        Running guest;
        const unsigned slot = guest.bringUp(1);
        const unsigned keys = guest.bringUp(2);
        guest.offer(slot, 3, Guest::Buffers + 0x100, 8);
        for (unsigned i = 0; i < random() % 6; ++i) {
            guest.offer(keys, 3, Guest::Buffers + 0x200 + 8ULL * i, 8);
            guest.keyboard->key(static_cast<KeyCode>(KEY_Q + i), true);
        }
        StateWriter saved;
        guest.xhci.saveState(saved);
        // Another machine with the same memory.
        guest.xhci.reset();
        StateReader reader(saved.data());
        ASSERT_TRUE(guest.xhci.restoreState(reader));
        StateWriter again;
        guest.xhci.saveState(again);
        ASSERT_TRUE(std::ranges::equal(saved.data(), again.data()));
        guest.xhci.resumeWork();
        guest.drain();
        guest.tablet->moveAbsolute(77, 88);
        guest.tablet->sync();
        const auto event = guest.eventOf(32);
        EXPECT_EQ(event.slot(), slot);
        EXPECT_EQ(guest.report(event, 8)[1], std::byte{77});
        EXPECT_EQ(guest.command(23).code(), 1U);
    }
}

TEST(XhciRings, BrokenStateIsRefusedWhole)
{
    Running guest;
    (void)guest.bringUp(1);
    StateWriter saved;
    guest.xhci.saveState(saved);
    for (std::size_t length = 0; length < saved.data().size(); length += 37) {
        StateReader reader(saved.data().first(length));
        EXPECT_FALSE(guest.xhci.restoreState(reader));
    }
    std::mt19937 random(3);
    for (unsigned round = 0; round < 200; ++round) {
        std::vector<std::byte> bytes(saved.data().begin(), saved.data().end());
        for (unsigned i = 0; i < 4; ++i)
            bytes.at(random() % bytes.size()) = std::byte(static_cast<std::uint8_t>(random()));
        StateReader reader(bytes);
        (void)guest.xhci.restoreState(reader);
        guest.xhci.resumeWork();
        guest.set(Guest::Doorbells + 4, 3);
        guest.tablet->moveAbsolute(static_cast<std::uint16_t>(round), 1);
        guest.tablet->sync();
    }
    guest.placeBars();
    guest.start();
    guest.drain();
    EXPECT_NE(guest.address(1), 0U);
}

TEST(XhciRings, SaveAndRestoreCommandsKeepTheEventRing)
{
    Running guest;
    (void)guest.command(23);
    guest.set(Guest::Op, 4 | 1U << 8); // halt and CSS
    guest.set(Guest::Op, 4 | 1U << 8);
    EXPECT_EQ(guest.get(Guest::Op + 4) & 0x700, 0U);
    guest.board.mmioWrite(Guest::Runtime + 0x30, 8, Guest::EventTable);
    guest.set(Guest::Op, 4 | 1U << 9); // CRS
    EXPECT_EQ(guest.get(Guest::Op + 4) & 0x400, 0U);
    guest.set(Guest::Op, 5);
    EXPECT_EQ(guest.command(23).code(), 1U);
    guest.set(Guest::Op, 2);
    guest.set(Guest::Op, 1U << 9);
    EXPECT_EQ(guest.get(Guest::Op + 4) & 0x400, 0x400U); // SRE: a reset has lost it
}

} // namespace
} // namespace engine::test
