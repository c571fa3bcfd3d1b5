// SPDX-License-Identifier: GPL-3.0-or-later
// Operating systems and tools by others, unmodified, judged by their screens. Minutes on a KVM that
// emulates; seconds elsewhere.
#include "boot/guest_harness.h"
#include "boot/test_files.h"

#include <cstdlib>
#include <set>
#include <thread>

namespace {

using namespace std::chrono_literals;

engine::VmConfig biosConfig(std::uint64_t mebibytes = 128)
{
    engine::VmConfig config;
    config.name = "other";
    config.memoryBytes = mebibytes << 20;
    return config;
}

/// A disk whose changes are thrown away.
engine::VmConfig diskConfig(const std::filesystem::path& image, engine::DiskBus bus)
{
    auto config = biosConfig();
    config.disks.push_back({.path = image.string(), .bus = bus, .format = "raw", .discardChanges = true});
    return config;
}

engine::VmConfig floppyConfig(const std::filesystem::path& image)
{
    auto config = biosConfig();
    config.floppyPath = image.string();
    return config;
}

void computeInBasic(const engine::VmConfig& config)
{
    boot::Guest guest(config);
    ASSERT_TRUE(guest.start()) << guest.error();
    ASSERT_TRUE(guest.waitForScreen("\n>", 240s)) << guest.screen();
    guest.type("10 print 6*7\nrun\n");
    EXPECT_TRUE(guest.waitForScreen("42", 60s)) << guest.screen();
}

TEST(OtherSystems, BootBasicComputesFromAFloppy)
{
    REQUIRE_KVM();
    const auto image = boot::sharedGuests() / "others/basic.img";
    REQUIRE_FILE(image);
    computeInBasic(floppyConfig(image));
}

TEST(OtherSystems, BootBasicComputesFromAnOptionRom)
{
    REQUIRE_KVM();
    const auto rom = boot::sharedGuests() / "others/basic.rom";
    REQUIRE_FILE(rom);
    auto config = biosConfig();
    config.optionRoms = {rom.string()};
    computeInBasic(config);
}

class OtherSystemsOnBus : public testing::TestWithParam<engine::DiskBus> {};

TEST_P(OtherSystemsOnBus, BootBasicComputesFromADisk)
{
    REQUIRE_KVM();
    const auto image = boot::sharedGuests() / "others/basic.img";
    REQUIRE_FILE(image);
    computeInBasic(diskConfig(image, GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Buses, OtherSystemsOnBus,
                         testing::Values(engine::DiskBus::Ahci, engine::DiskBus::Nvme,
                                         engine::DiskBus::Virtio),
                         [](const auto& bus) {
                             return bus.param == engine::DiskBus::Ahci   ? "Ahci"
                                    : bus.param == engine::DiskBus::Nvme ? "Nvme"
                                                                         : "Virtio";
                         });

/// The field is drawn with blanks on colours; what counts is that the picture keeps changing.
void expectTetrosPlays(const engine::VmConfig& config)
{
    boot::Guest guest(config);
    ASSERT_TRUE(guest.start()) << guest.error();
    ASSERT_TRUE(guest.waitForScreen("Booting from", 120s)) << guest.screen();
    const boot::TestFolder folder;
    const auto picture = folder / "screen.png";
    std::set<std::string> pictures;
    for (int i = 0; i < 90 && pictures.size() < 4; ++i) {
        std::this_thread::sleep_for(1s);
        if (guest.screen().find("SeaBIOS") != std::string::npos)
            continue; // the game has not cleared the screen yet
        ASSERT_TRUE(guest.vm().screenshot(picture));
        pictures.insert(boot::readFile(picture));
    }
    EXPECT_GE(pictures.size(), 4U) << guest.screen();
}

/// Mode 13h, told by the refusal of screen-text: 320 columns on 640 dots.
void expectGraphics(const engine::VmConfig& config)
{
    boot::Guest guest(config);
    ASSERT_TRUE(guest.start()) << guest.error();
    EXPECT_TRUE(guest.waitForScreen("graphics 640x400", 120s)) << guest.screen();
}

TEST(OtherSystems, TetrosPlaysFromAFloppy)
{
    REQUIRE_KVM();
    const auto image = boot::sharedGuests() / "others/tetros.img";
    REQUIRE_FILE(image);
    expectTetrosPlays(floppyConfig(image));
}

TEST_P(OtherSystemsOnBus, TetrosPlaysFromADisk)
{
    REQUIRE_KVM();
    const auto image = boot::sharedGuests() / "others/tetros.img";
    REQUIRE_FILE(image);
    expectTetrosPlays(diskConfig(image, GetParam()));
}

TEST(OtherSystems, FloppybirdShowsGraphicsFromAFloppy)
{
    REQUIRE_KVM();
    const auto image = boot::sharedGuests() / "others/floppybird.img";
    REQUIRE_FILE(image);
    expectGraphics(floppyConfig(image));
}

TEST_P(OtherSystemsOnBus, FloppybirdShowsGraphicsFromADisk)
{
    REQUIRE_KVM();
    const auto image = boot::sharedGuests() / "others/floppybird.img";
    REQUIRE_FILE(image);
    expectGraphics(diskConfig(image, GetParam()));
}

/// Its file menu comes from the medium that it has started from.
void expectMikeOsFiles(const engine::VmConfig& config)
{
    boot::Guest guest(config);
    ASSERT_TRUE(guest.start()) << guest.error();
    ASSERT_TRUE(guest.waitForScreen("Please select an interface", 240s)) << guest.screen();
    guest.type("\n");
    ASSERT_TRUE(guest.waitForScreen("FILEMAN.BIN", 120s)) << guest.screen();
}

TEST(OtherSystems, MikeOsListsFilesFromAFloppy)
{
    REQUIRE_KVM();
    const auto image = boot::sharedGuests() / "others/mikeos.flp";
    REQUIRE_FILE(image);
    expectMikeOsFiles(floppyConfig(image));
}

/// El Torito with an emulated floppy.
TEST(OtherSystems, MikeOsListsFilesFromACd)
{
    REQUIRE_KVM();
    const auto image = boot::sharedGuests() / "others/mikeos.iso";
    REQUIRE_FILE(image);
    auto config = biosConfig();
    config.cds.push_back({.path = image.string()});
    expectMikeOsFiles(config);
}

class Memtest86Plus : public testing::TestWithParam<const char*> {};

TEST_P(Memtest86Plus, TestsMemoryFromACd)
{
    REQUIRE_KVM();
    const auto disc = std::filesystem::path("/usr/lib/memtest86+") / GetParam();
    REQUIRE_FILE(disc);
    auto config = biosConfig(64);
    config.cds.push_back({.path = disc.string()});
    boot::Guest guest(config);
    ASSERT_TRUE(guest.start()) << guest.error();
    EXPECT_TRUE(guest.waitForScreen("Memtest86+", 900s)) << guest.screen();
    EXPECT_TRUE(guest.waitForScreen("Test #", 300s)) << guest.screen();
}

INSTANTIATE_TEST_SUITE_P(Widths, Memtest86Plus, testing::Values("memtest86+ia32.iso", "memtest86+x64.iso"),
                         [](const auto& disc) {
                             return std::string(disc.param).find("ia32") != std::string::npos ? "Bits32"
                                                                                              : "Bits64";
                         });

TEST(OtherSystems, UefiShellStarts)
{
    REQUIRE_KVM();
    REQUIRE_FILE(std::filesystem::path("/usr/share/OVMF/OVMF_CODE_4M.fd"));
    if (std::getenv("GUESTHOUSE_LONG_TESTS") == nullptr)
        GTEST_SKIP() << "takes tens of minutes on a KVM that emulates; set GUESTHOUSE_LONG_TESTS=1 to run it";
    auto config = biosConfig(256);
    config.firmware.kind = engine::FirmwareKind::Ovmf;
    boot::Guest guest(config);
    ASSERT_TRUE(guest.start()) << guest.error();
    const auto reachedSetup = [&] {
        for (const auto& milestone : guest.vm().milestones())
            if (milestone.name == "acpi-tables")
                return true;
        return false;
    };
    const auto deadline = std::chrono::steady_clock::now() + 50min;
    while (!reachedSetup() && std::chrono::steady_clock::now() < deadline
           && guest.vm().state() == engine::VmState::Running)
        std::this_thread::sleep_for(1s);
    EXPECT_TRUE(reachedSetup()) << guest.reason();
}

} // namespace
