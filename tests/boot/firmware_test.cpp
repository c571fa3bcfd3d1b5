// SPDX-License-Identifier: GPL-3.0-or-later
// The distribution's BIOS from the reset vector on.
#include "boot/guest_harness.h"

#include <unistd.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>

namespace {

using namespace std::chrono_literals;

std::string readFile(const std::filesystem::path& path)
{
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

engine::VmConfig biosConfig()
{
    engine::VmConfig config;
    config.name = "bios";
    config.memoryBytes = std::uint64_t{512} << 20;
    return config;
}

/// The lines that say what the firmware found, without numbers that depend on the run: times, and
/// addresses of allocations, which move with the size of the tables.
std::vector<std::string> comparableLines(const std::string& log)
{
    std::vector<std::string> lines;
    std::istringstream stream(log);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(
            std::regex_replace(line, std::regex("0x[0-9a-f]{6,16}|[0-9a-f]{8,16}|\\b[0-9]{5,}\\b"), "#"));
    return lines;
}

TEST(SeaBios, ShowsItsBannerAndFindsNothingToStart)
{
    REQUIRE_KVM();
    boot::Guest guest(biosConfig());
    ASSERT_TRUE(guest.start()) << guest.error();
    EXPECT_TRUE(guest.waitForScreen("SeaBIOS (version", 90s)) << guest.screen();
    EXPECT_TRUE(guest.waitForScreen("No bootable device.", 120s)) << guest.screen();
}

TEST(SeaBios, DebugLogNamesTheSameHardwareAsOnTheReferenceMachine)
{
    REQUIRE_KVM();
    const auto reference = boot::sharedGuests() / "../traces/sb-q35.dbg";
    REQUIRE_FILE(reference);
    const auto log =
        std::filesystem::temp_directory_path() / ("seabios-" + std::to_string(::getpid()) + ".log");
    auto config = biosConfig();
    config.cpuCount = 2;
    config.debugConsoleFile = log.string();
    {
        boot::Guest guest(config);
        ASSERT_TRUE(guest.start()) << guest.error();
        ASSERT_TRUE(guest.waitForScreen("No bootable device.", 180s)) << guest.screen();
    }
    const auto ours = comparableLines(readFile(log));
    std::filesystem::remove(log);
    // Lines of the reference log that our machine must produce too. The others speak of its disk and CD
    // contents, of addresses that depend on table sizes, and of time (with KVM it uses the clock of KVM).
    const std::regex wanted(
        "SeaBIOS \\(version|Found QEMU fw_cfg|QEMU fw_cfg DMA interface supported|Found [0-9]+ cpu|"
        "=== PCI|PCI: init bdf=00:(00|01|1f)|Found 4 PCI|Q35:|PCIe: using|Relocating|"
        "Copying SMBIOS|Copying ACPI|Scan for VGA|Running option rom at c000|"
        "Turning on vga|PS2 keyboard initialized|All threads complete|AHCI controller at",
        std::regex::icase);
    unsigned compared = 0;
    for (const std::string& line : comparableLines(readFile(reference))) {
        if (!std::regex_search(line, wanted))
            continue;
        ++compared;
        EXPECT_NE(std::ranges::find(ours, line), ours.end()) << "missing in our log: " << line;
    }
    EXPECT_GE(compared, 12U) << "the reference log was not understood";
}

TEST(SeaBios, StartsAnOperatingSystemFromFloppyAndCd)
{
    REQUIRE_KVM();
    const auto others = boot::sharedGuests() / "others";
    REQUIRE_FILE(others / "mikeos.flp");
    auto fromFloppy = biosConfig();
    fromFloppy.floppyPath = (others / "mikeos.flp").string();
    auto fromCd = biosConfig();
    fromCd.cds.push_back({.path = (others / "mikeos.iso").string()});
    for (const auto& config : {fromFloppy, fromCd}) {
        boot::Guest guest(config);
        ASSERT_TRUE(guest.start()) << guest.error();
        ASSERT_TRUE(guest.waitForScreen("Please select an interface", 180s)) << guest.screen();
        guest.type("\n");
        EXPECT_TRUE(guest.waitForScreen("Please select a file", 60s)) << guest.screen();
    }
}

} // namespace
