// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/manual_clock.h"
#include "device_probe.h"
#include "devices/chipset/rtc.h"

namespace engine {
namespace {

using namespace std::chrono_literals;
using namespace test;

// 2026-11-22 15:04:05 UTC, a Sunday.
constexpr auto Start = std::chrono::sys_days(std::chrono::year(2026) / 11 / 22) + 15h + 4min + 5s;

class RtcTest : public testing::Test {
protected:
    std::uint8_t get(unsigned index)
    {
        out8(m_rtc, 0, index);
        return in8(m_rtc, 1);
    }
    void set(unsigned index, unsigned value)
    {
        out8(m_rtc, 0, index);
        out8(m_rtc, 1, value);
    }

    RecordingIrqLine m_irq;
    ManualClock m_clock{Start};
    Rtc m_rtc{m_irq, m_clock};
};

TEST_F(RtcTest, ShowsCivilTimeInBcd)
{
    EXPECT_EQ(get(0x00), 0x05);
    EXPECT_EQ(get(0x02), 0x04);
    EXPECT_EQ(get(0x04), 0x15);
    EXPECT_EQ(get(0x06), 1); // Sunday
    EXPECT_EQ(get(0x07), 0x22);
    EXPECT_EQ(get(0x08), 0x11);
    EXPECT_EQ(get(0x09), 0x26);
    EXPECT_EQ(get(0x32), 0x20);
    m_clock.advance(24h);
    EXPECT_EQ(get(0x06), 2);
    EXPECT_EQ(get(0x07), 0x23);
}

TEST_F(RtcTest, BinaryAndTwelveHourModesChangeTheEncodingOnly)
{
    set(0x0b, 0x06); // binary, 24 h
    EXPECT_EQ(get(0x04), 15);
    EXPECT_EQ(get(0x07), 22);
    set(0x0b, 0x00); // BCD, 12 h
    EXPECT_EQ(get(0x04), 0x83);
    m_clock.advance(9h); // past midnight
    EXPECT_EQ(get(0x04), 0x12);
    m_clock.advance(12h);
    EXPECT_EQ(get(0x04), 0x92);
}

TEST_F(RtcTest, RegistersReadAsFirmwareHasSeenThem)
{
    EXPECT_EQ(in8(m_rtc, 0), 0xff); // the index cannot be read back
    EXPECT_EQ(get(0x0a), 0x26);
    EXPECT_EQ(get(0x0b), 0x02);
    EXPECT_EQ(get(0x0c), 0x00);
    set(0x0d, 0x00);
    EXPECT_EQ(get(0x8d), 0x80); // bit 7 of the index is the NMI mask
    EXPECT_TRUE(m_rtc.isNmiMasked());
    m_clock.advance(1s);
    EXPECT_EQ(get(0x8c), 0x10);
}

TEST_F(RtcTest, SettingTheClockMovesTheOffsetAndRunsOn)
{
    set(0x0b, 0x82); // SET
    set(0x00, 0x50);
    set(0x02, 0x59);
    set(0x04, 0x23);
    set(0x07, 0x31);
    set(0x08, 0x12);
    set(0x09, 0x29);
    m_clock.advance(10s);
    EXPECT_EQ(get(0x00), 0x50); // stands still
    set(0x0b, 0x02);
    m_clock.advance(10s);
    EXPECT_EQ(get(0x00), 0x00);
    EXPECT_EQ(get(0x04), 0x00);
    EXPECT_EQ(get(0x07), 0x01);
    EXPECT_EQ(get(0x08), 0x01);
    EXPECT_EQ(get(0x09), 0x30);
    EXPECT_GT(m_rtc.offset(), 24h * 365);
}

TEST_F(RtcTest, OffsetGivesLocalTime)
{
    m_rtc.setOffset(2h);
    EXPECT_EQ(get(0x04), 0x17);
    m_rtc.setOffset(-16h);
    EXPECT_EQ(get(0x04), 0x23);
    EXPECT_EQ(get(0x07), 0x21);
}

TEST_F(RtcTest, UpdateInProgressLeadsTheUpdateBy244Microseconds)
{
    EXPECT_EQ(get(0x0a) & 0x80, 0);
    m_clock.advance(1s - 245us);
    EXPECT_EQ(get(0x0a) & 0x80, 0);
    m_clock.advance(2us);
    EXPECT_EQ(get(0x0a) & 0x80, 0x80);
    EXPECT_EQ(get(0x00), 0x05);
    m_clock.advance(243us);
    EXPECT_EQ(get(0x0a) & 0x80, 0);
    EXPECT_EQ(get(0x00), 0x06);
}

TEST_F(RtcTest, UpdateEndedInterruptComesEverySecondUntilItIsRead)
{
    set(0x0b, 0x12);
    EXPECT_FALSE(m_irq.asserted());
    m_clock.advance(1s);
    EXPECT_TRUE(m_irq.asserted());
    EXPECT_EQ(get(0x0c), 0x90);
    EXPECT_FALSE(m_irq.asserted());
    EXPECT_EQ(get(0x0c), 0x00);
    m_clock.advance(1s);
    EXPECT_TRUE(m_irq.asserted());
}

TEST_F(RtcTest, AlarmMatchesExactlyOrWithDontCare)
{
    set(0x01, 0x10);
    set(0x03, 0x04);
    set(0x05, 0x15);
    set(0x0b, 0x22);
    m_clock.advance(4s);
    EXPECT_FALSE(m_irq.asserted());
    m_clock.advance(1s); // 15:04:10
    EXPECT_TRUE(m_irq.asserted());
    EXPECT_EQ(get(0x0c) & 0xa0, 0xa0);
    set(0x03, 0xff);
    set(0x05, 0xc0);
    m_clock.advance(59s);
    EXPECT_FALSE(m_irq.asserted());
    m_clock.advance(1s); // 15:05:10
    EXPECT_TRUE(m_irq.asserted());
}

TEST_F(RtcTest, AlarmThatPassedDuringAPauseIsNotLost)
{
    set(0x01, 0x00);
    set(0x03, 0x00);
    set(0x05, 0x03); // 03:00:00 tomorrow
    (void)get(0x0c);
    m_clock.advance(48h);
    EXPECT_EQ(get(0x0c) & 0x20, 0x20);
}

TEST_F(RtcTest, PeriodicInterruptKeepsItsRate)
{
    for (const auto& [rate, period] :
         {std::pair{6, 976'562ns}, {15, 500'000'000ns}, {1, 3'906'250ns}, {2, 7'812'500ns}, {3, 122'070ns}}) {
        set(0x0b, 0x02);
        set(0x0a, 0x20U | static_cast<unsigned>(rate));
        (void)get(0x0c);
        set(0x0b, 0x42);
        for (int i = 0; i < 5; ++i) {
            m_clock.advance(period - 10ns);
            EXPECT_FALSE(m_irq.asserted()) << "rate " << rate;
            m_clock.advance(10ns);
            EXPECT_TRUE(m_irq.asserted()) << "rate " << rate;
            EXPECT_EQ(get(0x0c) & 0xc0, 0xc0);
        }
    }
}

TEST_F(RtcTest, IdleClockArmsNoTimer)
{
    EXPECT_FALSE(m_clock.nextDeadline());
    set(0x0b, 0x42);
    EXPECT_TRUE(m_clock.nextDeadline());
    set(0x0b, 0x02);
    EXPECT_FALSE(m_clock.nextDeadline());
}

TEST_F(RtcTest, ResetKeepsTimeAndMemoryButNoInterrupts)
{
    m_rtc.setCmos(0x5f, 3);
    m_rtc.setCmos(0x32, 0x99); // the century is the clock's
    set(0x0f, 0x0a);
    set(0x40, 0x77);
    set(0x5f, 0x00);
    set(0x0b, 0x72);
    m_clock.advance(1s);
    m_rtc.reset();
    EXPECT_FALSE(m_irq.asserted());
    EXPECT_EQ(get(0x0b), 0x02);
    EXPECT_EQ(get(0x0c), 0x00);
    EXPECT_EQ(get(0x0f), 0x00);
    EXPECT_EQ(get(0x40), 0x77);
    EXPECT_EQ(get(0x5f), 0x03);
    EXPECT_EQ(get(0x32), 0x20);
    EXPECT_EQ(get(0x00), 0x06);
}

TEST_F(RtcTest, ReleasedDividerUpdatesAfterHalfASecond)
{
    set(0x0a, 0x76); // held in reset
    set(0x00, 0x30);
    m_clock.advance(5s);
    EXPECT_EQ(get(0x00), 0x30);
    set(0x0a, 0x26);
    m_clock.advance(499ms);
    EXPECT_EQ(get(0x00), 0x30);
    m_clock.advance(2ms);
    EXPECT_EQ(get(0x00), 0x31);
}

TEST_F(RtcTest, ToleratesDatesThatDoNotExist)
{
    set(0x0b, 0x86);
    for (const unsigned index : {0x00U, 0x02U, 0x04U, 0x06U, 0x07U, 0x08U, 0x09U, 0x32U})
        set(index, 0xff);
    set(0x0b, 0x02);
    EXPECT_NO_FATAL_FAILURE((void)get(0x09));
    set(0x0b, 0x86);
    for (const unsigned index : {0x00U, 0x02U, 0x04U, 0x06U, 0x07U, 0x08U, 0x09U, 0x32U})
        set(index, 0x00);
    set(0x0b, 0x02);
    EXPECT_NO_FATAL_FAILURE((void)get(0x09));
}

TEST_F(RtcTest, SurvivesEveryAccess)
{
    for (unsigned index = 0; index < 256; ++index)
        for (unsigned value = 0; value < 256; value += 5) {
            set(index, value);
            (void)get(index);
        }
    pokeEverywhere(m_rtc, 2);
    m_clock.advance(1h);
}

TEST_F(RtcTest, StateSurvivesARoundTrip)
{
    for (unsigned seed = 0; seed < 50; ++seed) {
        stir(m_rtc, 2, seed);
        m_clock.advance(777ms);
        RecordingIrqLine irq;
        Rtc copy(irq, m_clock);
        expectRoundTrip(m_rtc, copy);
        EXPECT_EQ(irq.asserted(), m_irq.asserted());
    }
}

} // namespace
} // namespace engine
