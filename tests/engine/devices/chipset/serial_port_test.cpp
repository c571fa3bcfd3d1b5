// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/manual_clock.h"
#include "device_probe.h"
#include "devices/chipset/serial_port.h"

#include <numeric>
#include <thread>

namespace engine {
namespace {

using namespace test;

class CollectingSink final : public ByteSink {
public:
    void write(std::span<const std::uint8_t> bytes) override
    {
        m_bytes.insert(m_bytes.end(), bytes.begin(), bytes.end());
    }
    [[nodiscard]] const std::vector<std::uint8_t>& bytes() const { return m_bytes; }

private:
    std::vector<std::uint8_t> m_bytes;
};

class SerialPortTest : public testing::Test {
protected:
    RecordingIrqLine m_irq;
    ManualClock m_clock;
    CollectingSink m_sink;
    SerialPort m_port{"com1", m_irq, m_clock, &m_sink};
};

TEST_F(SerialPortTest, SendsWhatTheGuestWrites)
{
    for (const char c : std::string_view("HELLO"))
        out8(m_port, 0, static_cast<unsigned char>(c));
    EXPECT_EQ(std::string(m_sink.bytes().begin(), m_sink.bytes().end()), "HELLO");
}

TEST_F(SerialPortTest, RaisesItsLineForInputAndLowersItWhenRead)
{
    out8(m_port, 4, 0x08);
    out8(m_port, 1, 0x01);
    const std::uint8_t byte = 'k';
    EXPECT_EQ(m_port.receive({&byte, 1}), 1U);
    EXPECT_TRUE(m_irq.asserted());
    EXPECT_EQ(in8(m_port, 0), 'k');
    EXPECT_FALSE(m_irq.asserted());
}

TEST_F(SerialPortTest, QueueIsBoundedAndAsksForMoreWhenItHasRoom)
{
    int asked = 0;
    m_port.setSpaceCallback([&] { ++asked; });
    std::vector<std::uint8_t> input(3 * SerialPort::InputQueueBytes);
    std::iota(input.begin(), input.end(), std::uint8_t{0});
    const std::size_t taken = m_port.receive(input);
    EXPECT_EQ(taken, SerialPort::InputQueueBytes);
    EXPECT_EQ(asked, 0);
    for (std::size_t i = 0; i < taken; ++i)
        ASSERT_EQ(in8(m_port, 0), static_cast<std::uint8_t>(i));
    EXPECT_EQ(asked, 1);
    EXPECT_EQ(in8(m_port, 5) & 1, 0);
}

TEST_F(SerialPortTest, TimeoutComesFourCharactersAfterTheLastOneDespitePolling)
{
    out8(m_port, 3, 0x83);
    out8(m_port, 0, 1);
    out8(m_port, 1, 0);
    out8(m_port, 3, 0x03);
    out8(m_port, 4, 0x08);
    out8(m_port, 1, 0x01);
    out8(m_port, 2, 0xc1);
    const std::uint8_t byte = 'k';
    (void)m_port.receive({&byte, 1});
    const auto character = std::chrono::nanoseconds(86'805);
    for (int i = 0; i < 3; ++i) {
        m_clock.advance(character);
        (void)in8(m_port, 5);
        EXPECT_FALSE(m_irq.asserted());
    }
    m_clock.advance(character + std::chrono::nanoseconds(100));
    EXPECT_TRUE(m_irq.asserted());
    EXPECT_EQ(in8(m_port, 2), 0xcc);
}

TEST_F(SerialPortTest, TakesInputFromAnotherThreadWhileTheGuestReads)
{
    constexpr int Total = 20'000;
    std::jthread host([this] {
        for (int sent = 0; sent < Total;) {
            const auto byte = static_cast<std::uint8_t>(sent);
            if (m_port.receive({&byte, 1}) == 1)
                ++sent;
            else
                std::this_thread::yield();
        }
    });
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    int received = 0;
    while (received < Total && std::chrono::steady_clock::now() < deadline) {
        if (in8(m_port, 5) & 1)
            ASSERT_EQ(in8(m_port, 0), static_cast<std::uint8_t>(received++));
        else
            std::this_thread::yield();
    }
    EXPECT_EQ(received, Total);
}

TEST_F(SerialPortTest, ResetForgetsRegistersAndKeepsTheCable)
{
    m_port.setModemInputs({.carrierDetect = false});
    out8(m_port, 7, 0x5a);
    out8(m_port, 4, 0x08);
    out8(m_port, 1, 0x02);
    EXPECT_TRUE(m_irq.asserted());
    m_port.reset();
    EXPECT_FALSE(m_irq.asserted());
    EXPECT_EQ(in8(m_port, 7), 0);
    EXPECT_EQ(in8(m_port, 6), 0x30);
}

TEST_F(SerialPortTest, SurvivesEveryAccess)
{
    pokeEverywhere(m_port, 8);
    m_port.reset();
    EXPECT_EQ(in8(m_port, 5), 0x60);
}

TEST_F(SerialPortTest, StateSurvivesARoundTrip)
{
    for (unsigned seed = 0; seed < 50; ++seed) {
        stir(m_port, 8, seed);
        const std::vector<std::uint8_t> input(seed * 3, static_cast<std::uint8_t>(seed));
        (void)m_port.receive(input);
        RecordingIrqLine irq;
        SerialPort copy("com1", irq, m_clock, nullptr);
        expectRoundTrip(m_port, copy);
        EXPECT_EQ(irq.asserted(), m_irq.asserted());
    }
}

} // namespace
} // namespace engine
