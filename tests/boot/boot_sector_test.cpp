// SPDX-License-Identifier: GPL-3.0-or-later
// Our own boot sectors, started by the BIOS from every medium, read further sectors through INT 13h and
// print what they read as a checksum.
#include "boot/guest_harness.h"
#include "boot/test_files.h"

namespace {

using namespace std::chrono_literals;

constexpr std::size_t SectorBytes = 512;
constexpr std::size_t CdBlockBytes = 2048;
constexpr std::size_t EddSectors = 64; // as tests/guests/mbr_reader.asm
constexpr std::size_t ChsSectors = 16;
constexpr std::size_t CdBlocks = 24; // as tests/guests/cd_reader.asm

engine::VmConfig biosConfig()
{
    engine::VmConfig config;
    config.name = "sectors";
    config.memoryBytes = std::uint64_t{64} << 20;
    return config;
}

class BootSectorOnBus : public testing::TestWithParam<engine::DiskBus> {};

TEST_P(BootSectorOnBus, ReadsFurtherSectorsOfItsDisk)
{
    REQUIRE_KVM();
    const boot::TestFolder folder;
    const std::string data = boot::patternBytes(EddSectors * SectorBytes, 11);
    const auto image = folder / "disk.img";
    boot::writeFile(image, boot::readFile(GUEST_MBR_READER) + data);
    boot::padTo(image, 1 << 20);
    auto config = biosConfig();
    config.disks.push_back({.path = image.string(), .bus = GetParam(), .format = "raw"});
    boot::Guest guest(config);
    ASSERT_TRUE(guest.start()) << guest.error();
    ASSERT_TRUE(guest.waitForScreen(" END", 120s)) << guest.screen();
    const std::string expected = "EDD " + boot::sectorSum(data) + " CHS "
                                 + boot::sectorSum(data.substr(0, ChsSectors * SectorBytes)) + " END";
    EXPECT_NE(guest.screen().find(expected), std::string::npos) << expected << " in\n" << guest.screen();
}

INSTANTIATE_TEST_SUITE_P(Buses, BootSectorOnBus,
                         testing::Values(engine::DiskBus::Ahci, engine::DiskBus::Nvme,
                                         engine::DiskBus::Virtio),
                         [](const auto& bus) {
                             return bus.param == engine::DiskBus::Ahci   ? "Ahci"
                                    : bus.param == engine::DiskBus::Nvme ? "Nvme"
                                                                         : "Virtio";
                         });

TEST(ElTorito, ReadsTheRestOfItsFileFromTheCd)
{
    REQUIRE_KVM();
    REQUIRE_PROGRAM("xorriso");
    const boot::TestFolder folder;
    const std::string data = boot::patternBytes(CdBlocks * CdBlockBytes, 12);
    std::filesystem::create_directory(folder / "tree");
    boot::writeFile(folder / "tree" / "boot.bin", boot::readFile(GUEST_CD_READER) + data);
    const auto disc = (folder / "disc.iso").string();
    const auto made =
        boot::runOnHost({"xorriso", "-as", "mkisofs", "-quiet", "-o", disc, "-b", "boot.bin", "-no-emul-boot",
                         "-boot-load-size", "4", "-boot-info-table", (folder / "tree").string()});
    ASSERT_EQ(made.status, 0) << made.output;
    auto config = biosConfig();
    config.cds.push_back({.path = disc});
    boot::Guest guest(config);
    ASSERT_TRUE(guest.start()) << guest.error();
    ASSERT_TRUE(guest.waitForScreen(" END", 120s)) << guest.screen();
    const std::string expected = "CD " + boot::sectorSum(data) + " END";
    EXPECT_NE(guest.screen().find(expected), std::string::npos) << expected << " in\n" << guest.screen();
}

} // namespace
