// SPDX-License-Identifier: GPL-3.0-or-later
#include "bus/bus_device.h"
#include "engine/firmware/kernel_images.h"
#include "firmware/multiboot_bios.h"
#include "firmware/packed_kernel.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <numeric>

namespace engine::firmware {
namespace {

using namespace test;

std::uint64_t number(std::span<const std::byte> bytes, std::size_t at, std::size_t width)
{
    return loadLittleEndian(bytes.subspan(at, width));
}

unsigned sum(std::span<const std::byte> bytes)
{
    return std::accumulate(
               bytes.begin(), bytes.end(), 0U,
               [](unsigned total, std::byte byte) { return total + std::to_integer<unsigned>(byte); })
           & 0xff;
}

Bytes multibootKernel(std::uint64_t address = 0x20'0000)
{
    constexpr std::uint32_t Magic = 0x1bad'b002;
    ByteWriter code;
    code.u32(Magic).u32(3).u32(0U - Magic - 3U).bytes(patternBytes(500));
    ElfRecipe recipe;
    recipe.is64Bit = false;
    recipe.machine = 3;
    recipe.entry = address + 12;
    recipe.segments.push_back(
        {.address = address, .data = code.take(), .memoryBytes = 0x1800, .fileOffset = {}, .fileBytes = {}});
    return makeElf(recipe);
}

MemoryLayout layoutOf(std::uint64_t bytes)
{
    MemoryLayout layout;
    layout.lowRamBytes = bytes;
    return layout;
}

TEST(MultibootBios, IsForKernelsWithoutAnotherEntry)
{
    EXPECT_TRUE(wantsMultibootBios(fileOf(multibootKernel())).value());
    EXPECT_FALSE(wantsMultibootBios(fileOf(makeBzImage({}))).value());
    ElfRecipe plain;
    plain.segments.push_back({.data = patternBytes(64), .fileOffset = {}, .fileBytes = {}});
    EXPECT_FALSE(wantsMultibootBios(fileOf(makeElf(plain))).value()) << "64-bit";
}

TEST(MultibootBios, RomIsOneThatABiosAccepts)
{
    const auto start =
        prepareMultiboot(fileOf(multibootKernel()), nullptr, "console=com1", layoutOf(64 << 20));
    ASSERT_TRUE(start) << start.error().message();
    const std::span<const std::byte> rom = start->rom;
    EXPECT_EQ(number(rom, 0, 2), 0xaa55U);
    EXPECT_EQ(number(rom, 2, 1) * 512, rom.size());
    EXPECT_EQ(sum(rom), 0U);
    const auto header = static_cast<std::size_t>(number(rom, 0x1a, 2));
    EXPECT_EQ(number(rom, header, 4), 0x506e5024U) << "$PnP";
    EXPECT_EQ(sum(rom.subspan(header, 32)), 0U);
    const auto bootstrap = number(rom, header + 0x1a, 2);
    EXPECT_GT(bootstrap, 0U);
    EXPECT_LT(bootstrap, rom.size());
}

TEST(MultibootBios, KernelModuleAndInformationLieWhereTheySay)
{
    const Bytes content = patternBytes(777, 5);
    const auto module = fileOf(content, "module.img", "initial RAM disk");
    const auto kernel = fileOf(multibootKernel(), "boot/my kernel");
    const auto start = prepareMultiboot(kernel, &module, "a=b c", layoutOf(64 << 20));
    ASSERT_TRUE(start) << start.error().message();
    EXPECT_EQ(start->kernelAddress, 0x20'0000U);
    EXPECT_EQ(start->entry, 0x20'000cU);
    EXPECT_EQ(number(start->kernel, 0, 4), 0x1badb002U);
    EXPECT_EQ(number(start->kernel, 0x1000, 4), 0U) << "uninitialised data";
    constexpr std::uint32_t Information = 0x9000; // where the ROM puts it
    const std::span<const std::byte> info = start->info;
    EXPECT_EQ(number(info, 0, 4), 0x24dU) << "memory, command line, modules, map, name";
    const auto text = [&](std::size_t pointer) {
        const auto at = static_cast<std::size_t>(number(info, pointer, 4)) - Information;
        return std::string(reinterpret_cast<const char*>(info.data() + at));
    };
    EXPECT_EQ(text(16), "my_kernel a=b c") << "kernels skip the first word";
    ASSERT_EQ(number(info, 20, 4), 1U);
    const auto list = static_cast<std::size_t>(number(info, 24, 4)) - Information;
    const auto begin = static_cast<std::size_t>(number(info, list, 4)) - start->kernelAddress;
    const auto end = static_cast<std::size_t>(number(info, list + 4, 4)) - start->kernelAddress;
    EXPECT_EQ(text(list + 8), "module.img");
    EXPECT_EQ(begin % 4096, 0U);
    ASSERT_EQ(end, start->kernel.size());
    EXPECT_EQ(Bytes(start->kernel.begin() + static_cast<std::ptrdiff_t>(begin), start->kernel.end()),
              content);
}

TEST(MultibootBios, WhatDoesNotFitIsRefused)
{
    const auto refused = [](std::uint64_t address, std::uint64_t ram) {
        const auto start = prepareMultiboot(fileOf(multibootKernel(address)), nullptr, "", layoutOf(ram));
        return start ? std::string() : start.error().message();
    };
    EXPECT_EQ(refused(0x20'0000, 64 << 20), "");
    EXPECT_NE(refused(0x1000, 64 << 20), "") << "under the BIOS";
    EXPECT_NE(refused(0x3f0'0000, 64 << 20), "") << "where the BIOS lives";
    EXPECT_NE(refused(0x500'0000, 64 << 20), "") << "behind memory";
    EXPECT_FALSE(
        prepareMultiboot(fileOf(multibootKernel()), nullptr, std::string(20'000, 'x'), layoutOf(64 << 20)));
}

class PackedKernel : public ::testing::Test {
protected:
    void SetUp() override
    {
        std::string pattern = ::testing::TempDir() + "ghpack-XXXXXX";
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        m_folder = pattern;
        const Bytes kernel = multibootKernel();
        std::ofstream(m_folder / "kernel", std::ios::binary)
            .write(reinterpret_cast<const char*>(kernel.data()), static_cast<std::streamsize>(kernel.size()));
        const std::string command = "gzip -k '" + (m_folder / "kernel").string() + "'";
        ASSERT_EQ(std::system(command.c_str()), 0); // NOLINT(cert-env33-c): our own words
    }
    void TearDown() override { std::filesystem::remove_all(m_folder); }
    std::filesystem::path m_folder;
};

TEST_F(PackedKernel, IsUnpackedWhenItIsOpened)
{
    const auto plain = openKernel((m_folder / "kernel").string());
    const auto packed = openKernel((m_folder / "kernel.gz").string());
    ASSERT_TRUE(plain);
    ASSERT_TRUE(packed) << packed.error().message();
    ASSERT_EQ(packed->sizeBytes(), plain->sizeBytes());
    Bytes a(plain->sizeBytes());
    Bytes b(a.size());
    ASSERT_TRUE(plain->read(0, a));
    ASSERT_TRUE(packed->read(0, b));
    EXPECT_EQ(a, b);
}

TEST_F(PackedKernel, TruncatedOrDamagedIsRefusedWithASentence)
{
    const auto file = m_folder / "kernel.gz";
    const auto size = std::filesystem::file_size(file);
    std::filesystem::resize_file(file, size - 20);
    const auto truncated = openKernel(file.string());
    ASSERT_FALSE(truncated);
    EXPECT_NE(truncated.error().message().find("truncated"), std::string::npos);
    std::fstream(file, std::ios::in | std::ios::out | std::ios::binary)
        .seekp(12)
        .write("\xff\xff\xff\xff", 4);
    EXPECT_FALSE(openKernel(file.string()));
}

} // namespace
} // namespace engine::firmware
