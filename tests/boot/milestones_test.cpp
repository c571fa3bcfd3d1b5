// SPDX-License-Identifier: GPL-3.0-or-later
// What the boot coach and the timeline are told, each by a guest that really does it.
#include "boot/guest_harness.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <thread>

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr std::size_t Sector = 512;
constexpr std::size_t DiscSector = 2048;
constexpr std::uintmax_t DiskBytes = 16 << 20; // the BIOS refuses disks without a single cylinder

class Milestones : public testing::Test {
protected:
    void SetUp() override
    {
        REQUIRE_KVM();
        m_folder = fs::temp_directory_path() / ("milestones-" + std::to_string(::getpid()));
        fs::create_directories(m_folder);
        m_config.name = "milestones";
        m_config.memoryBytes = std::uint64_t{64} << 20;
    }
    void TearDown() override
    {
        std::error_code none;
        fs::remove_all(m_folder, none);
    }

    std::string file(const char* name, const std::string& contents)
    {
        const auto path = m_folder / name;
        std::ofstream(path, std::ios::binary) << contents;
        return path.string();
    }
    /// A disk whose first sector holds this code and the signature of a boot sector.
    void addDisk(const std::string& code)
    {
        std::string image(Sector, '\0');
        image.replace(0, code.size(), code);
        image[510] = '\x55';
        image[511] = '\xaa';
        const std::string path = file("disk.img", image);
        fs::resize_file(path, DiskBytes);
        m_config.disks.push_back({.path = path, .format = "raw"});
    }
    /// A CD whose boot catalogue has one entry, for this platform ("El Torito" 1.0, 2.1 and 2.2).
    std::string disc(char platform)
    {
        std::string image(24 * DiscSector, '\0');
        image.replace(16 * DiscSector, 7, std::string("\1CD001\1", 7));
        image.replace(17 * DiscSector, 30, std::string("\0CD001\1EL TORITO SPECIFICATION", 30));
        image[17 * DiscSector + 71] = 19;
        image.replace(18 * DiscSector, 7,
                      std::string("\xff"
                                  "CD001\1",
                                  7));
        const std::size_t catalogue = 19 * DiscSector;
        image[catalogue] = 1; // the validation entry, for the PC; its words add up to zero
        constexpr unsigned Sum = 0x10000U - (0xaa55U + 1U);
        image[catalogue + 28] = static_cast<char>(Sum & 0xffU);
        image[catalogue + 29] = static_cast<char>(Sum >> 8U);
        image[catalogue + 30] = '\x55';
        image[catalogue + 31] = '\xaa';
        // For UEFI the initial entry is not bootable and a section of its own follows.
        std::size_t entry = catalogue + 32;
        if (platform != 0) {
            image[catalogue + 64] = '\x91';
            image[catalogue + 65] = platform;
            image[catalogue + 66] = 1;
            entry = catalogue + 96;
        }
        image[entry] = '\x88';
        image[entry + 6] = 1;
        image[entry + 8] = 20;
        return file("disc.iso", image);
    }

    static bool has(boot::Guest& guest, std::string_view name)
    {
        const auto milestones = guest.vm().milestones();
        return std::ranges::find(milestones, name, &engine::Milestone::name) != milestones.end();
    }
    static std::string all(boot::Guest& guest)
    {
        std::string text;
        for (const engine::Milestone& milestone : guest.vm().milestones())
            text += std::to_string(milestone.at.count()) + " ms " + milestone.name + ": " + milestone.detail
                    + '\n';
        return text;
    }
    static bool waitFor(boot::Guest& guest, std::string_view name, std::chrono::seconds limit)
    {
        for (const auto end = std::chrono::steady_clock::now() + limit; !has(guest, name);
             std::this_thread::sleep_for(50ms))
            if (std::chrono::steady_clock::now() > end)
                return false;
        return true;
    }

    fs::path m_folder;
    engine::VmConfig m_config;
};

TEST_F(Milestones, DiskWithoutBootSector)
{
    const std::string path = file("empty.img", {});
    fs::resize_file(path, DiskBytes);
    m_config.disks.push_back({.path = path, .format = "raw"});
    boot::Guest guest(m_config);
    ASSERT_TRUE(guest.start()) << guest.error();
    ASSERT_TRUE(waitFor(guest, "no-boot-sector", 90s)) << all(guest);
    for (const char* name : {"start", "firmware", "acpi-tables", "boot-attempt", "disk-read", "boot-failed"})
        EXPECT_TRUE(has(guest, name)) << name << " is missing:\n" << all(guest);
    for (const char* name : {"no-boot-device", "boot-sector", "kernel", "halted", "reset"})
        EXPECT_FALSE(has(guest, name)) << name << " is wrong:\n" << all(guest);
}

TEST_F(Milestones, NothingAttached)
{
    boot::Guest guest(m_config);
    ASSERT_TRUE(guest.start()) << guest.error();
    EXPECT_TRUE(waitFor(guest, "no-boot-device", 90s)) << all(guest);
    EXPECT_FALSE(has(guest, "no-boot-sector")) << all(guest);
}

TEST_F(Milestones, DiscForUefiUnderABios)
{
    m_config.cds.push_back({.path = disc('\xef')});
    boot::Guest guest(m_config);
    ASSERT_TRUE(guest.start()) << guest.error();
    EXPECT_TRUE(waitFor(guest, "uefi-only-medium", 90s)) << all(guest) << guest.screen();
}

TEST_F(Milestones, MediaUnderUefi)
{
    m_config.firmware.kind = engine::FirmwareKind::Ovmf;
    m_config.memoryBytes = std::uint64_t{256} << 20;
    const auto milestonesWith = [this](const std::string& cd) {
        auto config = m_config;
        config.cds.push_back({.path = cd});
        boot::Guest guest(config);
        EXPECT_TRUE(guest.start()) << guest.error();
        EXPECT_TRUE(waitFor(guest, "start", 20s));
        (void)guest.run(&engine::Vm::requestStop); // answered after everything that start posts
        return all(guest);
    };
    EXPECT_NE(milestonesWith(disc('\0')).find("bios-only-medium: CD 1"), std::string::npos);
    const std::string good = milestonesWith(disc('\xef'));
    EXPECT_EQ(good.find("only"), std::string::npos) << good;
    EXPECT_EQ(good.find("no-boot"), std::string::npos) << good;
    EXPECT_NE(milestonesWith("").find("no-boot-device"), std::string::npos);
}

TEST_F(Milestones, HaltWithInterruptsOff)
{
    addDisk("\xfa\xf4\xeb\xfc"); // cli; hlt; jump back
    m_config.cpuCount = 2;
    boot::Guest guest(m_config);
    ASSERT_TRUE(guest.start()) << guest.error();
    EXPECT_TRUE(waitFor(guest, "boot-sector", 90s)) << all(guest);
    EXPECT_TRUE(waitFor(guest, "halted", 60s)) << all(guest);
}

TEST_F(Milestones, HaltWithInterruptsOnIsRest)
{
    addDisk("\xfb\xf4\xeb\xfd"); // sti; hlt; jump to the hlt
    boot::Guest guest(m_config);
    ASSERT_TRUE(guest.start()) << guest.error();
    ASSERT_TRUE(waitFor(guest, "boot-sector", 90s)) << all(guest);
    std::this_thread::sleep_for(7s);
    EXPECT_FALSE(has(guest, "halted")) << all(guest);
}

TEST_F(Milestones, TripleFaultAndReset)
{
    // cli; lidt [7c10h], which has a limit of zero; protected mode; ud2: nobody handles that, nor what
    // follows
    addDisk(std::string("\xfa\x0f\x01\x1e\x10\x7c\x0f\x20\xc0\x0c\x01\x0f\x22\xc0\x0f\x0b\0\0\0\0\0\0", 22));
    boot::Guest guest(m_config);
    ASSERT_TRUE(guest.start()) << guest.error();
    EXPECT_TRUE(waitFor(guest, "triple-fault", 90s)) << all(guest);
    EXPECT_TRUE(waitFor(guest, "reset", 20s)) << all(guest);
}

TEST_F(Milestones, OperatingSystemTakesOver)
{
    // mov dx, 602h (PM1_EN); mov ax, 100h (the power button); out dx, ax; hlt; jump back
    addDisk(std::string("\xba\x02\x06\xb8\x00\x01\xef\xf4\xeb\xfd", 10));
    boot::Guest guest(m_config);
    ASSERT_TRUE(guest.start()) << guest.error();
    EXPECT_TRUE(waitFor(guest, "kernel", 90s)) << all(guest);
}

} // namespace
