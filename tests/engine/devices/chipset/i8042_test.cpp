// SPDX-License-Identifier: GPL-3.0-or-later
#include "device_probe.h"
#include "devices/chipset/i8042.h"

namespace engine {
namespace {

using namespace test;
using Bytes = std::vector<std::uint8_t>;

class I8042Test : public testing::Test {
protected:
    std::uint8_t status() { return in8(m_device.commandPort(), 0); }
    std::uint8_t data() { return in8(m_device.dataPort(), 0); }
    void command(unsigned value) { out8(m_device.commandPort(), 0, value); }
    void send(unsigned value) { out8(m_device.dataPort(), 0, value); }
    void setCommandByte(unsigned value)
    {
        command(0x60);
        send(value);
    }
    void sendMouse(unsigned value)
    {
        command(0xd4);
        send(value);
    }
    Bytes drain()
    {
        Bytes bytes;
        while (status() & 1)
            bytes.push_back(data());
        return bytes;
    }
    /// What one key sends when pressed and when released.
    std::pair<Bytes, Bytes> press(KeyCode key)
    {
        m_device.key(key, true);
        auto down = drain();
        m_device.key(key, false);
        return {down, drain()};
    }
    void useSet(unsigned number)
    {
        send(0xf0);
        send(number);
        (void)drain();
    }

    RecordingIrqLine m_irq1;
    RecordingIrqLine m_irq12;
    std::vector<ResetKind> m_resets;
    I8042 m_device{m_irq1, m_irq12, [this](ResetKind kind) { m_resets.push_back(kind); }};
};

TEST_F(I8042Test, AnswersTheFirmwareDialogueAsRecorded)
{
    // Port, direction and value as in the recorded start of SeaBIOS: status polls are 's'.
    struct Step {
        char kind;
        std::uint8_t value;
    };
    constexpr auto Dialogue = std::to_array<Step>(
        {{'s', 0x18}, {'c', 0xad}, {'s', 0x18}, {'c', 0xa7}, {'s', 0x18}, {'c', 0xaa}, {'s', 0x1d},
         {'r', 0x55}, {'s', 0x1c}, {'c', 0xab}, {'s', 0x1d}, {'r', 0x00}, {'s', 0x1c}, {'c', 0x60},
         {'s', 0x1c}, {'w', 0x30}, {'s', 0x1c}, {'c', 0x60}, {'s', 0x1c}, {'w', 0x20}, {'s', 0x1c},
         {'w', 0xff}, {'s', 0x1d}, {'r', 0xfa}, {'s', 0x1d}, {'r', 0xaa}, {'s', 0x1c}, {'c', 0x60},
         {'w', 0x30}, {'c', 0x60}, {'w', 0x20}, {'w', 0xf5}, {'s', 0x1d}, {'r', 0xfa}, {'s', 0x1c},
         {'w', 0xf0}, {'s', 0x1d}, {'r', 0xfa}, {'s', 0x1c}, {'w', 0x02}, {'s', 0x1d}, {'r', 0xfa},
         {'c', 0x60}, {'w', 0x60}, {'w', 0xf4}, {'s', 0x1d}, {'r', 0xfa}, {'c', 0x60}, {'s', 0x1c},
         {'w', 0x61}});
    for (std::size_t i = 0; i < Dialogue.size(); ++i) {
        const auto [kind, value] = Dialogue.at(i);
        switch (kind) {
        case 's': EXPECT_EQ(status(), value) << "step " << i; break;
        case 'r': EXPECT_EQ(data(), value) << "step " << i; break;
        case 'c': command(value); break;
        default: send(value); break;
        }
    }
    EXPECT_FALSE(m_irq12.asserted());
}

TEST_F(I8042Test, InterruptsFollowTheOutputBufferAndItsSource)
{
    setCommandByte(0x47);
    m_device.key(30, true);
    EXPECT_TRUE(m_irq1.asserted());
    EXPECT_FALSE(m_irq12.asserted());
    EXPECT_EQ(status() & 0x21, 0x01);
    EXPECT_EQ(data(), 0x1e);
    EXPECT_FALSE(m_irq1.asserted());
    sendMouse(0xf4);
    EXPECT_TRUE(m_irq12.asserted());
    EXPECT_EQ(status() & 0x21, 0x21);
    EXPECT_EQ(data(), 0xfa);
    EXPECT_FALSE(m_irq12.asserted());
}

TEST_F(I8042Test, EveryByteBringsAnEdge)
{
    setCommandByte(0x01);
    m_device.key(103, true); // E0 75
    const int edges = m_irq1.edges();
    EXPECT_EQ(data(), 0xe0);
    EXPECT_TRUE(m_irq1.asserted());
    EXPECT_EQ(m_irq1.edges(), edges + 2);
}

TEST_F(I8042Test, DisabledInterfacesHoldTheirBytesBack)
{
    setCommandByte(0x33);
    m_device.key(30, true);
    EXPECT_EQ(status() & 1, 0);
    command(0xae);
    EXPECT_EQ(data(), 0x1c);
    sendMouse(0xf4);
    (void)drain();
    command(0xa7);
    m_device.moveRelative(1, 1);
    m_device.sync();
    EXPECT_EQ(status() & 1, 0);
    command(0xa8);
    EXPECT_EQ(drain(), (Bytes{0x28, 0x01, 0xff}));
}

TEST_F(I8042Test, ControllerCommands)
{
    command(0x20);
    EXPECT_EQ(data(), 0x03);
    command(0xa9);
    EXPECT_EQ(data(), 0x00);
    command(0xc0);
    EXPECT_EQ(data(), 0x80);
    command(0xa4);
    EXPECT_EQ(data(), 0xf1);
    command(0x65);
    send(0x77);
    command(0x25);
    EXPECT_EQ(data(), 0x77);
    command(0xd2);
    send(0x12);
    EXPECT_EQ(status() & 0x21, 0x01);
    EXPECT_EQ(data(), 0x12);
    command(0xd3);
    send(0x34);
    EXPECT_EQ(status() & 0x21, 0x21);
    EXPECT_EQ(data(), 0x34);
    EXPECT_EQ(data(), 0x34); // an empty buffer repeats itself
}

TEST_F(I8042Test, A20GateIsRememberedInTheOutputPort)
{
    command(0xd0);
    EXPECT_EQ(data(), 0xcf);
    command(0xd1);
    send(0x01);
    command(0xd0);
    EXPECT_EQ(data(), 0xcd);
    command(0xdf);
    command(0xd0);
    EXPECT_EQ(data(), 0xcf);
    command(0xdd);
    command(0xd0);
    EXPECT_EQ(data(), 0xcd);
    EXPECT_TRUE(m_resets.empty());
}

TEST_F(I8042Test, PulsingOrClearingTheResetLineResets)
{
    command(0xfe);
    command(0xff);
    command(0xf1);
    EXPECT_EQ(m_resets.size(), 1U);
    command(0xf0);
    command(0xd1);
    send(0xfe);
    EXPECT_EQ(m_resets.size(), 3U);
}

TEST_F(I8042Test, TranslationTurnsSet2IntoSet1)
{
    setCommandByte(0x41);
    EXPECT_EQ(press(30), std::make_pair(Bytes{0x1e}, Bytes{0x9e}));
    EXPECT_EQ(press(65), std::make_pair(Bytes{0x41}, Bytes{0xc1})); // F7, whose code is above 7F
    EXPECT_EQ(press(103), std::make_pair(Bytes{0xe0, 0x48}, Bytes{0xe0, 0xc8}));
    EXPECT_EQ(press(99), std::make_pair(Bytes{0xe0, 0x2a, 0xe0, 0x37}, Bytes{0xe0, 0xb7, 0xe0, 0xaa}));
    EXPECT_EQ(press(119), std::make_pair(Bytes{0xe1, 0x1d, 0x45, 0xe1, 0x9d, 0xc5}, Bytes{}));
    send(0xf2);
    EXPECT_EQ(drain(), (Bytes{0xfa, 0xab, 0x41}));
    send(0xf0);
    send(0x00);
    EXPECT_EQ(drain(), (Bytes{0xfa, 0xfa, 0x41}));
}

TEST_F(I8042Test, AnswersComeBeforeKeysThatWaited)
{
    setCommandByte(0x51);
    m_device.key(30, true);
    m_device.key(30, false);
    send(0xee);
    EXPECT_EQ(drain(), (Bytes{0xee, 0x1e, 0x9e}));
}

TEST_F(I8042Test, SpecialKeysInTheirSets)
{
    EXPECT_EQ(press(119).first, (Bytes{0xe1, 0x14, 0x77, 0xe1, 0xf0, 0x14, 0xf0, 0x77}));
    EXPECT_EQ(press(99),
              std::make_pair(Bytes{0xe0, 0x12, 0xe0, 0x7c}, Bytes{0xe0, 0xf0, 0x7c, 0xe0, 0xf0, 0x12}));
    EXPECT_EQ(press(122), std::make_pair(Bytes{0xf2}, Bytes{}));
    m_device.key(56, true);
    (void)drain();
    EXPECT_EQ(press(99), std::make_pair(Bytes{0x84}, Bytes{0xf0, 0x84})); // Alt+SysRq
    m_device.key(56, false);
    m_device.key(97, true);
    (void)drain();
    EXPECT_EQ(press(119).first, (Bytes{0xe0, 0x7e, 0xe0, 0xf0, 0x7e})); // Ctrl+Break
    m_device.key(97, false);
    (void)drain();
    useSet(3);
    EXPECT_EQ(press(99), std::make_pair(Bytes{0x57}, Bytes{0xf0, 0x57}));
    EXPECT_EQ(press(119), std::make_pair(Bytes{0x62}, Bytes{0xf0, 0x62}));
    useSet(1);
    EXPECT_EQ(press(119).first, (Bytes{0xe1, 0x1d, 0x45, 0xe1, 0x9d, 0xc5}));
}

TEST_F(I8042Test, EveryKeyIsTheSameInSet1AndInTranslatedSet2)
{
    int keys = 0;
    for (KeyCode key = 0; key < 256; ++key) {
        setCommandByte(0x41);
        useSet(2);
        const auto translated = press(key);
        setCommandByte(0x01);
        useSet(1);
        const auto native = press(key);
        EXPECT_EQ(translated, native) << "key " << key;
        keys += native.first.empty() ? 0 : 1;
    }
    EXPECT_GE(keys, 104 + 20);
}

TEST_F(I8042Test, EverydayKeysHaveTheirDatasheetCodes)
{
    setCommandByte(0x41);
    const std::vector<std::pair<KeyCode, Bytes>> expected{
        {1, {0x01}},         {2, {0x02}},         {16, {0x10}},        {28, {0x1c}},
        {57, {0x39}},        {58, {0x3a}},        {59, {0x3b}},        {88, {0x58}},
        {96, {0xe0, 0x1c}},  {97, {0xe0, 0x1d}},  {86, {0x56}},        {111, {0xe0, 0x53}},
        {125, {0xe0, 0x5b}}, {127, {0xe0, 0x5d}}, {114, {0xe0, 0x2e}}, {115, {0xe0, 0x30}},
        {164, {0xe0, 0x22}}, {142, {0xe0, 0x5f}}, {69, {0x45}}};
    for (const auto& [key, codes] : expected)
        EXPECT_EQ(press(key).first, codes) << "key " << key;
    EXPECT_EQ(press(84).first, Bytes{});
    EXPECT_EQ(press(700).first, Bytes{});
    EXPECT_EQ(press(65535).first, Bytes{});
}

TEST_F(I8042Test, KeyboardCommands)
{
    send(0xed);
    send(0x05);
    EXPECT_EQ(drain(), (Bytes{0xfa, 0xfa}));
    EXPECT_EQ(m_device.leds(), (KeyboardLeds{.scrollLock = true, .numLock = false, .capsLock = true}));
    send(0xed);
    send(0xf4); // a command instead of the argument
    EXPECT_EQ(drain(), (Bytes{0xfa, 0xfa}));
    send(0xf3);
    send(0x20);
    EXPECT_EQ(drain(), (Bytes{0xfa, 0xfa}));
    send(0xf0);
    send(0x04);
    EXPECT_EQ(drain(), (Bytes{0xfa, 0xfe}));
    send(0xef);
    EXPECT_EQ(drain(), (Bytes{0xfe}));
    send(0xee);
    (void)drain();
    send(0xfe);
    EXPECT_EQ(drain(), (Bytes{0xee}));
    send(0xf5);
    (void)drain();
    EXPECT_EQ(press(30).first, Bytes{});
    send(0xff);
    EXPECT_EQ(drain(), (Bytes{0xfa, 0xaa}));
    EXPECT_EQ(press(30).first, Bytes{0x1c});
    EXPECT_EQ(m_device.leds(), KeyboardLeds{});
}

TEST_F(I8042Test, Set3KeysCanBeMadeMakeOnly)
{
    useSet(3);
    EXPECT_EQ(press(30), std::make_pair(Bytes{0x1c}, Bytes{0xf0, 0x1c}));
    send(0xfd);
    send(0x1c);
    send(0xf4);
    (void)drain();
    m_device.key(30, true);
    m_device.key(30, true); // held
    m_device.key(30, false);
    EXPECT_EQ(drain(), Bytes{0x1c});
    EXPECT_EQ(press(31), std::make_pair(Bytes{0x1b}, Bytes{0xf0, 0x1b}));
    send(0xfa);
    (void)drain();
    EXPECT_EQ(press(30).second, (Bytes{0xf0, 0x1c}));
}

TEST_F(I8042Test, KeyboardBufferIsBoundedAndKeepsWholeSequences)
{
    for (int i = 0; i < 1000; ++i) {
        m_device.key(103, true);
        m_device.key(103, false);
    }
    const auto bytes = drain();
    EXPECT_LE(bytes.size(), 260U);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (bytes[i] == 0xe0)
            ASSERT_LT(i + 1, bytes.size());
    }
    EXPECT_EQ(press(30).first, Bytes{0x1c});
}

TEST_F(I8042Test, MouseResetsAndIdentifies)
{
    sendMouse(0xff);
    EXPECT_EQ(drain(), (Bytes{0xfa, 0xaa, 0x00}));
    sendMouse(0xf2);
    EXPECT_EQ(drain(), (Bytes{0xfa, 0x00}));
    sendMouse(0xe9);
    EXPECT_EQ(drain(), (Bytes{0xfa, 0x00, 0x02, 100}));
    for (const unsigned rate : {200U, 100U, 80U}) {
        sendMouse(0xf3);
        sendMouse(rate);
    }
    (void)drain();
    sendMouse(0xf2);
    EXPECT_EQ(drain(), (Bytes{0xfa, 0x03}));
    for (const unsigned rate : {200U, 200U, 80U}) {
        sendMouse(0xf3);
        sendMouse(rate);
    }
    (void)drain();
    sendMouse(0xf2);
    EXPECT_EQ(drain(), (Bytes{0xfa, 0x04}));
}

TEST_F(I8042Test, MouseReportsMovementAndButtons)
{
    sendMouse(0xf4);
    (void)drain();
    m_device.moveRelative(5, -3); // right and up
    m_device.sync();
    EXPECT_EQ(drain(), (Bytes{0x08, 0x05, 0x03}));
    m_device.moveRelative(-2, 4);
    m_device.button(PointerButton::Left, true);
    EXPECT_EQ(drain(), (Bytes{0x39, 0xfe, 0xfc}));
    m_device.button(PointerButton::Left, false);
    m_device.button(PointerButton::Right, true);
    m_device.button(PointerButton::Middle, true);
    EXPECT_EQ(drain(), (Bytes{0x08, 0, 0, 0x0a, 0, 0, 0x0e, 0, 0}));
    m_device.wheel(1, 0); // a standard mouse has none
    m_device.sync();
    EXPECT_EQ(drain(), Bytes{});
}

TEST_F(I8042Test, WheelAndSideButtonsOfTheBetterMice)
{
    for (const unsigned rate : {200U, 100U, 80U}) {
        sendMouse(0xf3);
        sendMouse(rate);
    }
    sendMouse(0xf4);
    (void)drain();
    m_device.wheel(1, 0);
    m_device.sync();
    EXPECT_EQ(drain(), (Bytes{0x08, 0, 0, 0xff}));
    m_device.wheel(-10, 0);
    m_device.sync();
    EXPECT_EQ(drain(), (Bytes{0x08, 0, 0, 7, 0x08, 0, 0, 3}));
    for (const unsigned rate : {200U, 200U, 80U}) {
        sendMouse(0xf3);
        sendMouse(rate);
    }
    (void)drain();
    m_device.wheel(1, 0);
    m_device.button(PointerButton::Extra, true);
    EXPECT_EQ(drain(), (Bytes{0x08, 0, 0, 0x2f}));
}

TEST_F(I8042Test, FarMovementIsSplitAndABacklogAddsUp)
{
    sendMouse(0xf4);
    (void)drain();
    for (int i = 0; i < 100; ++i) {
        m_device.moveRelative(10, 0);
        m_device.sync();
    }
    int total = 0;
    const auto bytes = drain();
    for (std::size_t i = 0; i + 2 < bytes.size(); i += 3)
        total += bytes[i + 1] - (bytes[i] & 0x10 ? 256 : 0);
    EXPECT_EQ(total, 1000);
    EXPECT_LE(bytes.size(), 3U * 8);
    m_device.moveRelative(INT32_MIN, INT32_MIN);
    m_device.moveRelative(INT32_MIN, INT32_MAX);
    m_device.sync();
    EXPECT_NE(status() & 1, 0);
}

TEST_F(I8042Test, RemoteAndWrapModes)
{
    sendMouse(0xf0);
    sendMouse(0xf4);
    (void)drain();
    m_device.moveRelative(7, 0);
    m_device.sync();
    EXPECT_EQ(drain(), Bytes{});
    sendMouse(0xeb);
    EXPECT_EQ(drain(), (Bytes{0xfa, 0x08, 7, 0}));
    sendMouse(0xee);
    sendMouse(0x12);
    sendMouse(0xf2);
    EXPECT_EQ(drain(), (Bytes{0xfa, 0x12, 0xf2}));
    sendMouse(0xec);
    EXPECT_EQ(drain(), (Bytes{0xfa}));
    sendMouse(0xe9);
    EXPECT_EQ(drain(), (Bytes{0xfa, 0x60, 0x02, 100}));
}

TEST_F(I8042Test, ScalingAndResolution)
{
    for (const unsigned value : {0xe8U, 0x03U, 0xe7U, 0xf4U})
        sendMouse(value);
    (void)drain();
    sendMouse(0xe9);
    EXPECT_EQ(drain(), (Bytes{0xfa, 0x30, 0x03, 100}));
    m_device.moveRelative(3, 0);
    m_device.sync();
    m_device.moveRelative(-20, 0);
    m_device.sync();
    EXPECT_EQ(drain(), (Bytes{0x08, 3, 0, 0x18, 0xd8, 0}));
    sendMouse(0xe6);
    (void)drain();
    m_device.moveRelative(2, 0);
    m_device.sync();
    EXPECT_EQ(drain(), (Bytes{0x08, 2, 0}));
}

TEST_F(I8042Test, ResetForgetsEverythingButHeldKeys)
{
    command(0xaa);
    setCommandByte(0x47);
    sendMouse(0xf4);
    m_device.key(30, true);
    m_device.reset();
    EXPECT_EQ(status(), 0x18);
    EXPECT_FALSE(m_irq1.asserted());
    EXPECT_FALSE(m_irq12.asserted());
    command(0x20);
    EXPECT_EQ(data(), 0x03);
}

TEST_F(I8042Test, SurvivesEveryAccess)
{
    for (unsigned value = 0; value < 256; ++value)
        for (unsigned next = 0; next < 256; next += 3) {
            command(value);
            send(next);
            sendMouse(next);
            send(value);
        }
    pokeEverywhere(m_device.dataPort(), 1);
    pokeEverywhere(m_device.commandPort(), 1);
    m_device.reset();
    EXPECT_EQ(status(), 0x18);
}

TEST_F(I8042Test, StateSurvivesARoundTrip)
{
    for (unsigned seed = 0; seed < 60; ++seed) {
        stir(m_device.commandPort(), 1, seed, 5);
        stir(m_device.dataPort(), 1, seed, 20);
        m_device.key(static_cast<KeyCode>(seed), true);
        m_device.moveRelative(static_cast<std::int32_t>(seed), -7);
        m_device.sync();
        RecordingIrqLine irq1;
        RecordingIrqLine irq12;
        I8042 copy(irq1, irq12, {});
        expectRoundTrip(m_device, copy);
        EXPECT_EQ(irq1.asserted(), m_irq1.asserted());
        EXPECT_EQ(irq12.asserted(), m_irq12.asserted());
    }
}

} // namespace
} // namespace engine
