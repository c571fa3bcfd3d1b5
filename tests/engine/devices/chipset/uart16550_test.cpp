// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/chipset/uart16550.h"

#include <gtest/gtest.h>

namespace engine {
namespace {

// PC16550D datasheet, table II.
constexpr std::uint8_t Rbr = 0, Thr = 0, Dll = 0, Ier = 1, Dlm = 1, Iir = 2, Fcr = 2, Lcr = 3, Mcr = 4,
                       Lsr = 5, Msr = 6, Scr = 7;

TEST(Uart16550, StartsAsAfterItsResetPin)
{
    Uart16550 uart;
    EXPECT_EQ(uart.read(Ier), 0x00);
    EXPECT_EQ(uart.read(Iir), 0x01);
    EXPECT_EQ(uart.read(Lcr), 0x00);
    EXPECT_EQ(uart.read(Mcr), 0x00);
    EXPECT_EQ(uart.read(Lsr), 0x60);
    EXPECT_EQ(uart.read(Msr), 0xb0); // CTS, DSR, DCD: the cable is in
    EXPECT_FALSE(uart.interruptLine());
}

TEST(Uart16550, AnswersThePresenceProbeOfFirmware)
{
    Uart16550 uart;
    uart.write(Ier, 0x02);
    EXPECT_EQ(uart.read(Ier), 0x02);
    EXPECT_EQ(uart.read(Iir), 0x02); // as recorded
    uart.write(Ier, 0x00);
}

TEST(Uart16550, DivisorLatchHidesDataAndInterruptEnable)
{
    Uart16550 uart;
    uart.write(Lcr, 0x80);
    uart.write(Dll, 0x01);
    uart.write(Dlm, 0x02);
    EXPECT_EQ(uart.read(Dll), 0x01);
    EXPECT_EQ(uart.read(Dlm), 0x02);
    uart.write(Lcr, 0x03);
    EXPECT_EQ(uart.read(Ier), 0x00);
    EXPECT_FALSE(uart.takeTransmitted());
}

TEST(Uart16550, EnablingThreInterruptsAtOnceAndReadingIirAcknowledges)
{
    Uart16550 uart;
    uart.write(Mcr, 0x08);
    uart.write(Ier, 0x02);
    EXPECT_TRUE(uart.interruptLine());
    EXPECT_EQ(uart.read(Iir), 0x02);
    EXPECT_FALSE(uart.interruptLine());
    EXPECT_EQ(uart.read(Iir), 0x01);
    uart.write(Ier, 0x02); // no new edge of the enable bit
    EXPECT_EQ(uart.read(Iir), 0x01);
    uart.write(Ier, 0x00);
    uart.write(Ier, 0x02); // Linux' test for a chip that forgets this one
    EXPECT_EQ(uart.read(Iir), 0x02);
    uart.write(Thr, 'x');
    EXPECT_EQ(uart.takeTransmitted(), 'x');
    EXPECT_EQ(uart.read(Iir), 0x02);
}

TEST(Uart16550, InterruptCausesAreReportedByPriority)
{
    Uart16550 uart;
    uart.write(Mcr, 0x08);
    uart.write(Ier, 0x0f);
    uart.setModemInputs({.clearToSend = false});
    uart.receive('a');
    uart.receiveBreak(); // no room without FIFOs: overrun and break
    EXPECT_EQ(uart.read(Iir), 0x06);
    EXPECT_EQ(uart.read(Lsr) & 0x1e, 0x12);
    EXPECT_EQ(uart.read(Iir), 0x04);
    (void)uart.read(Rbr);
    EXPECT_EQ(uart.read(Iir), 0x02);
    EXPECT_EQ(uart.read(Iir), 0x00);
    EXPECT_EQ(uart.read(Msr), 0xa1); // CTS gone, and it says so once
    EXPECT_EQ(uart.read(Iir), 0x01);
    EXPECT_EQ(uart.read(Msr), 0xa0);
}

TEST(Uart16550, Out2GatesTheInterrupt)
{
    Uart16550 uart;
    uart.write(Ier, 0x01);
    uart.receive('a');
    EXPECT_FALSE(uart.interruptLine());
    uart.write(Mcr, 0x08);
    EXPECT_TRUE(uart.interruptLine());
}

TEST(Uart16550, FifoInterruptsAtItsTriggerLevel)
{
    for (const auto& [fcr, level] : {std::pair{0x01, 1}, {0x41, 4}, {0x81, 8}, {0xc1, 14}}) {
        Uart16550 uart;
        uart.write(Mcr, 0x08);
        uart.write(Ier, 0x01);
        uart.write(Fcr, static_cast<std::uint8_t>(fcr));
        for (int i = 0; i < level; ++i) {
            EXPECT_FALSE(uart.interruptLine()) << "level " << level << " byte " << i;
            uart.receive(static_cast<std::uint8_t>(i));
        }
        EXPECT_EQ(uart.read(Iir), 0xc4);
        (void)uart.read(Rbr);
        EXPECT_EQ(uart.interruptLine(), false);
    }
}

TEST(Uart16550, SilenceBelowTheTriggerLevelRaisesTheTimeout)
{
    Uart16550 uart;
    uart.write(Mcr, 0x08);
    uart.write(Ier, 0x01);
    uart.write(Fcr, 0xc1);
    uart.receive('a');
    EXPECT_TRUE(uart.waitsForTimeout());
    uart.receiveTimeout();
    EXPECT_EQ(uart.read(Iir), 0xcc);
    EXPECT_EQ(uart.read(Rbr), 'a');
    EXPECT_EQ(uart.read(Iir), 0xc1);
    EXPECT_FALSE(uart.waitsForTimeout());
}

TEST(Uart16550, FullFifoOverrunsAndKeepsTheOlderBytes)
{
    Uart16550 uart;
    uart.write(Fcr, 0x01);
    for (int i = 0; i < 17; ++i)
        uart.receive(static_cast<std::uint8_t>(i));
    EXPECT_EQ(uart.receiveSpace(), 0U);
    EXPECT_EQ(uart.read(Lsr) & 0x83, 0x03); // an overrun is not an error "in" the FIFO
    for (int i = 0; i < 16; ++i)
        EXPECT_EQ(uart.read(Rbr), i);
    EXPECT_EQ(uart.read(Lsr), 0x60);
}

TEST(Uart16550, ClearingTheFifoEmptiesIt)
{
    Uart16550 uart;
    uart.write(Fcr, 0x01);
    uart.receive('a');
    uart.write(Fcr, 0x03);
    EXPECT_EQ(uart.read(Lsr) & 1, 0);
    uart.receive('b');
    uart.write(Fcr, 0x00);
    EXPECT_EQ(uart.read(Lsr) & 1, 0);
    EXPECT_EQ(uart.read(Iir) & 0xc0, 0x00);
}

TEST(Uart16550, LoopbackConnectsOutputsToInputs)
{
    Uart16550 uart;
    uart.write(Mcr, 0x1a); // loopback, OUT2, RTS: the probe of Linux
    EXPECT_EQ(uart.read(Msr) & 0xf0, 0x90);
    uart.write(Mcr, 0x15);
    EXPECT_EQ(uart.read(Msr) & 0xf0, 0x60);
    uart.write(Thr, 0x5a);
    EXPECT_FALSE(uart.takeTransmitted());
    EXPECT_EQ(uart.read(Rbr), 0x5a);
    EXPECT_EQ(uart.receiveSpace(), 0U); // the outside is disconnected
    uart.receive('x');
    EXPECT_EQ(uart.read(Lsr) & 1, 0);
    uart.write(Lcr, 0x40);
    EXPECT_EQ(uart.read(Lsr) & 0x11, 0x11);
}

TEST(Uart16550, RingIndicatorCountsWhenItEnds)
{
    Uart16550 uart;
    uart.setModemInputs({.ringIndicator = true});
    EXPECT_EQ(uart.read(Msr), 0xf0);
    uart.setModemInputs({});
    EXPECT_EQ(uart.read(Msr), 0xb4);
}

TEST(Uart16550, OlderModelsLackScratchAndFifo)
{
    Uart16550 oldest(UartModel::Uart8250);
    oldest.write(Scr, 0x5a);
    EXPECT_EQ(oldest.read(Scr), 0xff);
    Uart16550 older(UartModel::Uart16450);
    older.write(Scr, 0x5a);
    EXPECT_EQ(older.read(Scr), 0x5a);
    older.write(Fcr, 0xc1);
    EXPECT_EQ(older.read(Iir), 0x01);
    Uart16550 uart;
    uart.write(Fcr, 0xc1);
    EXPECT_EQ(uart.read(Iir), 0xc1);
}

TEST(Uart16550, CharacterTimeFollowsDivisorAndFormat)
{
    Uart16550 uart;
    uart.write(Lcr, 0x83);
    uart.write(Dll, 1);
    uart.write(Dlm, 0);
    uart.write(Lcr, 0x03); // 8N1 at 115200: ten bits
    EXPECT_NEAR(static_cast<double>(uart.characterTime().count()), 1e10 / 115200, 2.0);
    uart.write(Lcr, 0x83);
    uart.write(Dll, 0);
    EXPECT_GT(uart.characterTime().count(), 0);
}

} // namespace
} // namespace engine
