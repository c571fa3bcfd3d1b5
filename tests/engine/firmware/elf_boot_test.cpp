// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/firmware/kernel_images.h"
#include "firmware/linux_boot.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace engine::firmware {

namespace {

using namespace test;

constexpr std::uint64_t MiB = 1ULL << 20;
constexpr std::uint64_t RamBytes = 32 * MiB;

LinuxBootConfig configOf(std::string commandLine = "console=ttyS0")
{
    LinuxBootConfig config;
    config.commandLine = std::move(commandLine);
    config.rsdpAddress = MemoryLayout::RsdpAddress;
    config.memory.lowRamBytes = RamBytes;
    return config;
}

ElfRecipe plainKernel()
{
    ElfRecipe recipe;
    recipe.entry = 2 * MiB + 0x40;
    recipe.segments.push_back({.address = 2 * MiB, .data = patternBytes(5000), .memoryBytes = 9000});
    recipe.segments.push_back({.address = MiB, .data = patternBytes(300, 7)});
    return recipe;
}

ElfRecipe pvhKernel()
{
    ElfRecipe recipe = plainKernel();
    recipe.notes = makeNote("GNU", 3, patternBytes(20));
    const Bytes pvh = makePvhNote(static_cast<std::uint32_t>(MiB + 0x10));
    recipe.notes.insert(recipe.notes.end(), pvh.begin(), pvh.end());
    return recipe;
}

/// The sentence with which the loader refuses the file; empty when it does not.
std::string refusal(const ElfRecipe& recipe, LinuxBootConfig config = configOf())
{
    const GuestMemory memory = makeRam(RamBytes);
    const auto entry = loadKernel(memory, fileOf(makeElf(recipe)), nullptr, config);
    return entry ? "" : entry.error().message();
}

} // namespace

TEST(ElfBoot, CopiesSegmentsAndZeroesTheirTail)
{
    const GuestMemory memory = makeRam(RamBytes);
    ASSERT_TRUE(memory.fill(GuestAddress(0), RamBytes, std::byte{0xee}));
    const auto entry = loadKernel(memory, fileOf(makeElf(plainKernel())), nullptr, configOf());
    ASSERT_TRUE(entry) << entry.error().message();
    EXPECT_EQ(readGuest(memory, 2 * MiB, 5000), patternBytes(5000));
    EXPECT_EQ(readGuest(memory, 2 * MiB + 5000, 4000), Bytes(4000));
    EXPECT_EQ(readGuest(memory, 2 * MiB + 9000, 16), Bytes(16, std::byte{0xee}));
    EXPECT_EQ(readGuest(memory, MiB, 300), patternBytes(300, 7));
}

TEST(ElfBoot, EntersA64BitKernelInLongMode)
{
    const GuestMemory memory = makeRam(RamBytes);
    const auto entry = loadKernel(memory, fileOf(makeElf(plainKernel())), nullptr, configOf("quiet"));
    ASSERT_TRUE(entry) << entry.error().message();
    EXPECT_EQ(entry->protocol, BootProtocol::Linux64);
    EXPECT_EQ(entry->mode, CpuMode::Long64);
    EXPECT_EQ(entry->rip, 2 * MiB + 0x40);
    const std::uint64_t page = entry->rsi;
    EXPECT_EQ(readNumber(memory, page + 0x1fe, 2), 0xaa55U);
    EXPECT_EQ(readNumber(memory, page + 0x202, 4), 0x5372'6448U);
    EXPECT_EQ(readNumber(memory, page + 0x070, 8), MemoryLayout::RsdpAddress);
    EXPECT_EQ(readNumber(memory, page + 0x218, 4), 0U);
    EXPECT_EQ(readText(memory, readNumber(memory, page + 0x228, 4)), "quiet");
    const auto map = directBootMemoryMap(configOf().memory);
    ASSERT_EQ(readNumber(memory, page + 0x1e8, 1), map.size());
    for (std::size_t i = 0; i < map.size(); ++i) {
        EXPECT_EQ(readNumber(memory, page + 0x2d0 + 20 * i, 8), map[i].base);
        EXPECT_EQ(readNumber(memory, page + 0x2d8 + 20 * i, 8), map[i].length);
        EXPECT_EQ(readNumber(memory, page + 0x2e0 + 20 * i, 4), static_cast<std::uint32_t>(map[i].type));
    }
}

TEST(ElfBoot, PageTablesMapTheLow4GiBOneToOne)
{
    const GuestMemory memory = makeRam(RamBytes);
    const auto entry = loadKernel(memory, fileOf(makeElf(plainKernel())), nullptr, configOf());
    ASSERT_TRUE(entry);
    constexpr std::uint64_t AddressMask = 0x000f'ffff'ffff'f000;
    for (std::uint64_t address = 0; address < (1ULL << 32); address += 2 * MiB) {
        const auto pml4e = readNumber(memory, entry->cr3 + 8 * (address >> 39), 8);
        const auto pdpte = readNumber(memory, (pml4e & AddressMask) + 8 * ((address >> 30) & 511), 8);
        const auto pde = readNumber(memory, (pdpte & AddressMask) + 8 * ((address >> 21) & 511), 8);
        ASSERT_EQ(pml4e & 3, 3U);
        ASSERT_EQ(pdpte & 0x83, 3U);
        ASSERT_EQ(pde, address | 0x83);
    }
}

TEST(ElfBoot, DescriptorsAreFlatAndMatchTheSelectors)
{
    const GuestMemory memory = makeRam(RamBytes);
    const auto entry = loadKernel(memory, fileOf(makeElf(plainKernel())), nullptr, configOf());
    ASSERT_TRUE(entry);
    EXPECT_LE(entry->taskSelector + 15U, entry->gdtLimit);
    const auto descriptor = [&](std::uint16_t selector) {
        return readNumber(memory, entry->gdtBase + selector, 8);
    };
    EXPECT_EQ(descriptor(0), 0U);
    EXPECT_EQ(descriptor(entry->codeSelector) >> 40 & 0xff, 0x9bU); // present, code, readable
    EXPECT_EQ(descriptor(entry->codeSelector) >> 53 & 1, 1U);       // L: 64-bit
    EXPECT_EQ(descriptor(entry->dataSelector) >> 40 & 0xff, 0x93U);
    EXPECT_EQ(descriptor(entry->taskSelector) >> 40 & 0xff, 0x8bU);
}

TEST(ElfBoot, PrefersPvhAndFillsItsStartInfo)
{
    const GuestMemory memory = makeRam(RamBytes);
    const Bytes ramDisk = patternBytes(10'000, 3);
    const KernelFile initrd = fileOf(ramDisk, "initrd", "initial RAM disk");
    const auto entry = loadKernel(memory, fileOf(makeElf(pvhKernel())), &initrd, configOf("a b c"));
    ASSERT_TRUE(entry) << entry.error().message();
    EXPECT_EQ(entry->protocol, BootProtocol::Pvh);
    EXPECT_EQ(entry->mode, CpuMode::Protected32);
    EXPECT_EQ(entry->rip, MiB + 0x10);
    const std::uint64_t info = entry->rbx;
    EXPECT_EQ(readNumber(memory, info, 4), 0x336e'c578U);
    EXPECT_EQ(readNumber(memory, info + 4, 4), 1U);
    ASSERT_EQ(readNumber(memory, info + 12, 4), 1U);
    const std::uint64_t module = readNumber(memory, info + 16, 8);
    EXPECT_EQ(readText(memory, readNumber(memory, info + 24, 8)), "a b c");
    EXPECT_EQ(readNumber(memory, info + 32, 8), MemoryLayout::RsdpAddress);
    const std::uint64_t map = readNumber(memory, info + 40, 8);
    const auto expected = directBootMemoryMap(configOf().memory);
    ASSERT_EQ(readNumber(memory, info + 48, 4), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        EXPECT_EQ(readNumber(memory, map + 24 * i, 8), expected[i].base);
        EXPECT_EQ(readNumber(memory, map + 24 * i + 8, 8), expected[i].length);
        EXPECT_EQ(readNumber(memory, map + 24 * i + 16, 4), static_cast<std::uint32_t>(expected[i].type));
    }
    EXPECT_EQ(readNumber(memory, module + 8, 8), ramDisk.size());
    EXPECT_EQ(readGuest(memory, readNumber(memory, module, 8), ramDisk.size()), ramDisk);
}

TEST(ElfBoot, TakesTheProtocolThatWasAskedFor)
{
    LinuxBootConfig config = configOf();
    config.protocol = BootProtocol::Linux64;
    const GuestMemory memory = makeRam(RamBytes);
    const auto entry = loadKernel(memory, fileOf(makeElf(pvhKernel())), nullptr, config);
    ASSERT_TRUE(entry);
    EXPECT_EQ(entry->protocol, BootProtocol::Linux64);
    EXPECT_EQ(entry->rip, 2 * MiB + 0x40);
    config.protocol = BootProtocol::Multiboot1;
    EXPECT_NE(refusal(pvhKernel(), config).find("Multiboot protocol that was asked for"), std::string::npos);
}

TEST(ElfBoot, EntersAMultibootKernel)
{
    ElfRecipe recipe;
    recipe.is64Bit = false;
    recipe.machine = 3;
    recipe.entry = MiB + 12;
    ByteWriter code;
    code.u32(0x1bad'b002).u32(3).u32(0U - 0x1bad'b002U - 3U).bytes(patternBytes(500));
    recipe.segments.push_back({.address = MiB, .data = code.take()});
    const GuestMemory memory = makeRam(RamBytes);
    const KernelFile initrd = fileOf(patternBytes(5000), "module", "initial RAM disk");
    const auto entry = loadKernel(memory, fileOf(makeElf(recipe)), &initrd, configOf("x=1"));
    ASSERT_TRUE(entry) << entry.error().message();
    EXPECT_EQ(entry->protocol, BootProtocol::Multiboot1);
    EXPECT_EQ(entry->rax, 0x2bad'b002U);
    const std::uint64_t info = entry->rbx;
    const std::uint64_t flags = readNumber(memory, info, 4);
    EXPECT_EQ(flags & 0x4d, 0x4dU); // memory, command line, modules, map
    EXPECT_EQ(readText(memory, readNumber(memory, info + 16, 4)), "test.img x=1");
    ASSERT_EQ(readNumber(memory, info + 20, 4), 1U);
    const std::uint64_t module = readNumber(memory, info + 24, 4);
    const std::uint64_t start = readNumber(memory, module, 4);
    EXPECT_EQ(readNumber(memory, module + 4, 4) - start, 5000U);
    EXPECT_EQ(readText(memory, readNumber(memory, module + 8, 4)), "module");
    EXPECT_EQ(readGuest(memory, start, 5000), patternBytes(5000));
    const std::uint64_t mapBytes = readNumber(memory, info + 44, 4);
    const std::uint64_t map = readNumber(memory, info + 48, 4);
    std::uint64_t ram = 0;
    for (std::uint64_t at = 0; at < mapBytes; at += readNumber(memory, map + at, 4) + 4) {
        if (readNumber(memory, map + at + 20, 4) == 1)
            ram += readNumber(memory, map + at + 12, 8);
    }
    EXPECT_GT(ram, RamBytes - MiB);
    EXPECT_LT(ram, RamBytes);
}

TEST(ElfBoot, RefusesEveryTruncationOfAKernelWithASentence)
{
    const Bytes whole = makeElf(pvhKernel());
    for (std::size_t length = 1; length < whole.size(); ++length) {
        const GuestMemory memory = makeRam(RamBytes);
        const KernelFile file = fileOf(std::span(whole).first(length), "cut.elf");
        const auto entry = loadKernel(memory, file, nullptr, configOf());
        ASSERT_FALSE(entry) << length;
        ASSERT_TRUE(entry.error().message().starts_with("The kernel cut.elf ")) << entry.error().message();
    }
}

TEST(ElfBoot, RefusesSegmentsOutsideOfRam)
{
    for (const std::uint64_t address : std::initializer_list<std::uint64_t>{
             0, 0x7000, MiB - 1, RamBytes - 1000, RamBytes, 0xb000'0000, 1ULL << 32, UINT64_MAX - 20'000}) {
        ElfRecipe recipe;
        recipe.entry = address;
        recipe.segments.push_back({.address = address, .data = patternBytes(10'000)});
        EXPECT_NE(refusal(recipe).find("Give the guest more memory"), std::string::npos) << address;
    }
}

TEST(ElfBoot, RefusesAbsurdSizes)
{
    for (const std::uint64_t size :
         std::initializer_list<std::uint64_t>{1ULL << 40, UINT64_MAX, UINT64_MAX - MiB}) {
        ElfRecipe recipe = plainKernel();
        recipe.segments[0].memoryBytes = size;
        EXPECT_NE(refusal(recipe), "") << size;
        recipe = plainKernel();
        recipe.segments[0].fileBytes = size;
        recipe.segments[0].memoryBytes = size;
        EXPECT_NE(refusal(recipe), "") << size;
        recipe = plainKernel();
        recipe.segments[0].fileOffset = size;
        EXPECT_NE(refusal(recipe).find("truncated"), std::string::npos) << size;
        recipe = pvhKernel();
        recipe.notesBytes = size;
        EXPECT_NE(refusal(recipe).find("notes claim"), std::string::npos) << size;
        recipe = plainKernel();
        recipe.programHeaderOffset = size;
        EXPECT_NE(refusal(recipe).find("truncated"), std::string::npos) << size;
    }
}

TEST(ElfBoot, RefusesDamagedHeaders)
{
    ElfRecipe recipe = plainKernel();
    recipe.segments[1].address = 2 * MiB + 100;
    EXPECT_NE(refusal(recipe).find("two segments overlap"), std::string::npos);
    recipe = plainKernel();
    recipe.segments[0].memoryBytes = 10; // smaller than its file part
    EXPECT_NE(refusal(recipe).find("impossible size"), std::string::npos);
    recipe = plainKernel();
    recipe.programHeaderCount = 0xffff;
    EXPECT_NE(refusal(recipe).find("make no sense"), std::string::npos);
    recipe = plainKernel();
    recipe.programHeaderSize = 8;
    EXPECT_NE(refusal(recipe).find("make no sense"), std::string::npos);
    recipe = plainKernel();
    recipe.programHeaderCount = 0;
    EXPECT_NE(refusal(recipe).find("nothing to load"), std::string::npos);
    recipe = plainKernel();
    recipe.entry = 0xffff'ffff'8100'0000;
    EXPECT_NE(refusal(recipe).find("entry point"), std::string::npos);
}

TEST(ElfBoot, RefusesExecutablesOfOtherMachines)
{
    ElfRecipe recipe = plainKernel();
    recipe.machine = 183; // EM_AARCH64
    EXPECT_NE(refusal(recipe).find("not an executable for x86"), std::string::npos);
    recipe = plainKernel();
    recipe.type = 1; // ET_REL
    EXPECT_NE(refusal(recipe).find("not an executable for x86"), std::string::npos);
    recipe = plainKernel();
    recipe.byteOrder = 2;
    EXPECT_NE(refusal(recipe).find("not an executable for x86"), std::string::npos);
    recipe = plainKernel();
    recipe.is64Bit = false;
    recipe.machine = 3;
    EXPECT_NE(refusal(recipe).find("Multiboot header"), std::string::npos);
}

TEST(ElfBoot, IgnoresNotesThatRunOverTheirEnd)
{
    ElfRecipe recipe = plainKernel();
    ByteWriter note;
    recipe.notes = note.u32(0xffff'ffff).u32(0xffff'fff0).u32(18).text("Xen", 4).u32(0x10'0000).take();
    const GuestMemory memory = makeRam(RamBytes);
    const auto entry = loadKernel(memory, fileOf(makeElf(recipe)), nullptr, configOf());
    ASSERT_TRUE(entry);
    EXPECT_EQ(entry->protocol, BootProtocol::Linux64);
}

TEST(ElfBoot, PlacesTheInitrdBelowAKernelThatLiesHigh)
{
    ElfRecipe recipe;
    recipe.entry = 20 * MiB;
    recipe.segments.push_back({.address = 20 * MiB, .data = patternBytes(100), .memoryBytes = 11 * MiB});
    const GuestMemory memory = makeRam(RamBytes);
    const Bytes ramDisk = patternBytes(3 * MiB);
    const KernelFile initrd = fileOf(ramDisk, "initrd", "initial RAM disk");
    const auto entry = loadKernel(memory, fileOf(makeElf(recipe)), &initrd, configOf());
    ASSERT_TRUE(entry) << entry.error().message();
    const std::uint64_t base = readNumber(memory, entry->rsi + 0x218, 4);
    EXPECT_EQ(base, 17 * MiB);
    EXPECT_EQ(readGuest(memory, base, ramDisk.size()), ramDisk);
    EXPECT_EQ(readGuest(memory, 20 * MiB, 100), patternBytes(100));
}

TEST(ElfBoot, RefusesAnInitrdThatDoesNotFit)
{
    const GuestMemory memory = makeRam(RamBytes);
    const KernelFile initrd = fileOf(Bytes(RamBytes), "big.gz", "initial RAM disk");
    const auto entry = loadKernel(memory, fileOf(makeElf(plainKernel())), &initrd, configOf());
    ASSERT_FALSE(entry);
    EXPECT_NE(entry.error().message().find("big.gz (32 MiB) does not fit"), std::string::npos);
}

TEST(ElfBoot, RefusesALongCommandLine)
{
    EXPECT_EQ(refusal(plainKernel(), configOf(std::string(2047, 'x'))), "");
    EXPECT_NE(refusal(plainKernel(), configOf(std::string(2048, 'x'))).find("command line is too long"),
              std::string::npos);
    EXPECT_NE(refusal(plainKernel(), configOf(std::string("a\0b", 3))).find("zero character"),
              std::string::npos);
}

TEST(ElfBoot, NamesFilesThatAreNoKernels)
{
    const GuestMemory memory = makeRam(RamBytes);
    const auto sentence = [&](std::string_view text) {
        const auto entry =
            loadKernel(memory, fileOf(std::as_bytes(std::span(text)), "x"), nullptr, configOf());
        return entry ? std::string() : entry.error().message();
    };
    EXPECT_EQ(
        sentence("hello").find("The kernel x is not a Linux kernel: neither an ELF executable nor a bzImage"),
        0U);
    EXPECT_NE(sentence("\x1f\x8b\x08 zipped").find("unpack it first"), std::string::npos);
    EXPECT_NE(sentence("MZ program").find("EFI program"), std::string::npos);
    LinuxBootConfig config = configOf();
    config.kernelPath = "/nonexistent/vmlinuz";
    EXPECT_EQ(loadLinux(memory, config).error().code, ErrorCode::NotFound);
    config.kernelPath = "/";
    EXPECT_NE(loadLinux(memory, config).error().message().find("not a regular file"), std::string::npos);
    config.kernelPath = "/dev/null";
    EXPECT_NE(loadLinux(memory, config).error().message().find("not a regular file"), std::string::npos);
}

TEST(ElfBoot, RefusesTooLittleAndImpossibleMemory)
{
    LinuxBootConfig config = configOf();
    config.memory.lowRamBytes = MiB;
    EXPECT_NE(refusal(plainKernel(), config).find("at least 4 MiB"), std::string::npos);
    config.memory.lowRamBytes = 0xc000'0000;
    EXPECT_NE(refusal(plainKernel(), config), "");
}

TEST(ElfBoot, LoadsTheNativeTestKernel)
{
    const std::filesystem::path folder =
        std::filesystem::path(GUESTHOUSE_SOURCE_DIR) / "../shared/guests/linux-native";
    if (!std::filesystem::exists(folder / "vmlinux"))
        GTEST_SKIP() << "the test kernel is not here: " << folder;
    LinuxBootConfig config = configOf("console=ttyS0");
    config.memory.lowRamBytes = 256 * MiB;
    config.kernelPath = folder / "vmlinux";
    config.initrdPath = folder / "initrd.gz";
    const GuestMemory memory = makeRam(256 * MiB);
    const auto entry = loadLinux(memory, config);
    ASSERT_TRUE(entry) << entry.error().message();
    EXPECT_EQ(entry->protocol, BootProtocol::Pvh);
    EXPECT_EQ(entry->rip, 0x10004f0U); // as readelf -n shows it
    config.protocol = BootProtocol::Linux64;
    EXPECT_EQ(loadLinux(memory, config).value().rip, 0x100'0000U);
}

} // namespace engine::firmware
