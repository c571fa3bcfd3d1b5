// SPDX-License-Identifier: GPL-3.0-or-later
// A real Linux kernel, started directly, on the whole machine.
#include "boot/guest_harness.h"

#include <thread>

namespace {

using namespace std::chrono_literals;

engine::VmConfig linuxConfig(const std::string& extra = {})
{
    const auto folder = boot::sharedGuests() / "linux-native";
    engine::VmConfig config;
    config.name = "linux";
    config.memoryBytes = std::uint64_t{256} << 20;
    config.kernel = {.path = (folder / "vmlinux").string(),
                     .initrdPath = (folder / "initrd.gz").string(),
                     .commandLine = "console=ttyS0 panic=-1 quiet reboot=t " + extra};
    config.stopOnReset = true;
    return config;
}

TEST(LinuxGuest, ReachesUserSpaceAndReboots)
{
    REQUIRE_KVM();
    REQUIRE_FILE(boot::sharedGuests() / "linux-native/vmlinux");
    boot::Guest guest(linuxConfig());
    ASSERT_TRUE(guest.start()) << guest.error();
    EXPECT_TRUE(guest.waitForSerial("HELLO-FROM-GUEST", 60s)) << guest.serial();
    EXPECT_TRUE(guest.waitForSerial("DONE", 120s)) << guest.serial();
    EXPECT_TRUE(guest.waitForState(engine::VmState::Stopped, 30s));
    EXPECT_EQ(guest.reason(), "the guest reset itself");
}

TEST(LinuxGuest, FindsTheDevicesOfTheBoard)
{
    REQUIRE_KVM();
    REQUIRE_FILE(boot::sharedGuests() / "linux-native/vmlinux");
    auto config = linuxConfig();
    config.cds.push_back({});
    boot::Guest guest(config);
    ASSERT_TRUE(guest.start()) << guest.error();
    ASSERT_TRUE(guest.waitForSerial("/sys/bus/pci/devices", 120s)) << guest.serial();
    ASSERT_TRUE(guest.waitForSerial("DONE", 60s)) << guest.serial();
    for (const char* address :
         {"0000:00:00.0", "0000:00:01.0", "0000:00:1f.0", "0000:00:1f.2", "0000:00:1f.3"})
        EXPECT_NE(guest.serial().find(address), std::string::npos) << address << " in\n" << guest.serial();
}

TEST(LinuxGuest, SurvivesPauseAndResume)
{
    REQUIRE_KVM();
    REQUIRE_FILE(boot::sharedGuests() / "linux-native/vmlinux");
    boot::Guest guest(linuxConfig());
    ASSERT_TRUE(guest.start()) << guest.error();
    for (int i = 0; i < 10; ++i) {
        ASSERT_TRUE(guest.run(&engine::Vm::requestPause));
        const auto before = guest.serial().size();
        std::this_thread::sleep_for(50ms);
        EXPECT_EQ(guest.serial().size(), before) << "a paused guest wrote to its serial port";
        ASSERT_TRUE(guest.run(&engine::Vm::requestResume));
        std::this_thread::sleep_for(50ms);
    }
    EXPECT_TRUE(guest.waitForSerial("DONE", 180s)) << guest.serial();
}

TEST(LinuxGuest, StartsAgainAfterReset)
{
    REQUIRE_KVM();
    REQUIRE_FILE(boot::sharedGuests() / "linux-native/vmlinux");
    auto config = linuxConfig();
    config.stopOnReset = false;
    boot::Guest guest(config);
    ASSERT_TRUE(guest.start()) << guest.error();
    ASSERT_TRUE(guest.waitForSerial("HELLO-FROM-GUEST", 60s)) << guest.serial();
    const auto firstHello = guest.serial().find("HELLO-FROM-GUEST");
    ASSERT_TRUE(guest.run(&engine::Vm::requestReset));
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    while (guest.serial().find("HELLO-FROM-GUEST", firstHello + 1) == std::string::npos
           && std::chrono::steady_clock::now() < deadline)
        std::this_thread::sleep_for(100ms);
    EXPECT_NE(guest.serial().find("HELLO-FROM-GUEST", firstHello + 1), std::string::npos) << guest.serial();
}

} // namespace
