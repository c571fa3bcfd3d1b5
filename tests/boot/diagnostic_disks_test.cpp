// SPDX-License-Identifier: GPL-3.0-or-later
// Diagnostic programs by others on disks, floppies and CDs: they look at the machine through the BIOS and
// say what they found. Minutes on a KVM that emulates; seconds elsewhere.
#include "boot/guest_harness.h"
#include "boot/test_files.h"

#include <linux/input-event-codes.h>

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr auto Patience = 900s; // on a busy host

engine::VmConfig biosConfig()
{
    engine::VmConfig config;
    config.name = "diagnostic";
    config.memoryBytes = std::uint64_t{128} << 20;
    return config;
}

struct GeometryCase {
    const char* image = "";
    engine::DiskBus bus{};
};

class GeometryDisplay : public testing::TestWithParam<GeometryCase> {};

/// Unpacks an image of GeoDsp into a folder; empty when there is none.
fs::path unpackGeometryDisplay(const boot::TestFolder& folder, const std::string& name)
{
    const fs::path packed = fs::path("/usr/lib/syslinux/mbr/diag/geodsp") / (name + ".img.xz");
    if (!fs::exists(packed))
        return {};
    const auto copy = folder / "geodsp.img.xz";
    fs::copy_file(packed, copy);
    EXPECT_EQ(boot::runOnHost({"xz", "-d", copy.string()}).status, 0);
    return folder / "geodsp.img";
}

/// `mode` is the way of reading that the program chose, its last line but for the farewell.
void expectGeometry(const engine::VmConfig& config, const std::string& mode,
                    std::initializer_list<const char*> lines)
{
    boot::Guest guest(config);
    ASSERT_TRUE(guest.start()) << guest.error();
    ASSERT_TRUE(guest.waitForScreen("\nD=" + mode, Patience)) << guest.screen();
    for (const char* line : lines)
        EXPECT_NE(guest.screen().find(line), std::string::npos) << line << " in\n" << guest.screen();
}

/// GeoDsp writes known numbers into its image and prints those that it finds by CHS and by EDD.
TEST_P(GeometryDisplay, FindsItsNumbersByCylinderAndByBlock)
{
    REQUIRE_KVM();
    REQUIRE_PROGRAM("xz");
    const boot::TestFolder folder;
    const auto image = unpackGeometryDisplay(folder, GetParam().image);
    REQUIRE_FILE(image);
    auto config = biosConfig();
    config.disks.push_back({.path = image.string(), .bus = GetParam().bus, .format = "raw"});
    expectGeometry(config, "EDD",
                   {"@CHS 0000,01,01:0000003F", "@EDD 0000003F:0000003F", "@EDD 00003EC1:00003EC1"});
}

/// 80 cylinders, 2 heads, 18 sectors; the image is longer than a floppy, which holds its beginning.
TEST(GeometryDisplayOnFloppy, FindsTheGeometryOfAFloppy)
{
    REQUIRE_KVM();
    REQUIRE_PROGRAM("xz");
    const boot::TestFolder folder;
    const auto image = unpackGeometryDisplay(folder, "geodsp1s");
    REQUIRE_FILE(image);
    auto config = biosConfig();
    config.floppyPath = image.string();
    expectGeometry(config, "CHS", {"CHS 004F,01,12"});
}

INSTANTIATE_TEST_SUITE_P(Disks, GeometryDisplay,
                         testing::Values(GeometryCase{"geodsp1s", engine::DiskBus::Ahci},
                                         GeometryCase{"geodsp1s", engine::DiskBus::Nvme},
                                         GeometryCase{"geodsp1s", engine::DiskBus::Virtio},
                                         GeometryCase{"geodspms", engine::DiskBus::Ahci},
                                         GeometryCase{"geodspms", engine::DiskBus::Nvme},
                                         GeometryCase{"geodspms", engine::DiskBus::Virtio}),
                         [](const auto& info) {
                             const char* bus = info.param.bus == engine::DiskBus::Ahci   ? "Ahci"
                                               : info.param.bus == engine::DiskBus::Nvme ? "Nvme"
                                                                                         : "Virtio";
                             return std::string(info.param.image) + bus;
                         });

class HardwareDetectionTool : public testing::Test {
protected:
    void SetUp() override
    {
        REQUIRE_KVM();
        REQUIRE_FILE(m_modules / "hdt.c32");
        boot::writeFile(m_folder / "loader.cfg", "DEFAULT hdt\nPROMPT 0\nLABEL hdt\n  COM32 hdt.c32\n");
    }
    void expectMenu(const engine::VmConfig& config)
    {
        boot::Guest guest(config);
        ASSERT_TRUE(guest.start()) << guest.error();
        ASSERT_TRUE(guest.waitForScreen("Hardware Detection Tool", Patience)) << guest.screen();
        EXPECT_TRUE(guest.waitForScreen("PCI", 60s)) << guest.screen();
    }
    const std::vector<std::string> m_parts{"hdt", "libcom32", "libgpl", "libmenu", "libutil"};
    const fs::path m_modules = "/usr/lib/syslinux/modules/bios";
    boot::TestFolder m_folder;
};

TEST_F(HardwareDetectionTool, ShowsItsMenuFromACd)
{
    REQUIRE_PROGRAM("xorriso");
    REQUIRE_FILE(fs::path("/usr/lib/ISOLINUX/isolinux.bin"));
    const auto tree = m_folder / "tree";
    fs::create_directory(tree);
    for (const std::string& part : m_parts)
        fs::copy_file(m_modules / (part + ".c32"), tree / (part + ".c32"));
    fs::copy_file(m_modules / "ldlinux.c32", tree / "ldlinux.c32");
    fs::copy_file("/usr/lib/ISOLINUX/isolinux.bin", tree / "isolinux.bin");
    fs::copy_file(m_folder / "loader.cfg", tree / "isolinux.cfg");
    const auto disc = (m_folder / "hdt.iso").string();
    const auto made =
        boot::runOnHost({"xorriso", "-as", "mkisofs", "-quiet", "-o", disc, "-b", "isolinux.bin",
                         "-no-emul-boot", "-boot-load-size", "4", "-boot-info-table", tree.string()});
    ASSERT_EQ(made.status, 0) << made.output;
    auto config = biosConfig();
    config.cds.push_back({.path = disc});
    expectMenu(config);
}

TEST_F(HardwareDetectionTool, ShowsItsMenuFromAFloppy)
{
    for (const char* program : {"mkfs.vfat", "mcopy", "syslinux"})
        REQUIRE_PROGRAM(program);
    const auto floppy = m_folder / "hdt.img";
    boot::writeFile(floppy, std::string(1'474'560, '\0'));
    ASSERT_EQ(boot::runOnHost({"mkfs.vfat", floppy.string()}).status, 0);
    for (const std::string& part : m_parts)
        ASSERT_EQ(
            boot::runOnHost({"mcopy", "-i", floppy.string(), (m_modules / (part + ".c32")).string(), "::"})
                .status,
            0);
    ASSERT_EQ(boot::runOnHost(
                  {"mcopy", "-i", floppy.string(), (m_folder / "loader.cfg").string(), "::syslinux.cfg"})
                  .status,
              0);
    const auto installed = boot::runOnHost({"syslinux", floppy.string()});
    ASSERT_EQ(installed.status, 0) << installed.output;
    auto config = biosConfig();
    config.floppyPath = floppy.string();
    expectMenu(config);
}

TEST(Grub, RescueCdReachesItsPrompt)
{
    REQUIRE_KVM();
    const fs::path iso = "/usr/lib/grub-rescue/grub-rescue-cdrom.iso";
    REQUIRE_FILE(iso);
    auto config = biosConfig();
    config.cds.push_back({.path = iso.string()});
    boot::Guest guest(config);
    ASSERT_TRUE(guest.start()) << guest.error();
    ASSERT_TRUE(guest.waitForScreen("GNU GRUB  version", Patience)) << guest.screen();
    ASSERT_TRUE(guest.waitForScreen("Press enter to boot", Patience)) << guest.screen();
    guest.type("c");
    EXPECT_TRUE(guest.waitForScreen("grub>", 300s)) << guest.screen();
}

TEST(Grub, FunctionalTestsPass)
{
    REQUIRE_KVM();
    REQUIRE_PROGRAM("grub-mkrescue");
    REQUIRE_PROGRAM("xorriso");
    REQUIRE_FILE(fs::path("/usr/lib/grub/i386-pc/functional_test.mod"));
    const boot::TestFolder folder;
    const auto tree = folder / "tree";
    fs::create_directories(tree / "boot/grub");
    boot::writeFile(tree / "boot/grub/grub.cfg", "insmod functional_test\nfunctional_test\n");
    const auto disc = (folder / "grub.iso").string();
    const auto made =
        boot::runOnHost({"grub-mkrescue", "-d", "/usr/lib/grub/i386-pc", "-o", disc, tree.string()});
    ASSERT_EQ(made.status, 0) << made.output;
    auto config = biosConfig();
    config.cds.push_back({.path = disc});
    boot::Guest guest(config);
    ASSERT_TRUE(guest.start()) << guest.error();
    EXPECT_TRUE(guest.waitForScreen("ALL TESTS PASSED", 2 * Patience)) << guest.screen();
}

} // namespace
