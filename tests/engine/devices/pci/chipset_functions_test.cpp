// SPDX-License-Identifier: GPL-3.0-or-later
// Interrupt routing, the two bridges and the configuration ports (datasheets 316966 and 316972).
#include "devices/pci/host_bridge.h"
#include "devices/pci/lpc_bridge.h"
#include "engine/devices/pci/sample_function.h"
#include "support/pci_test_board.h"

#include <gtest/gtest.h>

namespace engine::test {
namespace {

using pci::InterruptPin;

/// 24 recorded inputs.
struct Inputs {
    std::array<RecordingIrqLine, 24> lines;
    [[nodiscard]] std::unique_ptr<IrqLine> wire(unsigned gsi)
    {
        struct Wire final : IrqLine {
            explicit Wire(IrqLine& target) : line(target) {}
            void setLevel(bool asserted) override { line.setLevel(asserted); }
            IrqLine& line;
        };
        return std::make_unique<Wire>(lines.at(gsi));
    }
    [[nodiscard]] std::vector<unsigned> asserted() const
    {
        std::vector<unsigned> high;
        for (unsigned i = 0; i < lines.size(); ++i)
            if (lines.at(i).asserted())
                high.push_back(i);
        return high;
    }
};

class PirqRouterTest : public testing::Test {
protected:
    Inputs m_inputs;
    pci::PirqRouter m_router{[this](unsigned gsi) { return m_inputs.wire(gsi); }};
};

TEST_F(PirqRouterTest, SlotsRotateAndChipsetDevicesDoNot)
{
    using Wanted = std::vector<unsigned>;
    const auto gsiOf = [&](std::uint8_t device, InterruptPin pin) {
        const auto line = m_router.createInput({.device = device}, pin);
        line->setLevel(true);
        return m_inputs.asserted();
    };
    EXPECT_EQ(gsiOf(0, InterruptPin::A), Wanted{20});
    EXPECT_EQ(gsiOf(1, InterruptPin::A), Wanted{21});
    EXPECT_EQ(gsiOf(3, InterruptPin::B), Wanted{20});
    EXPECT_EQ(gsiOf(31, InterruptPin::A), Wanted{16});
    EXPECT_EQ(gsiOf(31, InterruptPin::D), Wanted{19});
    EXPECT_EQ(gsiOf(5, InterruptPin::None), Wanted{});
    EXPECT_TRUE(m_inputs.asserted().empty()) << "a wire that goes lets go";
}

TEST_F(PirqRouterTest, RouteMovesAnAssertedLine)
{
    const auto line = m_router.createInput({.device = 31}, InterruptPin::A);
    m_router.setRoute(0, 10);
    line->setLevel(true);
    EXPECT_EQ(m_inputs.asserted(), (std::vector<unsigned>{10, 16}));
    m_router.setRoute(0, 11);
    EXPECT_EQ(m_inputs.asserted(), (std::vector<unsigned>{11, 16}));
    m_router.setRoute(0, 0x80);
    EXPECT_EQ(m_inputs.asserted(), (std::vector<unsigned>{16}));
    for (const unsigned illegal : {0U, 1U, 2U, 8U, 13U}) { // the timer's, keyboard's and the board's own
        m_router.setRoute(0, static_cast<std::uint8_t>(illegal));
        EXPECT_EQ(m_inputs.asserted(), (std::vector<unsigned>{16})) << illegal;
    }
}

TEST_F(PirqRouterTest, SharedLineStaysUntilTheLastLetsGo)
{
    const auto first = m_router.createInput({.device = 1}, InterruptPin::A);
    const auto second = m_router.createInput({.device = 5}, InterruptPin::A);
    first->setLevel(true);
    second->setLevel(true);
    first->setLevel(false);
    EXPECT_EQ(m_inputs.asserted(), (std::vector<unsigned>{21}));
    second->setLevel(false);
    EXPECT_TRUE(m_inputs.asserted().empty());
}

class BridgesTest : public testing::Test {
protected:
    BridgesTest()
    {
        EXPECT_TRUE(m_rom->write(0, std::vector(m_rom->sizeBytes(), std::byte{0xb1})));
        EXPECT_TRUE(m_board.space.map(
            {.base = GuestAddress(0), .length = m_board.ram->sizeBytes(), .block = m_board.ram}));
        EXPECT_TRUE(m_board.ports.insert({.base = 0xcf8, .length = 8}, m_board.root.configPorts()));
        EXPECT_TRUE(
            m_board.root.insert({}, m_host, m_board.services, std::make_unique<UnconnectedIrqLine>()));
        EXPECT_TRUE(m_board.root.insert({.device = 31}, m_lpc, m_board.services,
                                        std::make_unique<UnconnectedIrqLine>()));
        EXPECT_TRUE(m_host.powerOn());
    }
    void host(std::uint16_t offset, unsigned width, std::uint32_t value)
    {
        m_board.root.writeConfig({}, offset, width, value);
    }
    void lpc(std::uint16_t offset, unsigned width, std::uint32_t value)
    {
        m_board.root.writeConfig({.device = 31}, offset, width, value);
    }

    PciTestBoard m_board;
    Inputs m_inputs;
    pci::PirqRouter m_router{[this](unsigned gsi) { return m_inputs.wire(gsi); }};
    ByteStore m_powerBlock;
    std::shared_ptr<HostBlock> m_rom = HostBlock::create("rom", 128 << 10).value();
    pci::HostBridge m_host{m_board.root, m_board.space, m_board.ram, m_rom};
    pci::LpcBridge m_lpc{m_board.ports, m_board.space, m_router, m_powerBlock};
};

TEST_F(BridgesTest, PamTurnsRomIntoShadowRam)
{
    EXPECT_EQ(m_board.mmioRead(0xf0000, 1), 0xb1U);
    host(0x90, 1, 0x30);
    m_board.mmioWrite(0xf0000, 1, 0x5a);
    EXPECT_EQ(m_board.mmioRead(0xf0000, 1), 0x5aU);
    EXPECT_EQ(m_board.mmioRead(0xe0000, 1), 0xb1U) << "the other areas are still ROM";
    host(0x90, 1, 0x10);
    m_board.mmioWrite(0xf0000, 1, 0x11);
    EXPECT_EQ(m_board.mmioRead(0xf0000, 1), 0x5aU) << "write-protected";
    host(0x90, 1, 0x00);
    EXPECT_EQ(m_board.mmioRead(0xf0000, 1), 0xb1U);
    host(0x90, 1, 0x30);
    EXPECT_EQ(m_board.mmioRead(0xf0000, 1), 0x5aU) << "the shadow kept its contents";
}

TEST_F(BridgesTest, EcamAnswersWherePciexbarSays)
{
    host(0x60, 4, 0xb0000001);
    EXPECT_EQ(m_host.ecamBase(), 0xb0000000U);
    EXPECT_EQ(m_board.mmioRead(0xb0000000, 4), 0x29c08086U);
    EXPECT_EQ(m_board.mmioRead(0xb00f8000, 4), 0x29188086U);
    EXPECT_EQ(m_board.mmioRead(0xb0100000, 4), 0xffffffffU) << "bus 1";
    host(0x60, 4, 0xe0000001);
    EXPECT_EQ(m_board.mmioRead(0xb0000000, 4), 0xffffffffU);
    m_board.mmioWrite(0xe0000060, 4, 0xe0000000); // moved through itself: switched off
    EXPECT_FALSE(m_host.ecamBase());
}

TEST_F(BridgesTest, PowerBlockFollowsPmbaseAndAcpiEnable)
{
    lpc(0x40, 4, 0x601);
    EXPECT_FALSE(m_lpc.powerBase());
    lpc(0x44, 1, 0x80);
    EXPECT_EQ(m_lpc.powerBase(), 0x600);
    lpc(0x40, 4, 0xb001);
    EXPECT_EQ(m_lpc.powerBase(), 0xb000);
    lpc(0x40, 4, 0xc81); // would cover the configuration ports: refused, and nothing breaks
    EXPECT_FALSE(m_lpc.powerBase());
    EXPECT_EQ(m_board.root.readConfig({}, 0, 4), 0x29c08086U);
}

TEST_F(BridgesTest, ChipsetConfigurationHasItsResetValues)
{
    lpc(0xf0, 4, 0xfed1c001);
    EXPECT_EQ(m_board.mmioRead(0xfed1c000 + 0x3140, 4), 0x00003210U) << "D31IR; D30IR is zero";
    EXPECT_EQ(m_board.mmioRead(0xfed1c000 + 0x3144, 4), 0x32103210U) << "D29IR, D28IR";
    EXPECT_EQ(m_board.mmioRead(0xfed1c000 + 0x3150, 2), 0x3210U) << "D25IR";
    EXPECT_EQ(m_board.mmioRead(0xfed1c000 + 0x3410, 1), 0x20U) << "GCS.NR";
}

TEST_F(BridgesTest, StateRoundTripKeepsTheChipsetConfiguration)
{
    lpc(0xf0, 4, 0xfed1c001);
    m_board.mmioWrite(0xfed1c000 + 0x3400, 4, 0x12345678);
    StateWriter out;
    m_lpc.saveState(out);
    m_board.root.reset();
    EXPECT_EQ(m_board.mmioRead(0xfed1c000 + 0x3400, 4), 0xffffffffU);
    StateReader in(out.data());
    ASSERT_TRUE(m_lpc.restoreState(in));
    EXPECT_EQ(m_board.mmioRead(0xfed1c000 + 0x3400, 4), 0x12345678U);
    for (std::size_t length = 0; length < out.data().size(); length += 97) {
        StateReader damaged(out.data().first(length));
        EXPECT_FALSE(m_lpc.restoreState(damaged)) << length;
    }
}

TEST_F(BridgesTest, RestoredFunctionsThatSwappedPlacesAreAllThere)
{
    SampleFunction first(SampleFunction::Messages::None, "first");
    SampleFunction second(SampleFunction::Messages::None, "second");
    std::array<SampleFunction*, 2> functions{&first, &second};
    for (std::uint8_t i = 0; i < 2; ++i) {
        ASSERT_TRUE(m_board.root.insert({.device = static_cast<std::uint8_t>(4 + i)}, *functions.at(i),
                                        m_board.services, std::make_unique<UnconnectedIrqLine>()));
        m_board.root.writeConfig({.device = static_cast<std::uint8_t>(4 + i)}, 0x10, 4,
                                 0xc0000000 + i * 0x100000U);
        m_board.root.writeConfig({.device = static_cast<std::uint8_t>(4 + i)}, 0x04, 2, 2);
    }
    std::array<StateWriter, 3> saved;
    first.saveState(saved[0]);
    second.saveState(saved[1]);
    m_board.root.saveState(saved[2]);
    m_board.root.writeConfig({.device = 5}, 0x10, 4, 0xc0200000);
    m_board.root.writeConfig({.device = 4}, 0x10, 4, 0xc0100000);
    m_board.root.writeConfig({.device = 5}, 0x10, 4, 0xc0000000);
    for (std::size_t i = 0; i < 2; ++i) {
        StateReader in(saved.at(i).data());
        ASSERT_TRUE(functions.at(i)->restoreState(in));
    }
    StateReader in(saved[2].data());
    ASSERT_TRUE(m_board.root.restoreState(in));
    EXPECT_EQ(first.mappedAddress(0), 0xc0000000U);
    EXPECT_EQ(second.mappedAddress(0), 0xc0100000U);
}

TEST_F(BridgesTest, ConfigurationPortsTakeEveryWidth)
{
    std::array<std::byte, 8> bytes{};
    const auto out = [&](std::uint16_t port, unsigned width, std::uint64_t value) {
        storeLittleEndian(std::span(bytes).first(width), value);
        m_board.ports.write(port, std::span(bytes).first(width));
    };
    const auto in = [&](std::uint16_t port, unsigned width) {
        m_board.ports.read(port, std::span(bytes).first(width));
        return loadLittleEndian(std::span(bytes).first(width));
    };
    out(0xcf8, 4, 0x80000000);
    EXPECT_EQ(in(0xcfc, 4), 0x29c08086U);
    EXPECT_EQ(in(0xcfe, 2), 0x29c0U);
    EXPECT_EQ(in(0xcff, 1), 0x29U);
    out(0xcf8, 2, 0x1234); // not a double word: not CONFIG_ADDRESS
    EXPECT_EQ(in(0xcf8, 4), 0x80000000U);
    out(0xcf8, 4, 0x00000000);
    EXPECT_EQ(in(0xcfc, 4), 0xffffffffU);
    for (unsigned width = 1; width <= 8; ++width)
        for (std::uint16_t port = 0xcf0; port <= 0xd08; ++port)
            if (port != 0xcf9) {
                out(port, width, ~std::uint64_t{0});
                (void)in(port, width);
            }
    out(0xcf8, 4, 0x80000000);
    EXPECT_EQ(in(0xcfc, 2), 0x8086U);
}

} // namespace
} // namespace engine::test
