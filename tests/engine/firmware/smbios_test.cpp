// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/firmware/acpi_reader.h"
#include "engine/firmware/kernel_images.h"
#include "firmware/smbios.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <numeric>

namespace engine::firmware {

namespace {

using namespace test;

constexpr std::uint64_t GiB = 1ULL << 30;

struct Structure {
    unsigned type = 0;
    std::uint64_t handle = 0;
    Bytes formatted;
    std::vector<std::string> strings;

    [[nodiscard]] std::string textAt(std::size_t offset) const
    {
        const auto number = numberAt(formatted, offset, 1);
        return number == 0 || number > strings.size() ? std::string() : strings[number - 1];
    }
};

/// Reads the whole table; an empty result when it is not well-formed.
std::vector<Structure> parse(std::span<const std::byte> table)
{
    std::vector<Structure> found;
    std::size_t at = 0;
    while (at + 4 <= table.size()) {
        const std::size_t length = numberAt(table, at + 1, 1);
        if (length < 4 || at + length + 2 > table.size())
            return {};
        Structure structure;
        structure.type = static_cast<unsigned>(numberAt(table, at, 1));
        structure.handle = numberAt(table, at + 2, 2);
        structure.formatted.assign(table.begin() + static_cast<std::ptrdiff_t>(at),
                                   table.begin() + static_cast<std::ptrdiff_t>(at + length));
        at += length;
        const bool hasStrings = numberAt(table, at, 1) != 0;
        while (at < table.size() && numberAt(table, at, 1) != 0) {
            std::string text;
            for (; at < table.size() && numberAt(table, at, 1) != 0; ++at)
                text += static_cast<char>(table[at]);
            structure.strings.push_back(text);
            ++at;
        }
        at += hasStrings ? 1 : 2;
        found.push_back(structure);
    }
    return at == table.size() ? found : std::vector<Structure>{};
}

unsigned sumOf(std::span<const std::byte> data)
{
    return std::accumulate(
               data.begin(), data.end(), 0U,
               [](unsigned total, std::byte byte) { return total + std::to_integer<unsigned>(byte); })
           & 0xff;
}

SmbiosConfig configOf(std::uint64_t low, std::uint64_t high = 0)
{
    SmbiosConfig config;
    config.uuid = {0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77,
                   0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff};
    config.serial = "S-1";
    config.cpuCount = 4;
    config.memory.lowRamBytes = low;
    config.memory.highRamBytes = high;
    return config;
}

} // namespace

TEST(Smbios, HasTheStructuresThatSystemsAskFor)
{
    const auto found = parse(buildSmbiosFiles(configOf(2 * GiB), SmbiosVersion::Smbios28).tables);
    std::vector<unsigned> types;
    for (const Structure& structure : found)
        types.push_back(structure.type);
    EXPECT_EQ(types, (std::vector<unsigned>{0, 1, 3, 4, 16, 17, 19, 32, 127}));
}

TEST(Smbios, TellsWhoItIs)
{
    const auto found = parse(buildSmbiosFiles(configOf(2 * GiB), SmbiosVersion::Smbios28).tables);
    ASSERT_EQ(found.size(), 9U);
    EXPECT_EQ(found[0].formatted.size(), 0x18U);
    EXPECT_EQ(numberAt(found[0].formatted, 0x13, 1), 0x14U); // a virtual machine, not UEFI
    const Structure& system = found[1];
    EXPECT_EQ(system.formatted.size(), 0x1bU);
    EXPECT_EQ(system.textAt(4), "Guesthouse");
    EXPECT_EQ(system.textAt(7), "S-1");
    EXPECT_EQ(numberAt(system.formatted, 8, 8), 0x6677'4455'0011'2233U);
    EXPECT_EQ(numberAt(system.formatted, 16, 8), 0xffee'ddcc'bbaa'9988U);
    EXPECT_EQ(numberAt(found[3].formatted, 0x23, 1), 4U); // cores
    EXPECT_EQ(found[3].formatted.size(), 0x30U);
    EXPECT_EQ(found[3].textAt(0x10), "Virtual CPU");
}

TEST(Smbios, MemorySizesAddUp)
{
    for (const auto& [low, high] : std::initializer_list<std::pair<std::uint64_t, std::uint64_t>>{
             {64ULL << 20, 0}, {2 * GiB, 2 * GiB}, {2 * GiB, 30 * GiB}, {2 * GiB, 4094 * GiB}}) {
        const auto found = parse(buildSmbiosFiles(configOf(low, high), SmbiosVersion::Smbios28).tables);
        ASSERT_FALSE(found.empty());
        std::uint64_t megabytes = 0;
        std::uint64_t mapped = 0;
        unsigned devices = 0;
        std::uint64_t capacity = 0, slots = 0;
        for (const Structure& item : found) {
            if (item.type == 16) {
                const auto kilobytes = numberAt(item.formatted, 7, 4);
                capacity = kilobytes == 0x8000'0000 ? numberAt(item.formatted, 15, 8) : kilobytes * 1024;
                slots = numberAt(item.formatted, 13, 2);
            } else if (item.type == 17) {
                const auto size = numberAt(item.formatted, 12, 2);
                megabytes += size == 0x7fff ? numberAt(item.formatted, 28, 4) : size;
                ++devices;
                EXPECT_EQ(item.formatted.size(), 0x28U);
            } else if (item.type == 19) {
                const auto start = numberAt(item.formatted, 4, 4);
                mapped += start == 0xffff'ffff
                              ? numberAt(item.formatted, 23, 8) - numberAt(item.formatted, 15, 8) + 1
                              : (numberAt(item.formatted, 8, 4) - start + 1) * 1024;
            }
        }
        EXPECT_EQ(capacity, low + high);
        EXPECT_EQ(megabytes << 20, low + high);
        EXPECT_EQ(mapped, low + high);
        EXPECT_EQ(devices, slots);
    }
}

TEST(Smbios, AnchorsAddUpToZero)
{
    const SmbiosFiles old = buildSmbiosFiles(configOf(GiB), SmbiosVersion::Smbios28, 0x1234'5678);
    ASSERT_EQ(old.anchor.size(), 31U);
    EXPECT_EQ(sumOf(old.anchor), 0U);
    EXPECT_EQ(sumOf(std::span(old.anchor).subspan(16)), 0U);
    EXPECT_EQ(numberAt(old.anchor, 22, 2), old.tables.size());
    EXPECT_EQ(numberAt(old.anchor, 24, 4), 0x1234'5678U);
    EXPECT_EQ(numberAt(old.anchor, 28, 2), parse(old.tables).size());
    const SmbiosFiles modern = buildSmbiosFiles(configOf(GiB), SmbiosVersion::Smbios30, 0x1234'5678);
    ASSERT_EQ(modern.anchor.size(), 24U);
    EXPECT_EQ(sumOf(modern.anchor), 0U);
    EXPECT_EQ(numberAt(modern.anchor, 12, 4), modern.tables.size());
    EXPECT_EQ(numberAt(modern.anchor, 16, 8), 0x1234'5678U);
}

TEST(Smbios, OddTextsDoNotBreakTheTable)
{
    SmbiosConfig config = configOf(GiB);
    config.manufacturer = "";
    config.product = std::string(1000, 'x');
    config.serial = std::string("a\0b", 3);
    const auto found = parse(buildSmbiosFiles(config, SmbiosVersion::Smbios28).tables);
    ASSERT_EQ(found.size(), 9U);
    EXPECT_EQ(found[1].textAt(5), std::string(64, 'x'));
    EXPECT_EQ(found[1].textAt(7), "a");
}

TEST(Smbios, DirectPlacementIsWhereSystemsSearch)
{
    const SmbiosConfig config = configOf(64ULL << 20);
    const GuestMemory memory = makeRam(64ULL << 20);
    ASSERT_TRUE(placeSmbios(memory, config));
    EXPECT_EQ(sumOf(readGuest(memory, 0xf'0000, 31)), 0U);
    EXPECT_EQ(sumOf(readGuest(memory, 0xf'0020, 24)), 0U);
    const auto address = readNumber(memory, 0xf'0018, 4);
    EXPECT_EQ(readNumber(memory, 0xf'0030, 8), address);
    EXPECT_EQ(parse(readGuest(memory, address, readNumber(memory, 0xf'0016, 2))).size(), 9U);
    EXPECT_FALSE(placeSmbios(memory, configOf(0)));
}

TEST(Smbios, DmidecodeReadsItWithoutComplaint)
{
    if (std::system("command -v dmidecode >/dev/null 2>&1 || test -x /usr/sbin/dmidecode") != 0)
        GTEST_SKIP() << "dmidecode is not installed";
    for (const SmbiosVersion version : {SmbiosVersion::Smbios28, SmbiosVersion::Smbios30}) {
        // The format of dmidecode --dump-bin: the anchor, then the tables at offset 32.
        SmbiosFiles files = buildSmbiosFiles(configOf(2 * GiB, 38 * GiB), version, 32);
        files.anchor.resize(32);
        std::string pattern = (std::filesystem::temp_directory_path() / "guesthouse-smbios-XXXXXX").string();
        const int fd = ::mkstemp(pattern.data());
        ASSERT_GE(fd, 0);
        ::close(fd);
        std::ofstream out(pattern, std::ios::binary);
        for (const Bytes& part : {files.anchor, files.tables})
            out.write(reinterpret_cast<const char*>(part.data()), static_cast<std::streamsize>(part.size()));
        out.close();
        std::FILE* pipe =
            ::popen(("PATH=$PATH:/usr/sbin dmidecode --from-dump " + pattern + " 2>&1").c_str(), "re");
        std::string text;
        std::array<char, 4096> buffer{};
        while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe))
            text.append(buffer.data(), count);
        EXPECT_EQ(::pclose(pipe), 0) << text;
        std::filesystem::remove(pattern);
        for (const char* bad :
             {"broken", "Wrong", "truncated", "BROKEN", "<BAD INDEX>", "Invalid", "<OUT OF SPEC>"})
            EXPECT_EQ(text.find(bad), std::string::npos) << bad << "\n" << text;
        for (const char* good : {"UUID: 00112233-4455-6677-8899-aabbccddeeff", "Manufacturer: Guesthouse",
                                 "Core Count: 4", "Size: 16 GB", "Size: 8 GB", "Maximum Capacity: 40 GB",
                                 "System is a virtual machine", "End Of Table"})
            EXPECT_NE(text.find(good), std::string::npos) << good << "\n" << text;
    }
}

} // namespace engine::firmware
