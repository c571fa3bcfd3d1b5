// SPDX-License-Identifier: GPL-3.0-or-later
// Configuration registers, BARs and the expansion ROM (PCI Local Bus 3.0, chapter 6).
#include "engine/devices/pci/sample_function.h"
#include "support/pci_test_board.h"

#include <gtest/gtest.h>

#include <random>

namespace engine::test {
namespace {

constexpr std::uint16_t Command = 0x04;
constexpr std::uint16_t Status = 0x06;
constexpr std::uint16_t Bar0 = 0x10;
constexpr std::uint16_t Bar1 = 0x14;
constexpr std::uint16_t Bar2 = 0x18;
constexpr std::uint16_t Rom = 0x30;
constexpr std::uint32_t IoAndMemory = 3;

class PciFunctionTest : public testing::Test {
protected:
    PciFunctionTest() { m_board.insert(m_function); }
    void enable() { m_board.configWrite(Command, 2, IoAndMemory); }
    [[nodiscard]] std::uint64_t portRead(std::uint16_t port)
    {
        std::array<std::byte, 1> data{};
        m_board.ports.read(port, data);
        return loadLittleEndian(data);
    }

    PciTestBoard m_board; // outlives the function
    SampleFunction m_function;
};

TEST_F(PciFunctionTest, IdentityIsReadOnly)
{
    const std::map<std::uint16_t, std::uint32_t> fixed{
        {0x00, 0xabcd1234}, {0x08, 0x08800007}, {0x2c, 0x11001af4}};
    for (const auto& [offset, value] : fixed) {
        EXPECT_EQ(m_board.configRead(offset, 4), value);
        m_board.configWrite(offset, 4, ~value);
        EXPECT_EQ(m_board.configRead(offset, 4), value);
    }
    EXPECT_EQ(m_board.configRead(0x3d, 1), 1U) << "INTA#";
    m_board.configWrite(0x3c, 4, 0xffffffff);
    EXPECT_EQ(m_board.configRead(0x3c, 4), 0x000001ffU) << "only the interrupt line can be written";
}

TEST_F(PciFunctionTest, AbsentFunctionsAndRegistersBeyondTheEndReadOnes)
{
    EXPECT_EQ(m_board.root.readConfig({.device = 9}, 0, 4), 0xffffffffU);
    EXPECT_EQ(m_board.configRead(0x100, 4), 0xffffffffU);
    m_board.configWrite(0x100, 4, 0);
    EXPECT_EQ(m_board.configRead(0xfe, 4), 0xffff0000U);
}

TEST_F(PciFunctionTest, BarsTellTheirSize)
{
    ASSERT_TRUE(m_function.romAdded);
    for (const std::uint16_t bar : {Bar0, Bar1, Bar2, std::uint16_t{0x1c}})
        m_board.configWrite(bar, 4, 0xffffffff);
    m_board.configWrite(Rom, 4, 0xfffffffe);
    EXPECT_EQ(m_board.configRead(Bar0, 4), 0xfffff000U);
    EXPECT_EQ(m_board.configRead(Bar1, 4), 0xffffffe1U);
    EXPECT_EQ(m_board.configRead(Bar2, 4), 0xffffc00cU) << "64 bits, prefetchable";
    EXPECT_EQ(m_board.configRead(0x1c, 4), 0xffffffffU);
    EXPECT_EQ(m_board.configRead(0x20, 4), 0U) << "no BAR 4";
    EXPECT_EQ(m_board.configRead(Rom, 4), 0xfffff000U) << "ROMs have at least a page";
}

TEST_F(PciFunctionTest, SizingWithDecodingOnHidesNothing)
{
    enable();
    for (const std::uint16_t bar : {Bar0, Bar1, Bar2, std::uint16_t{0x1c}})
        m_board.configWrite(bar, 4, 0xffffffff);
    for (unsigned bar = 0; bar < 7; ++bar)
        EXPECT_FALSE(m_function.mappedAddress(bar)) << bar;
}

TEST_F(PciFunctionTest, MemoryBarMovesWithItsContents)
{
    m_board.configWrite(Bar0, 4, 0xc0000000);
    EXPECT_FALSE(m_function.mappedAddress(0)) << "not decoded yet";
    enable();
    EXPECT_EQ(m_function.mappedAddress(0), 0xc0000000U);
    m_board.mmioWrite(0xc0000010, 4, 0x11223344);
    EXPECT_EQ(m_board.mmioRead(0xc0000010, 4), 0x11223344U);
    m_board.configWrite(Bar0, 4, 0xd0001000);
    EXPECT_EQ(m_board.mmioRead(0xd0001010, 4), 0x11223344U);
    EXPECT_EQ(m_board.mmioRead(0xc0000010, 4), 0xffffffffU);
    m_board.configWrite(Command, 2, 0);
    EXPECT_EQ(m_board.mmioRead(0xd0001010, 4), 0xffffffffU);
}

TEST_F(PciFunctionTest, PortBarAnswersOnlyWithIoDecoding)
{
    m_board.configWrite(Bar1, 4, 0xc000);
    m_board.configWrite(Command, 2, 2);
    EXPECT_FALSE(m_function.mappedAddress(1));
    m_board.configWrite(Command, 2, 1);
    m_function.io.write(3, std::array{std::byte{0x5a}});
    EXPECT_EQ(portRead(0xc003), 0x5aU);
    m_board.configWrite(Bar1, 4, 0x1'c000); // beyond 64 Ki ports
    EXPECT_FALSE(m_function.mappedAddress(1));
    EXPECT_EQ(portRead(0xc003), 0xffU);
}

TEST_F(PciFunctionTest, SixtyFourBitBarGoesAboveFourGibibytes)
{
    enable();
    m_board.configWrite(Bar2, 4, 0x00008000);
    m_board.configWrite(0x1c, 4, 0x12);
    EXPECT_EQ(m_function.mappedAddress(2), 0x12'0000'8000U);
    m_board.mmioWrite(0x12'0000'8008, 8, 0x0102030405060708);
    EXPECT_EQ(m_board.mmioRead(0x12'0000'8008, 8), 0x0102030405060708U);
}

TEST_F(PciFunctionTest, RomNeedsItsOwnEnableBit)
{
    enable();
    m_board.configWrite(Rom, 4, 0xc8000000);
    EXPECT_FALSE(m_function.mappedAddress(6));
    m_board.configWrite(Rom, 4, 0xc8000001);
    EXPECT_EQ(m_board.mmioRead(0xc8000000, 2), 0xaa55U);
    m_board.mmioWrite(0xc8000000, 2, 0);
    EXPECT_EQ(m_board.mmioRead(0xc8000000, 2), 0xaa55U) << "read-only";
    m_board.configWrite(Command, 2, 1);
    EXPECT_EQ(m_board.mmioRead(0xc8000000, 2), 0xffffU);
}

TEST_F(PciFunctionTest, OverlappingBarsAppearWhenTheRoomIsFree)
{
    SampleFunction other(SampleFunction::Messages::None, "other");
    ASSERT_TRUE(
        m_board.root.insert({.device = 4}, other, m_board.services, std::make_unique<UnconnectedIrqLine>()));
    m_board.configWrite(Bar0, 4, 0xc0000000);
    enable();
    m_board.root.writeConfig({.device = 4}, Bar0, 4, 0xc0000000);
    m_board.root.writeConfig({.device = 4}, Command, 2, 2);
    EXPECT_EQ(m_function.mappedAddress(0), 0xc0000000U);
    EXPECT_FALSE(other.mappedAddress(0)) << "the room is taken";
    m_board.configWrite(Bar0, 4, 0xc0100000);
    EXPECT_EQ(other.mappedAddress(0), 0xc0000000U);
    // Two that swap places: the first write asks for taken room, the second frees it.
    m_board.configWrite(Bar0, 4, 0xc0000000);
    m_board.root.writeConfig({.device = 4}, Bar0, 4, 0xc0100000);
    EXPECT_EQ(m_function.mappedAddress(0), 0xc0000000U);
    EXPECT_EQ(other.mappedAddress(0), 0xc0100000U);
}

TEST_F(PciFunctionTest, IntxFollowsLevelAndDisableBit)
{
    m_function.setIntx(true);
    EXPECT_TRUE(m_board.irq->asserted());
    EXPECT_EQ(m_board.configRead(Status, 2) & 8U, 8U);
    m_board.configWrite(Command, 2, 1U << 10);
    EXPECT_FALSE(m_board.irq->asserted());
    EXPECT_EQ(m_board.configRead(Status, 2) & 8U, 8U) << "the status bit shows the cause all the same";
    m_board.configWrite(Command, 2, 0);
    EXPECT_TRUE(m_board.irq->asserted());
    m_function.setIntx(false);
    EXPECT_FALSE(m_board.irq->asserted());
    EXPECT_EQ(m_board.configRead(Status, 2) & 8U, 0U);
}

TEST_F(PciFunctionTest, ResetForgetsWhatTheGuestProgrammed)
{
    m_board.configWrite(Bar0, 4, 0xc0000000);
    enable();
    m_function.setIntx(true);
    m_board.root.reset();
    EXPECT_FALSE(m_function.mappedAddress(0));
    EXPECT_EQ(m_board.configRead(Bar0, 4), 0U);
    EXPECT_EQ(m_board.configRead(Command, 2), 0U);
    EXPECT_FALSE(m_board.irq->asserted());
}

TEST_F(PciFunctionTest, StateRoundTripPlacesBarsAndInterrupts)
{
    m_board.configWrite(Bar0, 4, 0xc0000000);
    m_board.configWrite(Bar2, 4, 0x00008000);
    m_board.configWrite(0x1c, 4, 0x12);
    enable();
    m_function.setIntx(true);
    StateWriter out;
    m_function.saveState(out);

    PciTestBoard board;
    SampleFunction copy;
    board.insert(copy);
    StateReader in(out.data());
    ASSERT_TRUE(copy.restoreState(in));
    EXPECT_EQ(copy.mappedAddress(0), 0xc0000000U);
    EXPECT_EQ(copy.mappedAddress(2), 0x12'0000'8000U);
    EXPECT_TRUE(board.irq->asserted());
    StateWriter again;
    copy.saveState(again);
    EXPECT_TRUE(std::ranges::equal(out.data(), again.data()));
}

TEST_F(PciFunctionTest, RefusesDamagedStateAndStaysAsItWas)
{
    m_board.configWrite(Bar0, 4, 0xc0000000);
    enable();
    StateWriter out;
    m_function.saveState(out);
    const std::vector<std::byte> good(out.data().begin(), out.data().end());
    for (std::size_t length = 0; length < good.size(); ++length) {
        StateReader in(std::span(good).first(length));
        EXPECT_FALSE(m_function.restoreState(in)) << length;
    }
    std::vector<std::byte> longer = good;
    longer.push_back(std::byte{0});
    StateReader tooLong(longer);
    EXPECT_FALSE(m_function.restoreState(tooLong));
    std::vector<std::byte> foreign = good;
    constexpr std::size_t VendorId =
        2 + 4 + 4; // behind the version and the lengths of the header and its bytes
    foreign.at(VendorId) ^= std::byte{1};
    StateReader other(foreign);
    EXPECT_FALSE(m_function.restoreState(other)) << "another device's identity";
    EXPECT_EQ(m_function.mappedAddress(0), 0xc0000000U);
}

TEST_F(PciFunctionTest, RandomConfigurationAccessesAreHarmless)
{
    std::mt19937 random(7); // NOLINT(bugprone-random-generator-seed): repeatable on purpose
    for (int i = 0; i < 20'000; ++i) {
        const auto width = 1U << (random() % 3);
        const auto offset = static_cast<std::uint16_t>(random() % 0x110);
        if (random() % 2 != 0)
            m_board.configWrite(offset, width, static_cast<std::uint32_t>(random()));
        else
            (void)m_board.configRead(offset, width);
    }
    EXPECT_EQ(m_board.configRead(0, 4), 0xabcd1234U);
}

} // namespace
} // namespace engine::test
