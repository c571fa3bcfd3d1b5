// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/firmware/kernel_images.h"
#include "firmware/linux_boot.h"

#include <gtest/gtest.h>

namespace engine::firmware {

namespace {

using namespace test;

constexpr std::uint64_t MiB = 1ULL << 20;
constexpr std::uint64_t RamBytes = 64 * MiB;

LinuxBootConfig configOf(std::string commandLine = "quiet")
{
    LinuxBootConfig config;
    config.commandLine = std::move(commandLine);
    config.memory.lowRamBytes = RamBytes;
    return config;
}

Result<BootEntry> load(const BzImageRecipe& recipe, const GuestMemory& memory,
                       const LinuxBootConfig& config = configOf(), const KernelFile* initrd = nullptr)
{
    return loadKernel(memory, fileOf(makeBzImage(recipe), "vmlinuz"), initrd, config);
}

std::string refusal(const BzImageRecipe& recipe, const LinuxBootConfig& config = configOf())
{
    const GuestMemory memory = makeRam(RamBytes);
    const auto entry = load(recipe, memory, config);
    return entry ? "" : entry.error().message();
}

} // namespace

TEST(BzImage, Enters64BitKernelsBehindTheir32BitEntry)
{
    BzImageRecipe recipe;
    recipe.code = patternBytes(6000);
    const GuestMemory memory = makeRam(RamBytes);
    const auto entry = load(recipe, memory);
    ASSERT_TRUE(entry) << entry.error().message();
    EXPECT_EQ(entry->protocol, BootProtocol::Linux64);
    EXPECT_EQ(entry->rip, recipe.preferredAddress + 0x200);
    EXPECT_EQ(readGuest(memory, recipe.preferredAddress, 6000), recipe.code);
}

TEST(BzImage, Enters32BitKernelsWithoutPaging)
{
    BzImageRecipe recipe;
    recipe.extendedLoadFlags = 0;
    recipe.relocatable = 0;
    const GuestMemory memory = makeRam(RamBytes);
    const auto entry = load(recipe, memory);
    ASSERT_TRUE(entry) << entry.error().message();
    EXPECT_EQ(entry->protocol, BootProtocol::Linux32);
    EXPECT_EQ(entry->mode, CpuMode::Protected32);
    EXPECT_EQ(entry->rip, MiB);
    EXPECT_EQ(readNumber(memory, entry->gdtBase + entry->codeSelector, 8) >> 54 & 1, 1U); // D: 32-bit
}

TEST(BzImage, HandsTheSetupHeaderBackWithOurFieldsFilledIn)
{
    const GuestMemory memory = makeRam(RamBytes);
    const Bytes ramDisk = patternBytes(70'000);
    const KernelFile initrd = fileOf(ramDisk, "initrd", "initial RAM disk");
    LinuxBootConfig config = configOf("root=/dev/vda ro");
    config.rsdpAddress = 0xe'0000;
    const auto entry = load({}, memory, config, &initrd);
    ASSERT_TRUE(entry) << entry.error().message();
    const std::uint64_t page = entry->rsi;
    EXPECT_EQ(readNumber(memory, page + 0x206, 2), 0x020fU);
    EXPECT_EQ(readNumber(memory, page + 0x210, 1), 0xffU); // type_of_loader
    EXPECT_EQ(readNumber(memory, page + 0x250, 8), 0U);    // setup_data is never the file's
    EXPECT_EQ(readNumber(memory, page + 0x258, 8), 0x100'0000U);
    EXPECT_EQ(readNumber(memory, page + 0x1ef, 1), 0U); // sentinel
    EXPECT_EQ(readNumber(memory, page + 0x070, 8), 0xe'0000U);
    EXPECT_EQ(readText(memory, readNumber(memory, page + 0x228, 4)), "root=/dev/vda ro");
    const std::uint64_t base = readNumber(memory, page + 0x218, 4);
    EXPECT_EQ(readNumber(memory, page + 0x21c, 4), ramDisk.size());
    EXPECT_EQ(base % 4096, 0U);
    EXPECT_EQ(readGuest(memory, base, ramDisk.size()), ramDisk);
}

TEST(BzImage, KeepsTheInitrdBelowTheKernelsLimit)
{
    BzImageRecipe recipe;
    recipe.initrdAddressMax = 0x2ff'ffff;
    const GuestMemory memory = makeRam(RamBytes);
    const KernelFile initrd = fileOf(patternBytes(5 * MiB), "initrd", "initial RAM disk");
    const auto entry = load(recipe, memory, configOf(), &initrd);
    ASSERT_TRUE(entry) << entry.error().message();
    EXPECT_EQ(readNumber(memory, entry->rsi + 0x218, 4), 0x300'0000U - 5 * MiB);
    recipe.initrdAddressMax = 0x3f'ffff; // 3 MiB between the first MiB and this
    const auto refused = load(recipe, memory, configOf(), &initrd);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message().find("does not fit"), std::string::npos);
}

TEST(BzImage, AcceptsASignatureBehindTheCode)
{
    BzImageRecipe recipe;
    recipe.code = patternBytes(8192);
    recipe.paragraphs = 4096 / 16;
    const GuestMemory memory = makeRam(RamBytes);
    ASSERT_TRUE(load(recipe, memory));
    EXPECT_EQ(readGuest(memory, recipe.preferredAddress + 4096, 16), Bytes(16));
}

TEST(BzImage, FourSetupSectorsAreMeantByZero)
{
    BzImageRecipe recipe;
    recipe.setupSectors = 0;
    recipe.code = patternBytes(500);
    const GuestMemory memory = makeRam(RamBytes);
    ASSERT_TRUE(load(recipe, memory));
    EXPECT_EQ(readGuest(memory, recipe.preferredAddress, 500), recipe.code);
}

TEST(BzImage, RefusesEveryTruncation)
{
    BzImageRecipe recipe;
    recipe.code = patternBytes(1008);
    const Bytes whole = makeBzImage(recipe);
    const GuestMemory memory = makeRam(RamBytes);
    for (std::size_t length = 1; length + 15 < whole.size(); ++length) {
        const KernelFile file = fileOf(std::span(whole).first(length), "cut");
        const auto entry = loadKernel(memory, file, nullptr, configOf());
        ASSERT_FALSE(entry) << length;
        ASSERT_TRUE(entry.error().message().starts_with("The kernel cut ")) << entry.error().message();
    }
}

TEST(BzImage, RefusesAbsurdHeaders)
{
    BzImageRecipe recipe;
    recipe.preferredAddress = UINT64_MAX - 10;
    EXPECT_NE(refusal(recipe).find("damaged"), std::string::npos);
    recipe = {};
    recipe.preferredAddress = 0x8000;
    EXPECT_NE(refusal(recipe).find("to unpack itself"), std::string::npos);
    recipe = {};
    recipe.preferredAddress = 1ULL << 32;
    EXPECT_NE(refusal(recipe).find("Give the guest more memory"), std::string::npos);
    recipe = {};
    recipe.initSize = 0xffff'ffff;
    EXPECT_NE(refusal(recipe).find("needs 4096 MiB"), std::string::npos);
    recipe = {};
    recipe.paragraphs = 0xffff'ffff;
    EXPECT_NE(refusal(recipe).find("truncated"), std::string::npos);
    recipe = {};
    recipe.paragraphs = 0;
    EXPECT_NE(refusal(recipe).find("no code"), std::string::npos);
    recipe = {};
    recipe.version = 0x0203;
    EXPECT_NE(refusal(recipe).find("too old"), std::string::npos);
    recipe = {};
    recipe.loadFlags = 0;
    EXPECT_NE(refusal(recipe).find("zImage"), std::string::npos);
    recipe = {};
    recipe.protectedEntry = 0;
    EXPECT_NE(refusal(recipe).find("no 32-bit entry"), std::string::npos);
}

TEST(BzImage, LongHeadersStayInsideOfBootParams)
{
    BzImageRecipe recipe;
    recipe.headerLength = 0xff;
    recipe.setupSectors = 4;
    const GuestMemory memory = makeRam(RamBytes);
    const auto entry = load(recipe, memory);
    ASSERT_TRUE(entry);
    const auto map = directBootMemoryMap(configOf().memory);
    EXPECT_EQ(readNumber(memory, entry->rsi + 0x1e8, 1), map.size());
    EXPECT_EQ(readNumber(memory, entry->rsi + 0x2d8, 8), map.front().length);
}

TEST(BzImage, CommandLineLimitIsTheKernels)
{
    BzImageRecipe recipe;
    recipe.commandLineSize = 100;
    EXPECT_EQ(refusal(recipe, configOf(std::string(100, 'y'))), "");
    EXPECT_NE(refusal(recipe, configOf(std::string(101, 'y'))).find("this kernel takes 100"),
              std::string::npos);
    recipe.commandLineSize = 0xffff'ffff;
    EXPECT_EQ(refusal(recipe, configOf(std::string(0xffff, 'y'))), "");
    EXPECT_NE(refusal(recipe, configOf(std::string(0x1'0000, 'y'))), "");
}

} // namespace engine::firmware
