// SPDX-License-Identifier: GPL-3.0-or-later
#include "library/guest_file.h"

#include <gtest/gtest.h>

#include <fstream>

using namespace app;
using engine::ErrorCode;

namespace {

/// Every member differs from its default, so that one that is forgotten is noticed.
GuestDescription everythingSet()
{
    GuestDescription guest;
    engine::VmConfig& config = guest.config;
    config.name = "Gästehaus “1”";
    config.id = "0b5b4a4e-8f30-4a4e-9a5e-0123456789ab";
    config.cpuCount = 3;
    config.memoryBytes = std::uint64_t{5} << 30;
    config.firmware = {.kind = engine::FirmwareKind::Ovmf, .path = "/f", .variablesPath = "nvram.fd"};
    config.kernel = {.path = "/k", .initrdPath = "/i", .commandLine = "console=ttyS0"};
    config.disks = {
        {.path = "disks/a.qcow2", .bus = engine::DiskBus::Nvme, .format = "qcow2", .serial = "S1"},
        {.path = "/b", .bus = engine::DiskBus::Virtio, .readOnly = true, .discardChanges = true}};
    config.cds = {{.path = "/iso"}, {}};
    config.floppyPath = "/floppy";
    config.optionRoms = {"/rom", "roms/second.rom"};
    config.bootOrder = {engine::BootDevice::Network, engine::BootDevice::Floppy};
    config.networks = {{.mode = engine::NetworkMode::Internal,
                        .model = engine::NetworkModel::Virtio,
                        .name = "lab",
                        .macAddress = "52:54:00:00:00:01",
                        .captureFile = "/pcap",
                        .forwards = {{.udp = true,
                                      .hostAddress = "0.0.0.0",
                                      .hostPort = 65535,
                                      .guestAddress = "10.0.2.15",
                                      .guestPort = 1}}}};
    config.serial = {.kind = engine::SerialKind::File, .path = "/serial"};
    config.debugConsoleFile = "/firmware.log";
    config.videoMemoryBytes = 32U << 20;
    config.hasDisplay = false;
    config.displayModel = engine::DisplayModel::VirtioGpu;
    config.pointer = engine::PointerKind::VirtioTablet;
    config.keyboard = engine::KeyboardKind::Usb;
    config.hyperV = true;
    config.rtcLocalTime = true;
    config.stopOnReset = true;
    guest.presentation = {
        .group = "Work", .notes = "two\nlines", .osId = "debian12", .favourite = true, .order = -4};
    return guest;
}

} // namespace

TEST(GuestFile, WritesAndReadsEveryMember)
{
    const GuestDescription guest = everythingSet();
    const auto read = parseGuest(formatGuest(guest));
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_EQ(read->config, guest.config);
    EXPECT_EQ(read->presentation, guest.presentation);
}

TEST(GuestFile, WritingTwiceChangesNothing)
{
    const std::string first = formatGuest(everythingSet());
    EXPECT_EQ(formatGuest(parseGuest(first).value()), first);
}

TEST(GuestFile, KeepsKeysOfOtherVersions)
{
    std::string text = formatGuest(everythingSet());
    const auto insertAfter = [&](std::string_view place, std::string_view what) {
        const std::size_t position = text.find(place);
        ASSERT_NE(position, std::string::npos) << place;
        text.insert(position + place.size(), what);
    };
    insertAfter("{", R"("laterTopLevel": {"a": [1, 2]},)");
    insertAfter(R"("hardware": {)", R"("laterDevice": 7,)");
    insertAfter(R"("disks": [)", "");
    insertAfter(R"("bus": "nvme",)", R"("laterDiskKey": "kept",)");
    auto guest = parseGuest(text);
    ASSERT_TRUE(guest) << guest.error().message();
    guest->config.cpuCount = 8;
    const std::string rewritten = formatGuest(*guest);
    for (const char* key : {"laterTopLevel", "laterDevice", "laterDiskKey"})
        EXPECT_NE(rewritten.find(key), std::string::npos) << key;
    EXPECT_EQ(parseGuest(rewritten).value().config.cpuCount, 8U);
}

TEST(GuestFile, UnknownKeysOfARemovedDiskGoWithIt)
{
    std::string text = formatGuest(everythingSet());
    text.insert(text.find(R"("bus": "nvme",)"), R"("ofTheFirstDisk": 1,)");
    auto guest = parseGuest(text).value();
    guest.config.disks.erase(guest.config.disks.begin());
    EXPECT_EQ(formatGuest(guest).find("ofTheFirstDisk"), std::string::npos);
}

TEST(GuestFile, IsRefusedWhenCutAtAnyByte)
{
    const std::string text = formatGuest(everythingSet());
    // The last two characters are the closing brace and the line's end.
    for (std::size_t length = 0; length + 2 <= text.size(); ++length) {
        const auto guest = parseGuest(std::string_view(text).substr(0, length));
        ASSERT_FALSE(guest) << "cut at byte " << length;
        EXPECT_EQ(guest.error().code, ErrorCode::Corrupt);
        EXPECT_FALSE(guest.error().detail.empty());
    }
}

TEST(GuestFile, SurvivesAnyChangedByte)
{
    const std::string original = formatGuest(everythingSet());
    for (std::size_t i = 0; i < original.size(); ++i) {
        for (const char replacement : {'\0', '"', '{', ']', '9', '-', '\xff'}) {
            std::string text = original;
            text[i] = replacement;
            const auto guest = parseGuest(text);
            if (!guest) {
                ASSERT_FALSE(guest.error().detail.empty()) << "byte " << i;
                continue;
            }
            // What was taken for a guest can be written and is the same guest afterwards.
            const auto again = parseGuest(formatGuest(*guest));
            ASSERT_TRUE(again) << "byte " << i << ": " << again.error().message();
            ASSERT_EQ(again->config, guest->config) << "byte " << i;
            ASSERT_EQ(again->presentation, guest->presentation) << "byte " << i;
        }
    }
}

TEST(GuestFile, NamesTheKeyThatIsWrong)
{
    const auto problemOf = [](std::string_view hardware) {
        const auto guest = parseGuest(R"({"version": 1, "hardware": )" + std::string(hardware) + "}");
        return guest ? std::string() : guest.error().detail;
    };
    EXPECT_NE(problemOf(R"({"cpuCount": "four"})").find("hardware.cpuCount"), std::string::npos);
    EXPECT_NE(problemOf(R"({"cpuCount": -1})").find("hardware.cpuCount"), std::string::npos);
    EXPECT_NE(problemOf(R"({"cpuCount": 4294967296})").find("hardware.cpuCount"), std::string::npos);
    EXPECT_NE(problemOf(R"({"disks": [{"path": "/a"}, {"bus": "scsi"}]})").find("hardware.disks[1].bus"),
              std::string::npos);
    EXPECT_NE(problemOf(R"({"name": "a\u0000b"})").find("hardware.name"), std::string::npos);
    EXPECT_NE(problemOf("[]").find("hardware"), std::string::npos);
}

TEST(GuestFile, RefusesANewerVersionWithoutCallingItDamaged)
{
    const auto guest = parseGuest(R"({"version": 2, "hardware": {}})");
    ASSERT_FALSE(guest);
    EXPECT_EQ(guest.error().code, ErrorCode::Unsupported);
}

TEST(GuestFile, RefusesDeepNesting)
{
    const std::string deep(100000, '[');
    EXPECT_FALSE(parseGuest(R"({"version": 1, "hardware": {}, "x": )" + deep));
    const std::string closed = deep + std::string(100000, ']');
    EXPECT_FALSE(parseGuest(R"({"version": 1, "hardware": {}, "x": )" + closed + "}"));
}

TEST(GuestFile, PathsInTheFolderAreRelativeInTheFile)
{
    engine::VmConfig config;
    config.disks = {
        {.path = "/guests/one/disks/a"}, {.path = "/guests/one2/disks/b"}, {.path = "/guests/one"}};
    makePathsRelative(config, "/guests/one");
    EXPECT_EQ(config.disks[0].path, "disks/a");
    EXPECT_EQ(config.disks[1].path, "/guests/one2/disks/b");
    EXPECT_EQ(config.disks[2].path, "/guests/one");
    makePathsAbsolute(config, "/moved");
    EXPECT_EQ(config.disks[0].path, "/moved/disks/a");
    EXPECT_EQ(config.floppyPath, "");
}

TEST(GuestFile, DemoIsFoundWhereverTheProgramIs)
{
    const auto demo = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "demo.iso";
    std::ofstream(demo) << "a CD";
    engine::VmConfig config;
    config.cds = {{.path = demo.string()}, {.path = "/somewhere/demo.iso"}};
    makePathsRelative(config, "/guests/one");
    EXPECT_EQ(config.cds[0].path, "builtin:demo");
    EXPECT_EQ(config.cds[1].path, "/somewhere/demo.iso") << "somebody's own";
    makePathsAbsolute(config, "/moved");
    EXPECT_EQ(config.cds[0].path, demo.string());
    std::filesystem::remove(demo);
    // An installation without the demo keeps the guest's wish.
    makePathsRelative(config, "/moved");
    config.cds[0].path = "builtin:demo";
    makePathsAbsolute(config, "/moved");
    EXPECT_EQ(config.cds[0].path, "/moved/builtin:demo");
    makePathsRelative(config, "/moved");
    EXPECT_EQ(config.cds[0].path, "builtin:demo");
}
