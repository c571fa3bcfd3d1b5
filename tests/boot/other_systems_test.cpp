// SPDX-License-Identifier: GPL-3.0-or-later
// Operating systems and tools by others, unmodified, judged by their screens. Minutes on a KVM that
// emulates; seconds elsewhere.
#include "boot/guest_harness.h"

#include <unistd.h>

#include <cstdlib>
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

/// A copy of an image, padded to a size that firmware accepts as a hard disk.
class PaddedDisk {
public:
    explicit PaddedDisk(const std::filesystem::path& image)
        : m_path(std::filesystem::temp_directory_path()
                 / ("guesthouse-padded-" + std::to_string(::getpid()) + ".img"))
    {
        constexpr std::uintmax_t OneMebibyte = 1 << 20;
        std::filesystem::copy_file(image, m_path, std::filesystem::copy_options::overwrite_existing);
        std::filesystem::permissions(m_path, std::filesystem::perms::owner_write,
                                     std::filesystem::perm_options::add);
        std::filesystem::resize_file(m_path, OneMebibyte);
    }
    ~PaddedDisk() { std::filesystem::remove(m_path); }
    PaddedDisk(const PaddedDisk&) = delete;
    PaddedDisk& operator=(const PaddedDisk&) = delete;
    PaddedDisk(PaddedDisk&&) = delete;
    PaddedDisk& operator=(PaddedDisk&&) = delete;
    [[nodiscard]] std::string path() const { return m_path.string(); }

private:
    std::filesystem::path m_path;
};

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
    auto config = biosConfig();
    config.floppyPath = image.string();
    computeInBasic(config);
}

class OtherSystemsOnBus : public testing::TestWithParam<engine::DiskBus> {};

TEST_P(OtherSystemsOnBus, BootBasicComputesFromADisk)
{
    REQUIRE_KVM();
    const auto image = boot::sharedGuests() / "others/basic.img";
    REQUIRE_FILE(image);
    const PaddedDisk disk(image);
    auto config = biosConfig();
    config.disks.push_back({.path = disk.path(), .bus = GetParam(), .format = "raw", .discardChanges = true});
    computeInBasic(config);
}

INSTANTIATE_TEST_SUITE_P(Buses, OtherSystemsOnBus,
                         testing::Values(engine::DiskBus::Ahci, engine::DiskBus::Nvme,
                                         engine::DiskBus::Virtio),
                         [](const auto& bus) {
                             return bus.param == engine::DiskBus::Ahci   ? "Ahci"
                                    : bus.param == engine::DiskBus::Nvme ? "Nvme"
                                                                         : "Virtio";
                         });

TEST(OtherSystems, TetrosPlays)
{
    REQUIRE_KVM();
    const auto image = boot::sharedGuests() / "others/tetros.img";
    REQUIRE_FILE(image);
    auto config = biosConfig();
    config.floppyPath = image.string();
    boot::Guest guest(config);
    ASSERT_TRUE(guest.start()) << guest.error();
    // The field is drawn with blanks on colours; what counts is that the picture keeps changing.
    std::this_thread::sleep_for(20s);
    const auto before = std::filesystem::temp_directory_path() / "guesthouse-tetros-1.png";
    const auto after = std::filesystem::temp_directory_path() / "guesthouse-tetros-2.png";
    ASSERT_TRUE(guest.vm().screenshot(before));
    bool changed = false;
    for (int i = 0; i < 30 && !changed; ++i) {
        std::this_thread::sleep_for(1s);
        ASSERT_TRUE(guest.vm().screenshot(after));
        changed = std::filesystem::file_size(before) != std::filesystem::file_size(after);
    }
    EXPECT_TRUE(changed);
    std::filesystem::remove(before);
    std::filesystem::remove(after);
}

TEST(OtherSystems, FloppybirdShowsGraphics)
{
    REQUIRE_KVM();
    const auto image = boot::sharedGuests() / "others/floppybird.img";
    REQUIRE_FILE(image);
    auto config = biosConfig();
    config.floppyPath = image.string();
    boot::Guest guest(config);
    ASSERT_TRUE(guest.start()) << guest.error();
    EXPECT_TRUE(guest.waitForScreen("320x200", 120s))
        << guest.screen(); // named by the refusal of screen-text
}

TEST(OtherSystems, Memtest86PlusTestsMemory)
{
    REQUIRE_KVM();
    for (const char* candidate : {"/boot/memtest86+x64.iso", "/usr/lib/memtest86+/memtest86+x64.iso"}) {
        if (!std::filesystem::exists(candidate))
            continue;
        auto config = biosConfig(128);
        config.cds.push_back({.path = candidate});
        boot::Guest guest(config);
        ASSERT_TRUE(guest.start()) << guest.error();
        EXPECT_TRUE(guest.waitForScreen("Memtest86+", 900s)) << guest.screen();
        return;
    }
    GTEST_SKIP() << "package memtest86+ is not installed";
}

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
