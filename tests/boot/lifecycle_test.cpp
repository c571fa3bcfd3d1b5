// SPDX-License-Identifier: GPL-3.0-or-later
// Life and death of guests: states, many at once, everything given back.
#include "boot/guest_harness.h"

#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;
using engine::ErrorCode;
using engine::Vm;
using engine::VmState;

engine::VmConfig smallConfig()
{
    engine::VmConfig config;
    config.name = "small";
    config.memoryBytes = std::uint64_t{64} << 20;
    return config;
}

std::size_t countEntries(const char* folder)
{
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

TEST(VmLifecycle, StatesFollowRequests)
{
    REQUIRE_KVM();
    boot::Guest guest(smallConfig());
    ASSERT_TRUE(guest.start()) << guest.error();
    ASSERT_TRUE(guest.waitForState(VmState::Running, 10s));
    EXPECT_TRUE(guest.run(&Vm::requestPause));
    EXPECT_EQ(guest.vm().state(), VmState::Paused);
    EXPECT_TRUE(guest.run(&Vm::requestPause)) << "pausing twice is no error";
    EXPECT_TRUE(guest.run(&Vm::requestReset));
    EXPECT_EQ(guest.vm().state(), VmState::Paused) << "a reset does not resume";
    EXPECT_TRUE(guest.run(&Vm::requestResume));
    EXPECT_EQ(guest.vm().state(), VmState::Running);
    EXPECT_FALSE(guest.run(&Vm::requestStart)) << "it runs already";
    EXPECT_TRUE(guest.run(&Vm::requestStop));
    EXPECT_EQ(guest.vm().state(), VmState::Stopped);
    const auto late = guest.run(&Vm::requestResume);
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, ErrorCode::InvalidState);
}

TEST(VmLifecycle, TwoGuestsRunInOneProcess)
{
    REQUIRE_KVM();
    auto first = smallConfig();
    auto second = smallConfig();
    second.cpuCount = 2;
    boot::Guest one(first);
    boot::Guest two(second);
    ASSERT_TRUE(one.start()) << one.error();
    ASSERT_TRUE(two.start()) << two.error();
    EXPECT_TRUE(one.waitForScreen("SeaBIOS", 90s)) << one.screen();
    EXPECT_TRUE(two.waitForScreen("SeaBIOS", 90s)) << two.screen();
    EXPECT_TRUE(one.run(&Vm::requestStop));
    EXPECT_EQ(two.vm().state(), VmState::Running);
}

TEST(VmLifecycle, ManyCreateStartDestroyRoundsLeaveNothingBehind)
{
    REQUIRE_KVM();
    const auto round = [](unsigned cpus) {
        auto config = smallConfig();
        config.cpuCount = cpus;
        boot::Guest guest(config);
        ASSERT_TRUE(guest.start()) << guest.error();
        ASSERT_TRUE(guest.waitForState(VmState::Running, 20s));
    };
    round(2); // what is made once for the process is there now
    const auto descriptors = countEntries("/proc/self/fd");
    const auto threads = countEntries("/proc/self/task");
    constexpr int Rounds = 30;
    for (int i = 0; i < Rounds; ++i)
        round(1 + static_cast<unsigned>(i) % 4);
    EXPECT_EQ(countEntries("/proc/self/fd"), descriptors);
    EXPECT_EQ(countEntries("/proc/self/task"), threads);
}

TEST(VmLifecycle, DestroyingWhilePausedOrBeforeTheStartWorks)
{
    REQUIRE_KVM();
    {
        boot::Guest paused(smallConfig());
        ASSERT_TRUE(paused.start()) << paused.error();
        ASSERT_TRUE(paused.run(&Vm::requestPause));
    }
    class Nobody final : public engine::VmObserver {
        void onStateChanged(VmState, const std::string&) override {}
    } nobody;
    EXPECT_TRUE(Vm::create(smallConfig(), nobody));
}

/// The sentence that a bad configuration ends in.
std::string refusal(const engine::VmConfig& config)
{
    class Nobody final : public engine::VmObserver {
        void onStateChanged(VmState, const std::string&) override {}
    } nobody;
    const auto vm = Vm::create(config, nobody);
    return vm ? std::string() : vm.error().message();
}

TEST(BadInput, EachEndsInOneSentence)
{
    REQUIRE_KVM();
    const auto folder = std::filesystem::temp_directory_path();
    const auto text = folder / "guesthouse-not-a-kernel";
    std::ofstream(text) << "this is not a kernel\n";

    auto noFirmware = smallConfig();
    noFirmware.firmware = {.kind = engine::FirmwareKind::File, .path = "/nowhere/bios.bin"};
    EXPECT_NE(refusal(noFirmware).find("/nowhere/bios.bin"), std::string::npos) << refusal(noFirmware);

    auto oddFirmware = smallConfig();
    oddFirmware.firmware = {.kind = engine::FirmwareKind::File, .path = text.string()};
    EXPECT_FALSE(refusal(oddFirmware).empty());

    auto noDisk = smallConfig();
    noDisk.disks.push_back({.path = "/nowhere/disk.qcow2"});
    EXPECT_NE(refusal(noDisk).find("/nowhere/disk.qcow2"), std::string::npos) << refusal(noDisk);

    auto littleMemory = smallConfig();
    littleMemory.memoryBytes = std::uint64_t{1} << 20;
    EXPECT_NE(refusal(littleMemory).find("64 MiB"), std::string::npos);
    auto muchMemory = smallConfig();
    muchMemory.memoryBytes = std::uint64_t{1} << 50;
    EXPECT_NE(refusal(muchMemory).find("95 %"), std::string::npos);
    auto manyCpus = smallConfig();
    manyCpus.cpuCount = 100'000;
    EXPECT_NE(refusal(manyCpus).find("CPUs"), std::string::npos);

    // A kernel is read when the guest starts, so that one and the same path can be rebuilt meanwhile.
    auto noKernel = smallConfig();
    noKernel.kernel = {.path = text.string()};
    boot::Guest guest(noKernel);
    ASSERT_TRUE(guest.start()) << guest.error();
    EXPECT_TRUE(guest.waitForState(VmState::Failed, 10s));
    EXPECT_NE(guest.reason().find("guesthouse-not-a-kernel"), std::string::npos) << guest.reason();
    std::filesystem::remove(text);
}

} // namespace
