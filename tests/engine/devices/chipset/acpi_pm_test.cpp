// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/manual_clock.h"
#include "device_probe.h"
#include "devices/chipset/acpi_pm.h"

namespace engine {
namespace {

using namespace std::chrono_literals;
using namespace test;

// Offsets from PMBASE, ICH9 datasheet 13.8.3.
constexpr std::uint64_t Pm1Sts = 0x00, Pm1En = 0x02, Pm1Cnt = 0x04, PmTmr = 0x08, Gpe0Sts = 0x20,
                        Gpe0En = 0x28, SmiEn = 0x30, SmiSts = 0x34, TcoRld = 0x60, Tco1Cnt = 0x68,
                        TcoTmr = 0x72;

class AcpiPmTest : public testing::Test {
protected:
    AcpiPmTest()
    {
        m_pm.setSleepCallback([this](SleepState state) { m_slept.push_back(state); });
    }
    RecordingIrqLine m_sci;
    ManualClock m_clock;
    AcpiPm m_pm{m_sci, m_clock};
    std::vector<SleepState> m_slept;
};

TEST_F(AcpiPmTest, StartsAsFirmwareExpectsWithoutSmm)
{
    EXPECT_EQ(busRead<std::uint32_t>(m_pm, SmiEn), 0x20U); // or SeaBIOS waits for an SMI for ever
    EXPECT_EQ(busRead<std::uint16_t>(m_pm, Pm1Cnt), 0x0001);
    EXPECT_EQ(busRead<std::uint16_t>(m_pm, Pm1Sts), 0);
    EXPECT_EQ(busRead<std::uint16_t>(m_pm, Pm1En), 0);
    EXPECT_FALSE(m_sci.asserted());
}

TEST_F(AcpiPmTest, TimerCountsAt3579545HertzIn24Bits)
{
    EXPECT_EQ(busRead<std::uint32_t>(m_pm, PmTmr), 0U);
    m_clock.advance(1s);
    EXPECT_EQ(busRead<std::uint32_t>(m_pm, PmTmr), 3'579'545U);
    m_clock.advance(9s);
    EXPECT_EQ(busRead<std::uint32_t>(m_pm, PmTmr), 35'795'450U & 0xff'ffffU);
    m_clock.advance(24h * 3650);
    const std::uint64_t seconds = 3650ULL * 86'400 + 10;
    EXPECT_EQ(busRead<std::uint32_t>(m_pm, PmTmr), seconds * 3'579'545 & 0xff'ffffU);
    EXPECT_EQ(busRead<std::uint16_t>(m_pm, PmTmr + 1), seconds * 3'579'545 >> 8 & 0xffffU);
    EXPECT_EQ(in8(m_pm, PmTmr + 3), 0);
}

TEST_F(AcpiPmTest, TimeOfATickIsTheFirstInstantThatShowsIt)
{
    for (const std::uint64_t tick : {1ULL, 2ULL, 1ULL << 23, 3'579'545ULL, 123'456'789'012ULL}) {
        const auto at = PmTimer::timeOf(tick);
        EXPECT_EQ(PmTimer::ticks(at), tick);
        EXPECT_EQ(PmTimer::ticks(at - 1ns), tick - 1);
    }
}

TEST_F(AcpiPmTest, TimerOverflowSetsItsStatusAndInterrupts)
{
    m_clock.advance(2343ms); // bit 23 changes after 2.3435 s
    EXPECT_EQ(busRead<std::uint16_t>(m_pm, Pm1Sts) & 1, 0);
    m_clock.advance(1ms);
    EXPECT_EQ(busRead<std::uint16_t>(m_pm, Pm1Sts) & 1, 1);
    EXPECT_FALSE(m_sci.asserted());
    EXPECT_FALSE(m_clock.nextDeadline()) << "no timer runs while nobody wants the interrupt";
    busWrite<std::uint16_t>(m_pm, Pm1Sts, 1);
    busWrite<std::uint16_t>(m_pm, Pm1En, 1);
    m_clock.advance(2342ms); // twice 2.3435 s since the start
    EXPECT_FALSE(m_sci.asserted());
    m_clock.advance(1ms);
    EXPECT_TRUE(m_sci.asserted());
    busWrite<std::uint16_t>(m_pm, Pm1Sts, 1);
    EXPECT_FALSE(m_sci.asserted());
}

TEST_F(AcpiPmTest, PowerButtonRaisesTheSciUntilItsStatusIsCleared)
{
    m_pm.pressPowerButton();
    EXPECT_FALSE(m_sci.asserted());
    busWrite<std::uint16_t>(m_pm, Pm1En, 0x0100);
    EXPECT_TRUE(m_sci.asserted());
    EXPECT_EQ(busRead<std::uint16_t>(m_pm, Pm1Sts), 0x0100);
    busWrite<std::uint16_t>(m_pm, Pm1Sts, 0x0200);
    EXPECT_TRUE(m_sci.asserted());
    busWrite<std::uint16_t>(m_pm, Pm1Sts, 0x0100);
    EXPECT_FALSE(m_sci.asserted());
    busWrite<std::uint16_t>(m_pm, Pm1En, 0x0200);
    m_pm.pressSleepButton();
    EXPECT_TRUE(m_sci.asserted());
}

TEST_F(AcpiPmTest, SciNeedsSciEnable)
{
    busWrite<std::uint16_t>(m_pm, Pm1En, 0x0100);
    m_pm.setSciEnabled(false);
    m_pm.pressPowerButton();
    EXPECT_FALSE(m_sci.asserted());
    EXPECT_EQ(busRead<std::uint16_t>(m_pm, Pm1Cnt) & 1, 0);
    busWrite<std::uint16_t>(m_pm, Pm1Cnt, 1); // not the operating system's bit
    EXPECT_FALSE(m_pm.isSciEnabled());
    m_pm.setSciEnabled(true);
    EXPECT_TRUE(m_sci.asserted());
}

TEST_F(AcpiPmTest, SleepEnableReportsTheStateOfItsType)
{
    busWrite<std::uint16_t>(m_pm, Pm1Cnt, 0x2000 | 0 << 10);
    busWrite<std::uint16_t>(m_pm, Pm1Cnt, 0x2000 | 1 << 10);
    busWrite<std::uint16_t>(m_pm, Pm1Cnt, 0x2000 | 2 << 10);
    busWrite<std::uint16_t>(m_pm, Pm1Cnt, 0x1400); // type without enable
    EXPECT_EQ(m_slept, (std::vector{SleepState::S5, SleepState::S3, SleepState::S4}));
    EXPECT_EQ(busRead<std::uint16_t>(m_pm, Pm1Cnt), 0x1401); // SLP_EN reads as 0
}

TEST_F(AcpiPmTest, SleepCallbackMayCallBackIntoTheDevice)
{
    m_pm.setSleepCallback([this](SleepState) { m_pm.wake(); });
    busWrite<std::uint16_t>(m_pm, Pm1Cnt, 0x2400);
    EXPECT_EQ(busRead<std::uint16_t>(m_pm, Pm1Sts), 0x8000);
}

TEST_F(AcpiPmTest, GeneralPurposeEventsRaiseTheSci)
{
    m_pm.raiseGpe(1);
    m_pm.raiseGpe(33);
    EXPECT_EQ(busRead<std::uint64_t>(m_pm, Gpe0Sts), 1ULL << 33 | 2);
    EXPECT_FALSE(m_sci.asserted());
    out8(m_pm, Gpe0En, 0x02);
    EXPECT_TRUE(m_sci.asserted());
    out8(m_pm, Gpe0Sts, 0x02);
    EXPECT_FALSE(m_sci.asserted());
    out8(m_pm, Gpe0En + 4, 0x02);
    EXPECT_TRUE(m_sci.asserted());
}

TEST_F(AcpiPmTest, WatchdogBlockRemembersAndNeverFires)
{
    EXPECT_EQ(busRead<std::uint16_t>(m_pm, TcoTmr), 4);
    busWrite<std::uint16_t>(m_pm, TcoTmr, 0xffff);
    EXPECT_EQ(busRead<std::uint16_t>(m_pm, TcoTmr), 0x3ff);
    EXPECT_EQ(busRead<std::uint16_t>(m_pm, TcoRld), 0x3ff);
    busWrite<std::uint16_t>(m_pm, Tco1Cnt, 0x0800);
    EXPECT_EQ(busRead<std::uint16_t>(m_pm, Tco1Cnt), 0x0800);
    EXPECT_EQ(busRead<std::uint32_t>(m_pm, 0x64), 0U);
    busWrite<std::uint32_t>(m_pm, 0x74, ~0U); // reserved
    EXPECT_EQ(busRead<std::uint32_t>(m_pm, 0x74), 0U);
}

TEST_F(AcpiPmTest, ResetRestoresEverything)
{
    busWrite<std::uint32_t>(m_pm, SmiEn, 0);
    busWrite<std::uint16_t>(m_pm, Pm1En, 0x0100);
    m_pm.pressPowerButton();
    m_pm.setSciEnabled(false);
    busWrite<std::uint64_t>(m_pm, Gpe0En, ~0ULL);
    m_clock.advance(10s);
    m_pm.reset();
    EXPECT_FALSE(m_sci.asserted());
    EXPECT_EQ(busRead<std::uint32_t>(m_pm, SmiEn), 0x20U);
    EXPECT_EQ(busRead<std::uint32_t>(m_pm, SmiSts), 0U);
    EXPECT_EQ(busRead<std::uint32_t>(m_pm, Pm1Sts), 0U);
    EXPECT_EQ(busRead<std::uint16_t>(m_pm, Pm1Cnt), 1);
    EXPECT_EQ(busRead<std::uint64_t>(m_pm, Gpe0En), 0U);
}

TEST_F(AcpiPmTest, SurvivesEveryAccess)
{
    pokeEverywhere(m_pm, AcpiPm::BlockBytes);
    m_pm.raiseGpe(1000);
    m_pm.reset();
    EXPECT_FALSE(m_sci.asserted());
}

TEST_F(AcpiPmTest, StateSurvivesARoundTrip)
{
    for (unsigned seed = 0; seed < 50; ++seed) {
        stir(m_pm, AcpiPm::BlockBytes, seed);
        m_pm.pressPowerButton();
        m_clock.advance(999ms);
        RecordingIrqLine sci;
        AcpiPm copy(sci, m_clock);
        expectRoundTrip(m_pm, copy);
        EXPECT_EQ(sci.asserted(), m_sci.asserted());
    }
}

} // namespace
} // namespace engine
