// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/manual_clock.h"
#include "device_probe.h"
#include "devices/chipset/debug_ports.h"
#include "devices/chipset/reset_control.h"
#include "devices/chipset/system_ports.h"

namespace engine {
namespace {

using namespace std::chrono_literals;
using namespace test;

class TextSink final : public ByteSink {
public:
    void write(std::span<const std::uint8_t> bytes) override { m_text.append(bytes.begin(), bytes.end()); }
    [[nodiscard]] const std::string& text() const { return m_text; }

private:
    std::string m_text;
};

TEST(DebugCon, AnswersE9AndPassesTextOn)
{
    TextSink sink;
    DebugCon console(&sink);
    EXPECT_EQ(in8(console, 0), 0xe9);
    for (const char c : std::string_view("SeaBIOS"))
        out8(console, 0, static_cast<unsigned char>(c));
    EXPECT_EQ(sink.text(), "SeaBIOS");
    pokeEverywhere(console, 1);
}

TEST(PostPort, RemembersTheLastCodeAndTellsChanges)
{
    std::vector<std::uint8_t> codes;
    PostPort port([&](std::uint8_t code) { codes.push_back(code); });
    out8(port, 0, 0x12);
    out8(port, 0, 0x12);
    out8(port, 0, 0x34);
    EXPECT_EQ(codes, (std::vector<std::uint8_t>{0x12, 0x34}));
    EXPECT_EQ(in8(port, 0), 0x34);
    PostPort copy;
    expectRoundTrip(port, copy);
    EXPECT_EQ(copy.lastCode(), 0x34);
    pokeEverywhere(port, 1);
}

TEST(DebugExit, HandsTheCodeOver)
{
    std::uint32_t seen = 0;
    DebugExit device([&](std::uint32_t code) { seen = code; });
    busWrite<std::uint32_t>(device, 0, 0x1234'5678);
    EXPECT_EQ(seen, 0x1234'5678U);
    pokeEverywhere(device, 4);
}

TEST(SystemControlPortA, LatchesA20AndResetsOnTheEdgeOnly)
{
    int resets = 0;
    SystemControlPortA port([&](ResetKind) { ++resets; });
    EXPECT_EQ(in8(port, 0), 0x00);
    out8(port, 0, 0x02);
    EXPECT_EQ(in8(port, 0), 0x02);
    EXPECT_EQ(resets, 0);
    out8(port, 0, 0x03);
    out8(port, 0, 0x03);
    EXPECT_EQ(resets, 1);
    SystemControlPortA copy({});
    expectRoundTrip(port, copy);
    port.reset();
    EXPECT_EQ(in8(port, 0), 0x00);
    out8(port, 0, 0x01);
    EXPECT_EQ(resets, 2);
    pokeEverywhere(port, 1);
}

TEST(SystemControlPortB, ShowsGateSpeakerRefreshAndTimerOutput)
{
    ManualClock clock;
    bool output = false;
    SystemControlPortB port(clock, [&] { return output; });
    EXPECT_EQ(in8(port, 0), 0x00);
    out8(port, 0, 0xff);
    EXPECT_EQ(in8(port, 0), 0x0f);
    EXPECT_TRUE(port.isSpeakerOn());
    output = true;
    EXPECT_EQ(in8(port, 0), 0x2f);
    clock.advance(17us);
    EXPECT_EQ(in8(port, 0) & 0x10, 0x10);
    clock.advance(17us);
    EXPECT_EQ(in8(port, 0) & 0x10, 0x00);
    SystemControlPortB copy(clock);
    expectRoundTrip(port, copy);
    pokeEverywhere(port, 1);
}

TEST(ResetControl, RstCpuEdgeResetsAsTheOtherBitsSay)
{
    std::vector<ResetKind> kinds;
    ResetControl control([&](ResetKind kind) { kinds.push_back(kind); });
    out8(control, 0, 0x02); // choose first, then act: what ACPI and Linux do
    out8(control, 0, 0x06);
    EXPECT_EQ(in8(control, 0), 0x06);
    out8(control, 0, 0x06); // no edge
    out8(control, 0, 0x00);
    out8(control, 0, 0x0e);
    out8(control, 0, 0x0a);
    out8(control, 0, 0x04);
    EXPECT_EQ(kinds, (std::vector{ResetKind::Hard, ResetKind::PowerCycle, ResetKind::Init}));
    ResetControl copy({});
    expectRoundTrip(control, copy);
    out8(control, 0, 0xff);
    EXPECT_EQ(in8(control, 0), 0x0e);
    control.reset();
    EXPECT_EQ(in8(control, 0), 0x00);
    pokeEverywhere(control, 1);
}

TEST(ApmPorts, CommandsSwitchTheSciAndBothPortsRemember)
{
    RecordingIrqLine sci;
    ManualClock clock;
    AcpiPm pm(sci, clock);
    ApmPorts apm(pm);
    EXPECT_EQ(in8(apm, 0), 0);
    out8(apm, 1, 0x5a);
    out8(apm, 0, 0x03);
    EXPECT_FALSE(pm.isSciEnabled());
    EXPECT_EQ(busRead<std::uint16_t>(apm, 0), 0x5a03);
    out8(apm, 0, 0x77);
    EXPECT_FALSE(pm.isSciEnabled());
    out8(apm, 0, 0x02);
    EXPECT_TRUE(pm.isSciEnabled());
    ApmPorts copy(pm);
    expectRoundTrip(apm, copy);
    apm.reset();
    EXPECT_EQ(busRead<std::uint16_t>(apm, 0), 0);
    pokeEverywhere(apm, 2);
}

} // namespace
} // namespace engine
