// SPDX-License-Identifier: GPL-3.0-or-later
// The qtest line protocol on a machine without CPUs. The answers' wording was taken from a reference
// emulator's own server, driven over its socket.
#include "conformance/qtest_session.h"
#include "conformance/text_codes.h"

#include <gtest/gtest.h>

namespace engine::conformance {
namespace {

constexpr auto WallTime = std::chrono::sys_days(std::chrono::year(2026) / 11 / 22) + std::chrono::hours(9);

VmConfig configWithoutFirmware()
{
    VmConfig config;
    config.memoryBytes = 64 << 20;
    config.kernel.emplace();
    return config;
}

class Qtest : public testing::Test {
protected:
    /// All lines that the command caused, joined with '|'.
    std::string ask(std::string_view command)
    {
        m_lines.clear();
        m_session.execute(command);
        return m_lines;
    }

    std::unique_ptr<SoftwareMachine> m_machine =
        SoftwareMachine::create(configWithoutFirmware(), WallTime).value();
    std::string m_lines;
    QtestSession m_session{*m_machine, [this](std::string_view line) {
                               m_lines += m_lines.empty() ? std::string(line) : "|" + std::string(line);
                           }};
};

TEST_F(Qtest, PortsAnswerInFourDigits)
{
    EXPECT_EQ(ask("outl 0xcf8 0x80000000"), "OK");
    EXPECT_EQ(ask("inl 0xcfc"), "OK 0x29c08086");
    EXPECT_EQ(ask("inw 0xcfc"), "OK 0x8086");
    EXPECT_EQ(ask("inb 0xcfc"), "OK 0x0086");
    EXPECT_EQ(ask("inb 0x1234"), "OK 0x00ff");
}

TEST_F(Qtest, MemoryCellsAnswerInSixteenDigits)
{
    EXPECT_EQ(ask("writeq 0x1000 0x1122334455667788"), "OK");
    EXPECT_EQ(ask("readq 0x1000"), "OK 0x1122334455667788");
    EXPECT_EQ(ask("readl 0x1000"), "OK 0x0000000055667788");
    EXPECT_EQ(ask("readw 0x1001"), "OK 0x0000000000006677");
    EXPECT_EQ(ask("writeb 0x1001 0xff"), "OK");
    EXPECT_EQ(ask("readb 4097"), "OK 0x00000000000000ff");
}

TEST_F(Qtest, BlocksInHexadecimalAndBase64)
{
    EXPECT_EQ(ask("write 0x2000 4 0x0102"), "OK"); // short data is filled up with zeros
    EXPECT_EQ(ask("read 0x2000 4"), "OK 0x01020000");
    EXPECT_EQ(ask("memset 0x2000 3 0xaa"), "OK");
    EXPECT_EQ(ask("b64read 0x2000 4"), "OK qqqqAA==");
    EXPECT_EQ(ask("b64write 0x2000 4 AQIDBA=="), "OK");
    EXPECT_EQ(ask("read 0x2000 4"), "OK 0x01020304");
}

TEST_F(Qtest, BadCommandsAreRefusedAndTheNextOneWorks)
{
    EXPECT_EQ(ask("foo"), "FAIL Unknown command 'foo'");
    EXPECT_EQ(ask("irq_intercept_in nothing"), "FAIL Unknown device");
    for (const char* line : {"inb", "inb x", "outb 0x80", "readl 0x", "read 0x1000 0", "write 0x1000 4",
                             "write 0x1000 4 0x0", "write 0x1000 4 zz", "b64write 0 3 A", "memset 0 4",
                             "read 0 0xffffffffffffffff", "clock_step 0xffffffffffffffff", "clock_set"})
        EXPECT_TRUE(ask(line).starts_with("FAIL ")) << line << " -> " << m_lines;
    EXPECT_EQ(ask(""), "");
    EXPECT_EQ(ask("endianness"), "OK little");
}

TEST_F(Qtest, ClockStepsAndJumpsToTheNextDeadline)
{
    EXPECT_EQ(ask("clock_step 1000"), "OK 1000");
    EXPECT_EQ(ask("clock_set 5000"), "OK 5000");
    EXPECT_EQ(ask("clock_set 1"), "OK 5000") << "time does not go back";
    // RTC: periodic interrupt 1024 times a second (rate 6), enabled in register B.
    ask("outb 0x70 0x0a");
    ask("outb 0x71 0x26");
    ask("outb 0x70 0x0b");
    ask("outb 0x71 0x42");
    const std::string first = ask("clock_step");
    ASSERT_TRUE(first.starts_with("OK ")) << first;
    const auto at = std::stoll(first.substr(3));
    EXPECT_GT(at, 5000);
    EXPECT_LE(at, 5000 + 1'000'000'000 / 1024 + 1);
}

TEST_F(Qtest, InterceptedInterruptsAreReportedBeforeTheAnswer)
{
    EXPECT_EQ(ask("irq_intercept_in ioapic"), "OK");
    EXPECT_EQ(ask("irq_intercept_in ioapic"), "OK");
    ask("outb 0x70 0x0a");
    ask("outb 0x71 0x26");
    ask("outb 0x70 0x0b");
    ask("outb 0x71 0x42");
    EXPECT_EQ(ask("clock_step 2000000"), "IRQ raise 8|OK 2000000");
    EXPECT_EQ(ask("outb 0x70 0x0c"), "OK");
    EXPECT_EQ(ask("inb 0x71"), "IRQ lower 8|OK 0x00c0");
}

TEST(TextCodes, RoundTrips)
{
    std::vector<std::byte> data;
    for (unsigned i = 0; i < 300; ++i) {
        EXPECT_EQ(decodeBase64(encodeBase64(data)), data);
        EXPECT_EQ(decodeHex("0x" + encodeHex(data)), data);
        data.push_back(std::byte(static_cast<std::uint8_t>(i * 37)));
    }
    EXPECT_EQ(parseNumber("017"), 15U);
    EXPECT_EQ(parseNumber("0"), 0U);
    EXPECT_EQ(parseNumber("0xffffffffffffffff"), UINT64_MAX);
    for (const char* bad : {"", "-1", "0x", "1 ", "0x1ffffffffffffffff", "9x"})
        EXPECT_FALSE(parseNumber(bad)) << bad;
}

} // namespace
} // namespace engine::conformance
