// SPDX-License-Identifier: GPL-3.0-or-later
#include "bus/bus_device.h"
#include "firmware/memory_map.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace engine::firmware {

namespace {

constexpr std::uint64_t MiB = 1ULL << 20;
constexpr std::uint64_t GiB = 1ULL << 30;

MemoryLayout layoutOf(std::uint64_t low, std::uint64_t high)
{
    MemoryLayout layout;
    layout.lowRamBytes = low;
    layout.highRamBytes = high;
    return layout;
}

MemoryType typeAt(const std::vector<MemoryRange>& map, std::uint64_t address)
{
    const auto it = std::ranges::find_if(
        map, [address](const MemoryRange& range) { return address >= range.base && address < range.end(); });
    return it == map.end() ? MemoryType{0} : it->type;
}

} // namespace

TEST(MemoryMap, IsSortedWithoutOverlaps)
{
    for (const auto& [low, high] : std::initializer_list<std::pair<std::uint64_t, std::uint64_t>>{
             {4 * MiB, 0}, {64 * MiB, 0}, {0xb000'0000, 0}, {2 * GiB, 6 * GiB}, {0xb000'0000, 1024 * GiB}}) {
        const auto map = directBootMemoryMap(layoutOf(low, high));
        for (std::size_t i = 0; i + 1 < map.size(); ++i)
            EXPECT_LE(map[i].end(), map[i + 1].base);
        for (const MemoryRange& range : map)
            EXPECT_GT(range.length, 0U);
    }
}

TEST(MemoryMap, TellsRamFromWhatIsTaken)
{
    const auto map = directBootMemoryMap(layoutOf(2 * GiB, 2 * GiB));
    using enum MemoryType;
    EXPECT_EQ(typeAt(map, 0), Ram);
    EXPECT_EQ(typeAt(map, 0x9fbff), Ram);
    EXPECT_EQ(typeAt(map, 0x9fc00), Reserved);      // EBDA
    EXPECT_EQ(typeAt(map, 0xa0000), MemoryType{0}); // video memory belongs to PCI
    EXPECT_EQ(typeAt(map, MemoryLayout::RsdpAddress), Reserved);
    EXPECT_EQ(typeAt(map, MiB), Ram);
    EXPECT_EQ(typeAt(map, 2 * GiB - MemoryLayout::TableAreaBytes - 1), Ram);
    EXPECT_EQ(typeAt(map, 2 * GiB - 1), AcpiReclaimable);
    EXPECT_EQ(typeAt(map, 2 * GiB), MemoryType{0});
    EXPECT_EQ(typeAt(map, 0xb000'0000), Reserved); // ECAM
    EXPECT_EQ(typeAt(map, 0xbfff'ffff), Reserved);
    EXPECT_EQ(typeAt(map, 0xc000'0000), MemoryType{0});
    EXPECT_EQ(typeAt(map, 0xfec0'0000), Reserved); // IOAPIC
    EXPECT_EQ(typeAt(map, 0xfee0'0000), Reserved); // local APIC
    EXPECT_EQ(typeAt(map, 0xfeff'c000), Reserved); // hypervisor
    EXPECT_EQ(typeAt(map, 0xfeff'ffff), Reserved);
    EXPECT_EQ(typeAt(map, 0xffc0'0000), Reserved); // flash
    EXPECT_EQ(typeAt(map, 4 * GiB), Ram);
    EXPECT_EQ(typeAt(map, 6 * GiB - 1), Ram);
    EXPECT_EQ(typeAt(map, 6 * GiB), MemoryType{0});
}

TEST(MemoryMap, FirmwareFileHasTwentyByteEntries)
{
    const Bytes file = firmwareMemoryMapFile(layoutOf(512 * MiB, 0));
    ASSERT_EQ(file.size(), 40U); // as on the reference machine
    const auto number = [&file](std::size_t at, std::size_t width) {
        return loadLittleEndian(std::span(file).subspan(at, width));
    };
    EXPECT_EQ(number(0, 8), 0xfeff'c000U);
    EXPECT_EQ(number(8, 8), 0x4000U);
    EXPECT_EQ(number(16, 4), 2U);
    EXPECT_EQ(number(20, 8), 0U);
    EXPECT_EQ(number(28, 8), 512 * MiB);
    EXPECT_EQ(number(36, 4), 1U);
    EXPECT_EQ(firmwareMemoryMapFile(layoutOf(512 * MiB, GiB)).size(), 60U);
}

} // namespace engine::firmware
