// SPDX-License-Identifier: GPL-3.0-or-later
#include "firmware/memory_map.h"
#include "firmware/mp_table.h"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <vector>

namespace engine::firmware {

namespace {

// Re-declared from the MultiProcessor Specification 1.4, chapter 4.
constexpr std::uint64_t PointerAt = 0x9fc00;
constexpr std::size_t PointerBytes = 16;
constexpr std::size_t HeaderBytes = 44;

class MpTable : public testing::Test {
protected:
    MpTable()
    {
        auto block = HostBlock::create("ram", std::uint64_t{4} << 20);
        m_memory = *GuestMemory::create({{.base = GuestAddress(0), .block = *block}});
    }
    [[nodiscard]] std::vector<std::uint8_t> bytes(std::uint64_t at, std::size_t length) const
    {
        std::vector<std::uint8_t> data(length);
        EXPECT_TRUE(m_memory.read(GuestAddress(at), std::as_writable_bytes(std::span(data))));
        return data;
    }
    [[nodiscard]] static unsigned sum(const std::vector<std::uint8_t>& data)
    {
        unsigned total = 0;
        for (const auto byte : data)
            total += byte;
        return total & 0xff;
    }
    [[nodiscard]] static std::uint64_t number(const std::vector<std::uint8_t>& data, std::size_t at,
                                              int width)
    {
        std::uint64_t value = 0;
        for (int i = width - 1; i >= 0; --i)
            value = value << 8 | data.at(at + static_cast<std::size_t>(i));
        return value;
    }
    /// The configuration table, found as an operating system finds it.
    [[nodiscard]] std::vector<std::uint8_t> table() const
    {
        const std::uint64_t at = number(bytes(PointerAt, PointerBytes), 4, 4);
        return bytes(at, number(bytes(at, HeaderBytes), 4, 2));
    }
    /// Offsets of the entries by type.
    [[nodiscard]] static std::multimap<unsigned, std::size_t> entries(const std::vector<std::uint8_t>& table)
    {
        std::multimap<unsigned, std::size_t> found;
        for (std::size_t at = HeaderBytes; at < table.size(); at += table.at(at) == 0 ? 20 : 8)
            found.emplace(table.at(at), at);
        return found;
    }

    GuestMemory m_memory;
};

} // namespace

TEST_F(MpTable, PointerAndTableAreSoundAndReserved)
{
    const std::array<std::uint32_t, 2> cpus{0, 1};
    ASSERT_TRUE(placeMpTable(m_memory, cpus));
    const auto pointer = bytes(PointerAt, PointerBytes);
    EXPECT_EQ(std::string(pointer.begin(), pointer.begin() + 4), "_MP_");
    EXPECT_EQ(pointer.at(8), 1); // in paragraphs
    EXPECT_EQ(sum(pointer), 0U);
    const auto content = table();
    EXPECT_EQ(std::string(content.begin(), content.begin() + 4), "PCMP");
    EXPECT_EQ(sum(content), 0U);
    EXPECT_EQ(entries(content).size(), number(content, 34, 2));

    const std::uint64_t at = number(pointer, 4, 4);
    for (const MemoryRange& range : directBootMemoryMap({.lowRamBytes = std::uint64_t{64} << 20}))
        if (range.type == MemoryType::Ram) {
            EXPECT_TRUE(PointerAt + PointerBytes <= range.base || range.end() <= PointerAt);
            EXPECT_TRUE(at + content.size() <= range.base || range.end() <= at);
        }
}

TEST_F(MpTable, ListsEveryProcessorThatHasAnEightBitId)
{
    std::vector<std::uint32_t> cpus(300);
    for (std::uint32_t i = 0; i < cpus.size(); ++i)
        cpus[i] = i;
    ASSERT_TRUE(placeMpTable(m_memory, cpus));
    const auto content = table();
    const auto found = entries(content);
    EXPECT_EQ(found.count(0), 255U);
    unsigned boot = 0;
    for (auto [it, end] = found.equal_range(0); it != end; ++it) {
        EXPECT_TRUE(content.at(it->second + 3) & 1) << "usable";
        boot += content.at(it->second + 3) >> 1 & 1;
    }
    EXPECT_EQ(boot, 1U);
}

TEST_F(MpTable, TimerIsWiredToInputTwo)
{
    const std::array<std::uint32_t, 1> cpus{0};
    ASSERT_TRUE(placeMpTable(m_memory, cpus));
    const auto content = table();
    const auto found = entries(content);
    std::map<unsigned, unsigned> pins;
    for (auto [it, end] = found.equal_range(3); it != end; ++it)
        EXPECT_TRUE(pins.emplace(content.at(it->second + 5), content.at(it->second + 7)).second);
    EXPECT_EQ(pins.size(), 15U);
    EXPECT_EQ(pins.at(0), 2U);
    EXPECT_FALSE(pins.contains(2));
    EXPECT_EQ(pins.at(4), 4U);
    EXPECT_EQ(found.count(4), 2U);
}

} // namespace engine::firmware
