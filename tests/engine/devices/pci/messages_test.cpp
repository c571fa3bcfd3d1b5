// SPDX-License-Identifier: GPL-3.0-or-later
// MSI and MSI-X (PCI Local Bus 3.0, 6.8) as a driver programs them.
#include "engine/devices/pci/sample_function.h"
#include "support/pci_test_board.h"

#include <gtest/gtest.h>

namespace engine::test {
namespace {

constexpr std::uint16_t Msi = SampleFunction::MsiOffset;
constexpr std::uint16_t Msix = SampleFunction::MsixOffset;
constexpr std::uint64_t Table = 0xc0000000;
constexpr std::uint32_t ApicAddress = 0xfee00000;

TEST(Msi, CapabilityIsListedAndDeliversWhenEnabled)
{
    PciTestBoard board;
    SampleFunction function(SampleFunction::Messages::Msi);
    board.insert(function);
    EXPECT_EQ(board.configRead(0x06, 2) & 0x10U, 0x10U);
    EXPECT_EQ(board.configRead(0x34, 1), Msi);
    EXPECT_EQ(board.configRead(Msi, 1), 0x05U);
    board.configWrite(Msi + 4, 4, ApicAddress);
    board.configWrite(Msi + 12, 2, 0x4123);
    function.signalMessage(0);
    EXPECT_EQ(board.msi.count(0x4123), 0U) << "not enabled";
    EXPECT_FALSE(function.usesMessages());
    board.configWrite(Msi + 2, 2, 1);
    EXPECT_TRUE(function.usesMessages());
    function.signalMessage(0);
    function.signalMessage(5); // there is one vector
    EXPECT_EQ(board.msi.count(0x4123), 2U);
    board.configWrite(Msi + 12, 2, 0x4124);
    function.signalMessage(0);
    EXPECT_EQ(board.msi.count(0x4124), 1U);
    board.root.reset();
    EXPECT_FALSE(function.usesMessages());
}

class MsixTest : public testing::Test {
protected:
    MsixTest()
    {
        m_board.insert(m_function);
        m_board.configWrite(0x20, 4, Table); // BAR 4
        m_board.configWrite(0x04, 2, 2);
    }
    void program(unsigned vector, std::uint32_t data, bool masked = false)
    {
        const std::uint64_t entry = Table + 16 * vector;
        m_board.mmioWrite(entry, 4, ApicAddress);
        m_board.mmioWrite(entry + 4, 4, 0);
        m_board.mmioWrite(entry + 8, 4, data);
        m_board.mmioWrite(entry + 12, 4, masked ? 1 : 0);
    }
    void setControl(std::uint32_t bits) { m_board.configWrite(Msix + 2, 2, bits); }
    [[nodiscard]] std::uint64_t pending()
    {
        const std::uint32_t offset = m_board.configRead(Msix + 8, 4) & ~7U;
        return m_board.mmioRead(Table + offset, 8);
    }
    static constexpr std::uint32_t Enable = 0x8000;
    static constexpr std::uint32_t FunctionMask = 0x4000;

    PciTestBoard m_board; // outlives the function
    SampleFunction m_function{SampleFunction::Messages::Msix};
};

TEST_F(MsixTest, CapabilityDescribesTheTable)
{
    EXPECT_EQ(m_board.configRead(0x34, 1), Msix);
    EXPECT_EQ(m_board.configRead(Msix, 1), 0x11U);
    EXPECT_EQ(m_board.configRead(Msix + 2, 2), SampleFunction::Vectors - 1);
    EXPECT_EQ(m_board.configRead(Msix + 4, 4), 4U) << "BAR 4, offset 0";
    EXPECT_EQ(m_board.configRead(Msix + 8, 4) & 7U, 4U);
    setControl(0xffff);
    EXPECT_EQ(m_board.configRead(Msix + 2, 2), 0xc000U | (SampleFunction::Vectors - 1));
}

TEST_F(MsixTest, EntriesStartMaskedAndKeepWhatIsWritten)
{
    for (unsigned vector = 0; vector < SampleFunction::Vectors; ++vector)
        EXPECT_EQ(m_board.mmioRead(Table + 16 * vector + 12, 4), 1U);
    m_board.mmioWrite(Table, 8, 0x0000'0001'fee0'1007);
    EXPECT_EQ(m_board.mmioRead(Table, 8), 0x0000'0001'fee0'1004U) << "addresses are whole double words";
    m_board.mmioWrite(Table + 12, 4, 0xffffffff);
    EXPECT_EQ(m_board.mmioRead(Table + 12, 4), 1U) << "reserved bits";
    EXPECT_EQ(m_board.mmioRead(Table + 16 * SampleFunction::Vectors, 4), 0U);
}

TEST_F(MsixTest, DeliversOnlyEnabledAndUnmasked)
{
    program(0, 0x41);
    program(1, 0x42, true);
    m_function.signalMessage(0);
    EXPECT_EQ(m_board.msi.count(0x41), 0U) << "not enabled: lost, not pending";
    EXPECT_EQ(pending(), 0U);
    setControl(Enable);
    m_function.signalMessage(0);
    m_function.signalMessage(1);
    m_function.signalMessage(SampleFunction::Vectors);
    EXPECT_EQ(m_board.msi.count(0x41), 1U);
    EXPECT_EQ(m_board.msi.count(0x42), 0U);
    EXPECT_EQ(pending(), 2U);
}

TEST_F(MsixTest, PendingMessagesGoOutOnceWhenUnmasked)
{
    program(1, 0x42, true);
    setControl(Enable);
    m_function.signalMessage(1);
    m_function.signalMessage(1);
    m_board.mmioWrite(Table + 16 + 12, 4, 0);
    EXPECT_EQ(m_board.msi.count(0x42), 1U) << "one bit remembers any number";
    EXPECT_EQ(pending(), 0U);
}

TEST_F(MsixTest, FunctionMaskHoldsBackAll)
{
    program(0, 0x41);
    program(2, 0x43);
    setControl(Enable | FunctionMask);
    m_function.signalMessage(0);
    m_function.signalMessage(2);
    EXPECT_EQ(m_board.msi.count(0x41) + m_board.msi.count(0x43), 0U);
    EXPECT_EQ(pending(), 5U);
    setControl(Enable);
    EXPECT_EQ(m_board.msi.count(0x41), 1U);
    EXPECT_EQ(m_board.msi.count(0x43), 1U);
    EXPECT_EQ(pending(), 0U);
}

TEST_F(MsixTest, PendingBitsAreReadOnly)
{
    const std::uint32_t offset = m_board.configRead(Msix + 8, 4) & ~7U;
    m_board.mmioWrite(Table + offset, 8, ~std::uint64_t{0});
    EXPECT_EQ(pending(), 0U);
}

TEST_F(MsixTest, StateRoundTripKeepsPendingMessages)
{
    program(0, 0x41);
    program(1, 0x42, true);
    setControl(Enable);
    m_function.signalMessage(1);
    StateWriter out;
    m_function.saveState(out);

    PciTestBoard board;
    SampleFunction copy(SampleFunction::Messages::Msix);
    board.insert(copy);
    StateReader in(out.data());
    ASSERT_TRUE(copy.restoreState(in));
    copy.signalMessage(0);
    EXPECT_EQ(board.msi.count(0x41), 1U);
    board.mmioWrite(Table + 16 + 12, 4, 0);
    EXPECT_EQ(board.msi.count(0x42), 1U);
}

} // namespace
} // namespace engine::test
