// SPDX-License-Identifier: GPL-3.0-or-later
#include "bus/bus.h"
#include "bus/irq_line.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

namespace engine {
namespace {

/// Remembers how it was accessed; byte i reads as its offset.
class Probe final : public BusDevice {
public:
    void read(std::uint64_t offset, std::span<std::byte> data) override
    {
        accesses.emplace_back(offset, data.size());
        for (std::size_t i = 0; i < data.size(); ++i)
            data[i] = std::byte(static_cast<std::uint8_t>(offset + i));
    }
    void write(std::uint64_t offset, std::span<const std::byte> data) override
    {
        accesses.emplace_back(offset, data.size());
    }
    std::vector<std::pair<std::uint64_t, std::size_t>> accesses;
};

using Accesses = std::vector<std::pair<std::uint64_t, std::size_t>>;

std::uint64_t readBus(const Bus& bus, std::uint64_t address, unsigned width)
{
    std::array<std::byte, 8> data{};
    bus.read(address, std::span(data).first(width));
    return loadLittleEndian(std::span(data).first(width));
}

TEST(Bus, RefusesEmptyWrappingAndOverlappingRanges)
{
    Bus bus;
    Probe device;
    EXPECT_FALSE(bus.insert({.base = 5, .length = 0}, device));
    EXPECT_FALSE(bus.insert({.base = UINT64_MAX, .length = 2}, device));
    ASSERT_TRUE(bus.insert({.base = UINT64_MAX, .length = 1}, device))
        << "the last byte is a place like any other";
    ASSERT_TRUE(bus.insert({.base = 0x100, .length = 0x10}, device));
    for (const BusRange range : {BusRange{0x100, 0x10}, BusRange{0xff, 2}, BusRange{0x10f, 1},
                                 BusRange{0x104, 1}, BusRange{0, 0x1000}})
        EXPECT_FALSE(bus.insert(range, device)) << range.base;
    EXPECT_TRUE(bus.insert({.base = 0xff, .length = 1}, device));
    EXPECT_TRUE(bus.insert({.base = 0x110, .length = 1}, device));
}

TEST(Bus, WholeAccessesGoToTheDeviceInOnePiece)
{
    Bus bus;
    Probe device;
    ASSERT_TRUE(bus.insert({.base = 0x100, .length = 0x10}, device));
    EXPECT_EQ(readBus(bus, 0x104, 4), 0x07060504U);
    EXPECT_EQ(device.accesses, (Accesses{{4, 4}}));
}

TEST(Bus, CrossingAccessesAreSplitAndHolesReadOnes)
{
    Bus bus;
    Probe first;
    Probe second;
    ASSERT_TRUE(bus.insert({.base = 0x100, .length = 2}, first));
    ASSERT_TRUE(bus.insert({.base = 0x103, .length = 4}, second));
    EXPECT_EQ(readBus(bus, 0x100, 8), 0xff'03'02'01'00'ff'01'00U);
    EXPECT_EQ(first.accesses, (Accesses{{0, 1}, {1, 1}}));
    EXPECT_EQ(second.accesses.size(), 4U);
    std::array<std::byte, 2> data{};
    EXPECT_FALSE(bus.map()->read(0x200, data)) << "nobody answered";
    EXPECT_TRUE(bus.map()->write(0x0ff, data)) << "one byte of it is somebody's";
}

TEST(Bus, AccessesAtTheEndOfTheSpaceAreHarmless)
{
    Bus bus;
    Probe device;
    Probe bottom;
    ASSERT_TRUE(bus.insert({.base = UINT64_MAX - 1, .length = 2}, device));
    ASSERT_TRUE(bus.insert({.base = 0, .length = 16}, bottom));
    // Byte by byte: nobody, the device's two, and ones for what would lie behind the end.
    EXPECT_EQ(readBus(bus, UINT64_MAX - 2, 8), 0xff'ff'ff'ff'ff'01'00'ffU);
    EXPECT_EQ(device.accesses, (Accesses{{0, 1}, {1, 1}}));
    device.accesses.clear();
    EXPECT_EQ(readBus(bus, UINT64_MAX, 8), 0xff'ff'ff'ff'ff'ff'ff'01U);
    EXPECT_EQ(device.accesses, (Accesses{{1, 1}}));
    device.accesses.clear();
    EXPECT_TRUE(bus.map()->write(UINT64_MAX, std::array<std::byte, 4>{}));
    EXPECT_EQ(device.accesses, (Accesses{{1, 1}}));
    EXPECT_TRUE(bottom.accesses.empty()) << "the space does not wrap around";
}

TEST(Bus, RemovedDevicesAreGoneAndViewsFollow)
{
    Bus bus;
    Probe device;
    ASSERT_TRUE(bus.insert({.base = 0, .length = 4}, device));
    BusView view(bus);
    const auto* before = &view.map();
    EXPECT_EQ(before->entries().size(), 1U);
    bus.remove({.base = 0, .length = 3}); // another range: nothing happens
    EXPECT_EQ(view.map().entries().size(), 1U);
    bus.remove({.base = 0, .length = 4});
    EXPECT_TRUE(view.map().entries().empty());
    EXPECT_EQ(readBus(bus, 0, 1), 0xffU);
}

TEST(Bus, ChangesDoNotDisturbReaders)
{
    Bus bus;
    Probe fixed;
    Probe other;
    ASSERT_TRUE(bus.insert({.base = 0, .length = 4}, fixed));
    std::jthread changer([&](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            (void)bus.insert({.base = 16, .length = 4}, other);
            bus.remove({.base = 16, .length = 4});
        }
    });
    BusView view(bus);
    std::array<std::byte, 4> data{};
    for (int i = 0; i < 20'000; ++i) {
        ASSERT_TRUE(view.map().read(0, data));
        ASSERT_EQ(loadLittleEndian(data), 0x03020100U);
    }
}

TEST(BusDevice, LittleEndianHelpers)
{
    std::array<std::byte, 10> data{};
    storeLittleEndian(data, 0x1122334455667788);
    EXPECT_EQ(data[0], std::byte{0x88});
    EXPECT_EQ(data[8], std::byte{0});
    EXPECT_EQ(loadLittleEndian(data), 0x1122334455667788U);
    EXPECT_EQ(loadLittleEndian(std::span(data).first(3)), 0x667788U);
}

TEST(SharedIrqLine, IsTheOrOfItsInputs)
{
    RecordingIrqLine output;
    SharedIrqLine shared(output);
    auto first = shared.createInput();
    const auto second = shared.createInput();
    first->setLevel(true);
    first->setLevel(true);
    second->setLevel(true);
    first->setLevel(false);
    EXPECT_TRUE(output.asserted());
    second->setLevel(false);
    EXPECT_FALSE(output.asserted());
    EXPECT_EQ(output.edges(), 2);
    first->setLevel(true);
    first.reset();
    EXPECT_FALSE(output.asserted()) << "a wire that goes lets go";
}

} // namespace
} // namespace engine
