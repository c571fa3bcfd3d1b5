// SPDX-License-Identifier: GPL-3.0-or-later
#include "device_probe.h"
#include "devices/chipset/legacy_stubs.h"

namespace engine {
namespace {

using namespace test;

TEST(DmaController, ProgramsAddressesThroughItsFlipFlop)
{
    DmaController dma("dma0", 1);
    out8(dma, 0x0d, 0); // master clear, as SeaBIOS does
    out8(dma, 0x02, 0x34);
    out8(dma, 0x02, 0x12);
    out8(dma, 0x0c, 0);
    EXPECT_EQ(in8(dma, 0x02), 0x34);
    EXPECT_EQ(in8(dma, 0x02), 0x12);
    EXPECT_EQ(in8(dma, 0x0f), 0x0f);
    out8(dma, 0x0a, 0x02);
    EXPECT_EQ(in8(dma, 0x0f), 0x0b);
    EXPECT_EQ(in8(dma, 0x08), 0x00);
}

TEST(DmaController, SecondOneUsesEveryOtherPort)
{
    DmaController dma("dma1", 2);
    out8(dma, 0x1a, 0); // 0xDA
    out8(dma, 0x16, 0xc0);
    out8(dma, 0x14, 0); // 0xD4: unmask channel 4
    EXPECT_EQ(in8(dma, 0x1e), 0x0e);
    pokeEverywhere(dma, 32);
    dma.reset();
    DmaController copy("dma1", 2);
    stir(dma, 32, 1);
    expectRoundTrip(dma, copy);
}

TEST(DmaPageRegisters, AreStorage)
{
    DmaPageRegisters pages;
    out8(pages, 0x02, 0x5a);
    EXPECT_EQ(in8(pages, 0x02), 0x5a);
    DmaPageRegisters copy;
    expectRoundTrip(pages, copy);
    pokeEverywhere(pages, DmaPageRegisters::PortCount);
    pages.reset();
    EXPECT_EQ(in8(pages, 0x02), 0);
}

TEST(ParallelPort, AnswersTheProbeOfFirmware)
{
    ParallelPort port;
    EXPECT_EQ(in8(port, 2), 0xcc);
    out8(port, 2, 0xcc);
    out8(port, 0, 0xaa);
    EXPECT_EQ(in8(port, 0), 0xaa);
    EXPECT_EQ(in8(port, 1), 0xd8);
    ParallelPort copy;
    expectRoundTrip(port, copy);
    pokeEverywhere(port, 3);
    port.reset();
    EXPECT_EQ(in8(port, 2), 0xcc);
}

} // namespace
} // namespace engine
