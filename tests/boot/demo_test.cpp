// SPDX-License-Identifier: GPL-3.0-or-later
// The built-in demo through the real BIOS: what it finds, what it answers, how it ends.
#include "block/create_image.h"
#include "boot/guest_harness.h"

#include <linux/input-event-codes.h>
#include <unistd.h>

#include <thread>

namespace {

using namespace std::chrono_literals;
using engine::VmState;

class Demo : public testing::Test {
protected:
    void SetUp() override
    {
        REQUIRE_KVM();
        m_config.name = "demo";
        m_config.memoryBytes = std::uint64_t{96} << 20;
        m_config.cds.push_back({.path = DEMO_ISO});
    }
    void TearDown() override
    {
        std::error_code none;
        std::filesystem::remove(m_disk, none);
    }

    void addDisk(engine::DiskBus bus, std::uint64_t bytes)
    {
        TearDown(); // the one before
        m_disk = std::filesystem::temp_directory_path()
                 / ("demo-" + std::to_string(::getpid()) + "-" + std::to_string(bytes) + ".qcow2");
        ASSERT_TRUE(engine::block::createImage(m_disk, {.capacityBytes = bytes}));
        m_config.disks.push_back({.path = m_disk.string(), .bus = bus});
    }

    engine::VmConfig m_config;
    std::filesystem::path m_disk;
};

TEST_F(Demo, ShowsWhatItHasAndAnswersKeysPictureAndPowerButton)
{
    m_config.cpuCount = 2;
    addDisk(engine::DiskBus::Ahci, std::uint64_t{20} << 30);
    boot::Guest guest(m_config);
    ASSERT_TRUE(guest.start()) << guest.error();
    ASSERT_TRUE(guest.waitForSerial("demo: started: 96 MiB, 2 CPUs, disk 20 GiB", 90s)) << guest.screen();
    EXPECT_TRUE(guest.waitForSerial("CD sector read: CD001", 10s));
    EXPECT_TRUE(guest.waitForScreen("96 MiB, 2 CPUs, disk 20 GiB", 10s)) << guest.screen();
    guest.press(KEY_DOWN);
    EXPECT_TRUE(guest.waitForScreen("Each sends a scan code", 10s)) << guest.screen();
    guest.press(KEY_Q);
    EXPECT_TRUE(guest.waitForSerial("demo: key 10 Q up", 10s)) << guest.serial();
    guest.press(KEY_4);
    EXPECT_TRUE(guest.waitForScreen("SATA controller (AHCI)", 10s)) << guest.screen();
    guest.press(KEY_7);
    EXPECT_TRUE(guest.waitForScreen("41943040 sectors of 512", 10s)) << guest.screen();
    EXPECT_TRUE(guest.waitForScreen("CD001", 10s)) << guest.screen();
    guest.press(KEY_8);
    guest.press(KEY_ENTER);
    EXPECT_TRUE(guest.waitForSerial("demo: picture", 20s)) << guest.serial();
    EXPECT_TRUE(guest.waitForScreen("no text mode", 20s)) << guest.screen();
    guest.press(KEY_ESC);
    EXPECT_TRUE(guest.waitForScreen("Press Enter for a picture", 20s)) << guest.screen();
    ASSERT_TRUE(guest.run(&engine::Vm::requestPowerButton));
    EXPECT_TRUE(guest.waitForState(VmState::Stopped, 20s));
}

TEST_F(Demo, FollowsThePointer)
{
    boot::Guest guest(m_config);
    ASSERT_TRUE(guest.start()) << guest.error();
    ASSERT_TRUE(guest.waitForSerial("CD sector read", 90s)) << guest.screen();
    EXPECT_NE(guest.serial().find("no disk"), std::string::npos) << guest.serial();
    guest.press(KEY_3);
    ASSERT_TRUE(guest.waitForScreen("The left button paints", 10s)) << guest.screen();
    for (int step = 0; step < 4; ++step) {
        guest.vm().pointer().moveRelative(20, 8);
        guest.vm().pointer().sync();
        std::this_thread::sleep_for(60ms);
    }
    guest.vm().pointer().button(engine::PointerButton::Left, true);
    guest.vm().pointer().sync();
    EXPECT_TRUE(guest.waitForSerial("buttons 1", 10s)) << guest.serial();
    guest.vm().pointer().button(engine::PointerButton::Left, false);
    guest.vm().pointer().sync();
    EXPECT_TRUE(guest.waitForScreen("\u2588", 10s)) << "nothing painted: " << guest.screen();
}

TEST_F(Demo, SeesADiskOnEveryBus)
{
    for (const auto bus : {engine::DiskBus::Nvme, engine::DiskBus::Virtio}) {
        m_config.disks.clear();
        addDisk(bus, std::uint64_t{3} << 30);
        boot::Guest guest(m_config);
        ASSERT_TRUE(guest.start()) << guest.error();
        EXPECT_TRUE(guest.waitForSerial("demo: started: 96 MiB, 1 CPU, disk 3 GiB", 90s)) << guest.screen();
    }
}

} // namespace
