// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/xhci_guest.h"

#include <random>

namespace engine::test {
namespace {

using Guest = XhciGuest;

TEST(XhciRegisters, CapabilitiesSayWhatThereIs)
{
    Guest guest;
    EXPECT_EQ(guest.board.mmioRead(Guest::Bar, 1), 0x40U);
    EXPECT_EQ(guest.board.mmioRead(Guest::Bar + 2, 2), 0x0110U);
    EXPECT_EQ(guest.get(Guest::Bar + 4), 0x0800'0820U); // 32 slots, 8 interrupters, 8 ports
    EXPECT_EQ(guest.get(Guest::Bar + 8) >> 21, 0U);     // no scratchpad
    EXPECT_EQ(guest.get(Guest::Bar + 0x10) & 0xffff, 1U);
    EXPECT_EQ(guest.get(Guest::Bar + 0x14), 0x2000U);
    EXPECT_EQ(guest.get(Guest::Bar + 0x18), 0x1000U);
    EXPECT_EQ(guest.board.configRead(0x08, 4), 0x0c0330'01U);
    EXPECT_EQ(guest.board.configRead(0x60, 2), 0x2030U);
    EXPECT_EQ(guest.get(Guest::Op + 8), 1U); // 4 KiB pages
}

TEST(XhciRegisters, ExtendedCapabilitiesNameBothProtocolsAndEveryPortOnce)
{
    Guest guest;
    std::uint64_t at = Guest::Bar + 4ULL * (guest.get(Guest::Bar + 0x10) >> 16);
    std::vector<unsigned> ids;
    unsigned ports = 0;
    for (unsigned i = 0; i < 8; ++i) {
        const std::uint32_t head = guest.get(at);
        ids.push_back(head & 0xff);
        if ((head & 0xff) == 2) {
            EXPECT_EQ(guest.get(at + 4), 0x2042'5355U);
            EXPECT_EQ(head >> 24, ids.size()); // USB 2, then 3
            EXPECT_EQ(guest.get(at + 8) & 0xff, ports + 1);
            ports += guest.get(at + 8) >> 8 & 0xff;
        }
        const unsigned next = head >> 8 & 0xff;
        if (next == 0)
            break;
        at += 4ULL * next;
    }
    EXPECT_EQ(ids, (std::vector<unsigned>{1, 2, 2}));
    EXPECT_EQ(ports, 8U);
}

TEST(XhciRegisters, FirmwareLetsGoWhenTheSystemAsks)
{
    Guest guest;
    const std::uint64_t legacy = Guest::Bar + 0x800;
    guest.board.mmioWrite(legacy + 2, 1, 1);
    EXPECT_EQ(guest.get(legacy) >> 16, 0x0001U);
    guest.board.mmioWrite(legacy + 3, 1, 1);
    EXPECT_EQ(guest.get(legacy) >> 16, 0x0100U);
    EXPECT_EQ(guest.get(legacy) & 0xff, 1U);
}

TEST(XhciRegisters, ResetHaltsAndForgets)
{
    Guest guest;
    guest.xhci.plug(0, guest.tablet);
    guest.start();
    guest.drain();
    EXPECT_NE(guest.address(1), 0U);
    guest.set(Guest::Op, 2);
    EXPECT_EQ(guest.get(Guest::Op), 0U);
    EXPECT_EQ(guest.get(Guest::Op + 4) & 0x1805, 1U); // halted, ready, no error
    EXPECT_EQ(guest.get(Guest::Op + 0x30), 0U);
    EXPECT_EQ(guest.get(Guest::Op + 0x38), 0U);
    EXPECT_EQ(guest.get(guest.port(1)) & 0x2'0003, 0x2'0001U); // connected anew, not enabled
    EXPECT_EQ(guest.get(guest.port(2)) & 0x2'0001, 0U);
}

TEST(XhciRegisters, PortsReportConnectAndResetOnce)
{
    Guest guest;
    guest.start();
    EXPECT_FALSE(guest.event());
    guest.xhci.plug(1, guest.keyboard);
    const auto connected = guest.eventOf(34);
    EXPECT_EQ(connected.parameter, 2ULL << 24);
    EXPECT_EQ(guest.get(Guest::Op + 4) & 0x10, 0x10U); // PCD
    guest.set(guest.port(2), 1U << 9 | 1U << 4);       // while CSC stands, there is no second event
    EXPECT_FALSE(guest.event());
    guest.set(guest.port(2), 1U << 9 | 0xfe'0000);
    EXPECT_EQ(guest.get(guest.port(2)) & 0xfe'3fff, 0x603U); // enabled, U0, powered, full speed
    guest.set(guest.port(2), 1U << 9 | 1U << 4);
    EXPECT_EQ(guest.eventOf(34).parameter, 2ULL << 24);
    EXPECT_FALSE(guest.event());
    guest.set(guest.port(2), 1U << 9 | 0xfe'0000);
    guest.xhci.plug(1, nullptr);
    EXPECT_EQ(guest.eventOf(34).parameter, 2ULL << 24);
    EXPECT_EQ(guest.get(guest.port(2)) & 3, 0U);
}

TEST(XhciRegisters, ChangesBeforeTheStartAreToldAtTheStart)
{
    Guest guest;
    guest.xhci.plug(0, guest.tablet);
    guest.start();
    EXPECT_EQ(guest.eventOf(34).parameter, 1ULL << 24);
}

TEST(XhciRegisters, MicroframesCountAndWrap)
{
    Guest guest;
    guest.start();
    guest.clock.advance(std::chrono::milliseconds(1));
    EXPECT_EQ(guest.get(Guest::Runtime), 8U);
    guest.set(Guest::Op, 1U << 10 | 5);
    guest.clock.advance(std::chrono::milliseconds(2048));
    EXPECT_EQ(guest.get(Guest::Runtime), 8U);
    EXPECT_EQ(guest.eventOf(39).code(), 1U);
    guest.set(Guest::Op, 4);
    EXPECT_EQ(guest.get(Guest::Runtime), 0U);
}

TEST(XhciRegisters, PinFollowsPendingAndEnable)
{
    Guest guest;
    guest.start();
    guest.xhci.plug(0, guest.tablet);
    EXPECT_TRUE(guest.board.irq->asserted());
    EXPECT_EQ(guest.get(Guest::Runtime + 0x20), 3U);
    EXPECT_EQ(guest.get(Guest::Op + 4) & 8, 8U);
    guest.set(Guest::Runtime + 0x20, 3); // IP is written to be cleared
    EXPECT_FALSE(guest.board.irq->asserted());
    EXPECT_EQ(guest.get(Guest::Runtime + 0x38) & 8, 8U); // EHB
    guest.drain();
    EXPECT_EQ(guest.get(Guest::Runtime + 0x38) & 8, 0U);
    EXPECT_FALSE(guest.board.irq->asserted());
}

TEST(XhciRegisters, MessagesGoOutOncePerBatchAndAcknowledgeThemselves)
{
    Guest guest;
    guest.board.mmioWrite(0xfe00'0000, 4, 0xfee0'0000);
    guest.board.mmioWrite(0xfe00'0008, 4, 0x41);
    guest.board.mmioWrite(0xfe00'000c, 4, 0);
    guest.board.configWrite(0x42, 2, 0x8000);
    guest.start();
    guest.acknowledges = false;
    guest.xhci.plug(0, guest.tablet);
    guest.xhci.plug(1, guest.keyboard);
    EXPECT_EQ(guest.board.msi.count(0x41), 1U); // the handler is busy with the first
    EXPECT_EQ(guest.get(Guest::Runtime + 0x20), 2U);
    EXPECT_FALSE(guest.board.irq->asserted());
    (void)guest.event();
    guest.acknowledge(); // one is left unseen
    EXPECT_EQ(guest.board.msi.count(0x41), 2U);
    (void)guest.event();
    guest.acknowledge();
    EXPECT_EQ(guest.board.msi.count(0x41), 2U);
}

TEST(XhciRegisters, ModerationDelaysInterrupts)
{
    Guest guest;
    guest.start();
    guest.set(Guest::Runtime + 0x24, 4000); // 1 ms
    guest.xhci.plug(0, guest.tablet);
    EXPECT_TRUE(guest.board.irq->asserted());
    guest.set(Guest::Runtime + 0x20, 3);
    guest.drain();
    guest.xhci.plug(1, guest.keyboard);
    EXPECT_FALSE(guest.board.irq->asserted());
    guest.clock.advance(std::chrono::microseconds(999));
    EXPECT_FALSE(guest.board.irq->asserted());
    guest.clock.advance(std::chrono::microseconds(1));
    EXPECT_TRUE(guest.board.irq->asserted());
}

TEST(XhciRegisters, EveryAccessIsSurvived)
{
    Guest guest;
    guest.xhci.plug(0, guest.tablet);
    std::mt19937 random(1);
    for (unsigned round = 0; round < 2; ++round)
        for (std::uint64_t offset = 0; offset < 0x4000; ++offset)
            for (const unsigned width : {1U, 2U, 4U, 8U}) {
                if (offset + width > 0x4000)
                    continue;
                (void)guest.board.mmioRead(Guest::Bar + offset, width);
                for (const std::uint64_t value :
                     {0ULL, ~0ULL, 0xffff'ffffULL & random(), 0x55aa'1234'0000'0001ULL})
                    guest.board.mmioWrite(Guest::Bar + offset, width, value);
            }
    guest.start();
    guest.drain();
    EXPECT_NE(guest.address(1), 0U);
}

} // namespace
} // namespace engine::test
