// SPDX-License-Identifier: GPL-3.0-or-later
// Kernels and firmware by others, given by their files: --kernel and --firmware.
#include "boot/guest_harness.h"
#include "boot/test_files.h"
#include "support/initrd.h"

#include <cstdlib>
#include <thread>

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr auto Patience = 600s; // on a busy host

engine::VmConfig machineWith(std::uint64_t mebibytes)
{
    engine::VmConfig config;
    config.name = "foreign";
    config.memoryBytes = mebibytes << 20;
    return config;
}

/// At the pace of somebody who types: a 16550 holds 16 characters.
void typeSlowly(boot::Guest& guest, std::string_view text)
{
    for (const char character : text) {
        guest.serialLog().type(std::string_view(&character, 1));
        std::this_thread::sleep_for(100ms);
    }
}

TEST(Kernels, Memtest86PlusStartsDirectlyOnATextScreen)
{
    REQUIRE_KVM();
    const fs::path file = "/boot/memtest86+x64.bin";
    REQUIRE_FILE(file);
    auto config = machineWith(128);
    config.kernel = {.path = file.string()};
    boot::Guest guest(config);
    ASSERT_TRUE(guest.start()) << guest.error();
    ASSERT_TRUE(guest.waitForScreen("Memtest86+ v6", Patience)) << guest.screen();
    EXPECT_TRUE(guest.waitForScreen("127MB", Patience)) << guest.screen();
}

TEST(Kernels, XenStartsAsAMultibootKernel)
{
    REQUIRE_KVM();
    const fs::path file = "/boot/xen-4.17-amd64.gz";
    REQUIRE_FILE(file);
    auto config = machineWith(256);
    config.kernel = {.path = file.string(), .initrdPath = {}, .commandLine = "console=com1 com1=115200"};
    boot::Guest guest(config);
    ASSERT_TRUE(guest.start()) << guest.error();
    ASSERT_TRUE(guest.waitForSerial("(XEN) Xen version", Patience)) << guest.serial() << guest.screen();
    EXPECT_TRUE(guest.waitForSerial("dom0 kernel not specified", Patience)) << guest.serial();
}

class UBoot : public testing::TestWithParam<const char*> {};

TEST_P(UBoot, ReachesItsPromptAndRunsAnEfiProgram)
{
    REQUIRE_KVM();
    const auto file = fs::path("/usr/lib/u-boot") / GetParam() / "u-boot.rom";
    REQUIRE_FILE(file);
    auto config = machineWith(256);
    config.firmware = {.kind = engine::FirmwareKind::File, .path = file.string(), .variablesPath = {}};
    boot::Guest guest(config);
    ASSERT_TRUE(guest.start()) << guest.error();
    const auto deadline = std::chrono::steady_clock::now() + Patience;
    // Any key stops its countdown.
    while (guest.serial().find("=> ") == std::string::npos && std::chrono::steady_clock::now() < deadline) {
        typeSlowly(guest, " ");
        std::this_thread::sleep_for(1s);
    }
    ASSERT_NE(guest.serial().find("=> "), std::string::npos) << guest.serial();
    typeSlowly(guest, "\nbootefi hello\n");
    EXPECT_TRUE(guest.waitForSerial("Hello, world!", Patience)) << guest.serial();
}

INSTANTIATE_TEST_SUITE_P(Boards, UBoot, testing::Values("qemu-x86_64", "qemu-x86"), [](const auto& info) {
    return info.param == std::string("qemu-x86") ? "ThirtyTwoBit" : "SixtyFourBit";
});

/// Skips what takes a quarter of an hour and more where KVM emulates.
#define REQUIRE_LONG_TESTS()                                                                                 \
    if (std::getenv("GUESTHOUSE_LONG_TESTS") == nullptr)                                                     \
    GTEST_SKIP() << "takes tens of minutes on a KVM that emulates; set GUESTHOUSE_LONG_TESTS=1 to run it"

TEST(Kernels, StockDebianKernelReachesUserSpace)
{
    REQUIRE_KVM();
    REQUIRE_LONG_TESTS();
    fs::path kernel;
    for (const auto& entry : fs::directory_iterator("/boot"))
        if (entry.path().filename().string().starts_with("vmlinuz-")
            && entry.path().string().contains("-cloud-amd64"))
            kernel = entry.path();
    if (kernel.empty())
        GTEST_SKIP() << "package linux-image-cloud-amd64 is not installed";
    const boot::TestFolder folder;
    engine::test::InitrdWriter writer;
    if (!writer.addBusyBox("#!/bin/busybox sh\necho USER-SPACE $(/bin/busybox uname -r)\n"
                           "while :; do /bin/busybox sleep 100; done\n"))
        GTEST_SKIP() << "/bin/busybox is not installed";
    ASSERT_TRUE(writer.write((folder / "initrd").string()));
    auto config = machineWith(256);
    config.kernel = {.path = kernel.string(),
                     .initrdPath = (folder / "initrd").string(),
                     .commandLine = "console=ttyS0 cryptomgr.notests mitigations=off"};
    boot::Guest guest(config);
    ASSERT_TRUE(guest.start()) << guest.error();
    EXPECT_TRUE(guest.waitForSerial("USER-SPACE", 3600s)) << guest.serial() << guest.reason();
}

TEST(Uefi, ShellRunsAProgramFromADisk)
{
    REQUIRE_KVM();
    REQUIRE_LONG_TESTS();
    const fs::path program = "/usr/lib/efitools/x86_64-linux-gnu/HelloWorld.efi";
    REQUIRE_FILE(fs::path("/usr/share/OVMF/OVMF_CODE_4M.fd"));
    REQUIRE_FILE(program);
    REQUIRE_PROGRAM("mcopy");
    const boot::TestFolder folder;
    const auto disk = (folder / "esp.img").string();
    boot::writeFile(disk, "");
    boot::padTo(disk, 48 << 20);
    ASSERT_EQ(boot::runOnHost({"mkfs.vfat", "-F", "32", disk}).status, 0);
    boot::writeFile(folder / "startup.nsh", "fs0:\r\nHelloWorld.efi\r\necho SCRIPT-%shellsupport%-DONE\r\n");
    for (const fs::path& file : {folder / "startup.nsh", program})
        ASSERT_EQ(boot::runOnHost({"mcopy", "-i", disk, file.string(), "::"}).status, 0);
    auto config = machineWith(256);
    config.firmware.kind = engine::FirmwareKind::Ovmf;
    config.disks.push_back({.path = disk, .format = "raw"});
    boot::Guest guest(config);
    ASSERT_TRUE(guest.start()) << guest.error();
    EXPECT_TRUE(guest.waitForSerial("SCRIPT-3-DONE", 7200s)) << guest.serial() << guest.reason();
    EXPECT_NE(guest.serial().find("Hello World!"), std::string::npos) << guest.serial();
}

} // namespace
