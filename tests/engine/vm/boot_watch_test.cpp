// SPDX-License-Identifier: GPL-3.0-or-later
#include "vm/boot_watch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace engine {
namespace {

class Collected {
public:
    [[nodiscard]] BootWatch::Report report()
    {
        return [this](const std::string& name, const std::string& /*detail*/) { names.push_back(name); };
    }
    std::vector<std::string> names;
};

void say(BootWatch& watch, std::string_view text)
{
    const std::vector<std::uint8_t> bytes(text.begin(), text.end());
    watch.write(bytes);
}

MediumBoot medium(bool bios, bool uefi)
{
    return {.name = "CD 1", .isKnown = true, .bios = bios, .uefi = uefi};
}

TEST(BootWatch, TellsWhyTheBiosStartsNothing)
{
    Collected told;
    BootWatch watch(nullptr, told.report());
    say(watch, "SeaBIOS (version 1.16.2)\nBooting from Hard Disk...\nBoot failed: not a bootable disk\n\n");
    say(watch, "No bootable device.\n");
    EXPECT_EQ(told.names,
              (std::vector<std::string>{"firmware", "boot-attempt", "boot-failed", "no-boot-sector"}));
    told.names.clear();
    watch.restart();
    say(watch, "Booting from Floppy...\nBoot failed: could not read the boot disk\nNo bootable device.\n");
    EXPECT_EQ(told.names.back(), "no-boot-device");
    watch.restart();
    watch.setMedia({medium(false, true)});
    say(watch, "No bootable device.\n");
    EXPECT_EQ(told.names.back(), "uefi-only-medium");
    watch.restart();
    watch.setMedia({medium(false, true), medium(true, false)});
    say(watch, "No bootable device.\n");
    EXPECT_EQ(told.names.back(), "no-boot-device");
}

TEST(BootWatch, BootSectorIsToldByItsAddressOnly)
{
    Collected told;
    BootWatch watch(nullptr, told.report());
    say(watch, "Booting from 0000:7c00\nBooting from the moon\n");
    EXPECT_EQ(told.names, std::vector<std::string>{"boot-sector"});
}

TEST(BootWatch, AGuestThatWritesForEverIsNotHeardForEver)
{
    Collected told;
    BootWatch watch(nullptr, told.report());
    for (int i = 0; i < 10000; ++i)
        say(watch, "No bootable device.\n");
    EXPECT_LE(told.names.size(), 100U);
    std::minstd_rand random(1); // NOLINT(cert-msc51-cpp): the same bytes each time
    std::vector<std::uint8_t> noise(100000);
    for (auto& byte : noise)
        byte = static_cast<std::uint8_t>(random());
    watch.restart();
    watch.write(noise);
    const auto before = told.names.size();
    watch.restart();
    watch.finish();
    say(watch, "No bootable device.\n");
    EXPECT_EQ(told.names.size(), before) << "an operating system runs: its words are its own";
}

TEST(BootWatch, UefiProblemOnlyWhenNothingCouldStart)
{
    EXPECT_EQ(BootWatch::uefiProblem({medium(true, false)})->first, "bios-only-medium");
    EXPECT_EQ(BootWatch::uefiProblem({})->first, "no-boot-device");
    EXPECT_FALSE(BootWatch::uefiProblem({medium(true, false), medium(false, true)}));
    EXPECT_FALSE(BootWatch::uefiProblem({MediumBoot{.name = "disk 1"}}))
        << "what cannot be read is not judged";
}

/// Serves a medium from memory.
MediumReader from(const std::vector<std::byte>& bytes)
{
    return [&bytes](std::uint64_t offset, std::span<std::byte> into) {
        if (offset > bytes.size() || into.size() > bytes.size() - offset)
            return false;
        std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(offset), into.size(), into.begin());
        return true;
    };
}

TEST(MediumBoot, DiskByItsFirstSectors)
{
    std::vector<std::byte> disk(8192);
    EXPECT_FALSE(examineDisk("d", from(disk)).bios);
    EXPECT_FALSE(examineDisk("d", from(disk)).uefi);
    EXPECT_TRUE(examineDisk("d", from(disk)).isKnown);
    disk[510] = std::byte{0x55};
    disk[511] = std::byte{0xaa};
    EXPECT_FALSE(examineDisk("d", from(disk)).bios) << "a signature without code, as beside a GPT";
    disk[0] = std::byte{0xfa};
    EXPECT_TRUE(examineDisk("d", from(disk)).bios);
    disk[446 + 4] = std::byte{0xef};
    EXPECT_TRUE(examineDisk("d", from(disk)).uefi);
    const std::vector<std::byte> tiny(100);
    EXPECT_FALSE(examineDisk("d", from(tiny)).isKnown);
}

TEST(MediumBoot, DiscsOfAnyBytesAreReadWithoutHarm)
{
    std::minstd_rand random(7); // NOLINT(cert-msc51-cpp): the same bytes each time
    for (int round = 0; round < 300; ++round) {
        std::vector<std::byte> disc(std::size_t{24} * 2048);
        for (auto& byte : disc)
            byte = static_cast<std::byte>(random());
        constexpr std::string_view Record("\0CD001\1EL TORITO SPECIFICATION", 30);
        std::ranges::transform(Record, disc.begin() + 17 * 2048,
                               [](char c) { return static_cast<std::byte>(c); });
        disc[17 * 2048 + 71] = std::byte{19};
        for (int i = 72; i < 75; ++i)
            disc[static_cast<std::size_t>(17 * 2048 + i)] = std::byte{0};
        const std::size_t catalogue = 19 * 2048;
        disc[catalogue] = std::byte{1};
        disc[catalogue + 30] = std::byte{0x55};
        disc[catalogue + 31] = std::byte{0xaa};
        disc[catalogue + 64] = std::byte{0x90};
        EXPECT_TRUE(examineDisc("d", from(disc)).isKnown);
    }
}

} // namespace
} // namespace engine
