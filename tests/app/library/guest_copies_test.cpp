// SPDX-License-Identifier: GPL-3.0-or-later
// Copies of whole guests: linked clones, exported archives, imported appliances, larger disks.
#include "library/disk_growth.h"
#include "library/guest_archive.h"
#include "library/guest_clone.h"
#include "library/new_guest.h"
#include "temporary_folder.h"

#include <sys/stat.h>

#include <cstdlib>

using namespace app;
using engine::ErrorCode;
namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t MiB = std::uint64_t{1} << 20;

class GuestCopiesTest : public ::testing::Test {
protected:
    GuestCopiesTest() { ::setenv("XDG_DATA_HOME", m_folder.path().c_str(), 1); }
    GuestLibrary open() { return GuestLibrary::open(m_folder / "guests").value(); }

    GuestEntry makeOriginal(const std::string& format = "qcow2")
    {
        GuestDescription guest;
        guest.config.name = "Original";
        guest.config.disks = {{.path = "disks/system." + format, .format = format}};
        guest.config.cds = {{.path = "/somewhere/else.iso"}};
        guest.config.networks = {{.macAddress = "52:54:00:00:00:01"}};
        guest.presentation.notes = "keep me";
        const auto tool = format == "raw" ? makeRawDiskTool() : makeBlockDiskTool();
        return open()
            .create(guest,
                    [&](const fs::path& folder) {
                        return tool->createDisk(folder / "disks" / ("system." + format), 8 * MiB);
                    })
            .value();
    }
    int tar(const std::string& arguments) const
    {
        return std::system(("tar -C " + m_folder.path().string() + " " + arguments).c_str()); // NOLINT
    }

    TemporaryFolder m_folder;
    std::unique_ptr<DiskTool> m_disks = makeBlockDiskTool();
};

} // namespace

TEST_F(GuestCopiesTest, LinkedCloneSharesABaseThatNobodyWrites)
{
    GuestLibrary library = open();
    const GuestEntry original = makeOriginal();
    const auto copy = linkedClone(library, *m_disks, original, "Copy");
    ASSERT_TRUE(copy) << copy.error().message();
    EXPECT_NE(copy->id(), original.id());
    EXPECT_TRUE(copy->guest.config.networks[0].macAddress.empty());
    const fs::path ours = original.guest.config.disks[0].path;
    const fs::path theirs = copy->guest.config.disks[0].path;
    const auto ourBases = m_disks->basesOf(ours).value();
    const auto theirBases = m_disks->basesOf(theirs).value();
    ASSERT_EQ(ourBases.size(), 1U);
    ASSERT_EQ(theirBases.size(), 1U);
    EXPECT_TRUE(fs::equivalent(ourBases[0], theirBases[0]));
    EXPECT_EQ(theirBases[0].parent_path(), theirs.parent_path());
    EXPECT_EQ(fs::status(ourBases[0]).permissions() & fs::perms::owner_write, fs::perms::none);
    EXPECT_EQ(m_disks->capacityOf(ours).value(), 8 * MiB);
    EXPECT_EQ(m_disks->capacityOf(theirs).value(), 8 * MiB);
}

TEST_F(GuestCopiesTest, EitherGuestOfALinkedPairMayGo)
{
    GuestLibrary library = open();
    const GuestEntry original = makeOriginal();
    const GuestEntry copy = linkedClone(library, *m_disks, original, "Copy").value();
    const GuestEntry second = linkedClone(library, *m_disks, copy, "Copy of the copy").value();
    fs::remove_all(original.folder);
    fs::remove_all(copy.folder);
    const auto bases = m_disks->basesOf(second.guest.config.disks[0].path);
    ASSERT_TRUE(bases) << bases.error().message();
    EXPECT_EQ(bases->size(), 2U);
    EXPECT_TRUE(m_disks->growDisk(second.guest.config.disks[0].path, 16 * MiB));
}

TEST_F(GuestCopiesTest, LinkedCloneOfWhatCannotBeSharedSaysSo)
{
    GuestLibrary library = open();
    const GuestEntry raw = makeOriginal("raw");
    const auto refused = linkedClone(library, *m_disks, raw, "Copy");
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message().find("full copy"), std::string::npos);
    EXPECT_EQ(open().scan().value().size(), 1U);
}

TEST_F(GuestCopiesTest, FullCloneDoesNotShareADiskFromElsewhere)
{
    GuestLibrary library = open();
    GuestEntry original = makeOriginal();
    ASSERT_TRUE(m_disks->createDisk(m_folder / "outside.qcow2", MiB));
    original.guest.config.disks.push_back({.path = m_folder / "outside.qcow2", .format = "qcow2"});
    original = library.save(original).value();
    const GuestEntry copy = library.clone(original, "Copy").value();
    const fs::path second = copy.guest.config.disks.at(1).path;
    EXPECT_EQ(second.parent_path(), copy.diskFolder());
    EXPECT_EQ(m_disks->capacityOf(second).value(), MiB);
}

TEST_F(GuestCopiesTest, ExportedGuestComesBackWithAnotherIdentity)
{
    for (const char* name : {"guest.tar", "guest.tar.gz", "guest.tar.zst"}) {
        GuestLibrary library = open();
        const GuestEntry original = library.find("Original").value_or(GuestEntry{}).folder.empty()
                                        ? makeOriginal()
                                        : library.find("Original").value();
        std::uint64_t reported = 0;
        const auto written = exportGuest(original, m_folder / name, [&](std::uint64_t done, std::uint64_t) {
            reported = done;
            return true;
        });
        ASSERT_TRUE(written) << written.error().message();
        EXPECT_GT(reported, 0U);
        EXPECT_TRUE(looksLikeGuestArchive(m_folder / name));
        EXPECT_FALSE(exportGuest(original, m_folder / name)) << "an existing file stays";
        const auto back = importGuest(library, m_folder / name, {});
        ASSERT_TRUE(back) << back.error().message();
        EXPECT_NE(back->id(), original.id());
        EXPECT_TRUE(back->guest.config.name.starts_with("Original "));
        EXPECT_EQ(back->guest.presentation.notes, "keep me");
        EXPECT_EQ(back->guest.config.cds.at(0).path, "");
        EXPECT_EQ(m_disks->capacityOf(back->guest.config.disks[0].path).value(), 8 * MiB);
    }
}

TEST_F(GuestCopiesTest, StoppedExportAndImportLeaveNothing)
{
    GuestLibrary library = open();
    const GuestEntry original = makeOriginal();
    const auto stop = [](std::uint64_t, std::uint64_t) { return false; };
    EXPECT_EQ(exportGuest(original, m_folder / "a.tar", stop).error().code, ErrorCode::Cancelled);
    EXPECT_FALSE(fs::exists(m_folder / "a.tar"));
    ASSERT_TRUE(exportGuest(original, m_folder / "b.tar"));
    EXPECT_EQ(importGuest(library, m_folder / "b.tar", "Back", stop).error().code, ErrorCode::Cancelled);
    EXPECT_EQ(open().scan().value().size(), 1U);
}

TEST_F(GuestCopiesTest, ArchiveCutOffAtAnyPlaceLeavesNothing)
{
    GuestLibrary library = open();
    ASSERT_TRUE(exportGuest(makeOriginal(), m_folder / "whole.tar"));
    const std::string whole = readText(m_folder / "whole.tar");
    for (std::size_t length = 0; length < whole.size() - 20 * 512; length += 997) {
        writeText(m_folder / "cut.tar", std::string_view(whole).substr(0, length));
        EXPECT_FALSE(importGuest(library, m_folder / "cut.tar", "Cut")) << length;
    }
    EXPECT_EQ(open().scan().value().size(), 1U);
}

TEST_F(GuestCopiesTest, HostileArchiveCannotReachOutside)
{
    GuestLibrary library = open();
    const auto pack = [&](const std::string& hardware) {
        fs::create_directories(m_folder / "evil/disks");
        writeText(m_folder / "evil/guest.json",
                  R"({"version":1,"hardware":{"name":"Evil","id":"x",)" + hardware + "}}");
        EXPECT_EQ(tar("-cf " + (m_folder / "evil.tar").string() + " evil/guest.json evil/disks"), 0);
        return importGuest(library, m_folder / "evil.tar", {});
    };
    for (const char* hardware :
         {R"("disks":[{"path":"/etc/passwd","format":"raw"}])", R"("disks":[{"path":"../../x"}])",
          R"("floppyPath":"/etc/passwd")", R"("optionRoms":[{"path":"/etc/passwd"}])",
          R"("firmware":{"kind":"file","path":"/etc/passwd"})"}) {
        const auto imported = pack(hardware);
        ASSERT_FALSE(imported) << hardware;
        EXPECT_EQ(imported.error().code, ErrorCode::Denied) << hardware;
    }
    const auto harmless =
        pack(R"("cds":[{"path":"/etc/passwd"}],"serial":{"kind":"file","path":"/etc/passwd"})");
    ASSERT_TRUE(harmless) << harmless.error().message();
    EXPECT_EQ(harmless->guest.config.cds.at(0).path, "");
    EXPECT_EQ(harmless->guest.config.serial.kind, engine::SerialKind::None);
    // Members that would lie elsewhere are passed over.
    writeText(m_folder / "outside.txt", "x");
    ASSERT_EQ(tar("-cf " + (m_folder / "evil.tar").string()
                  + " --transform=s,outside.txt,evil/../../../escaped.txt, evil/guest.json outside.txt"),
              0);
    EXPECT_TRUE(importGuest(library, m_folder / "evil.tar", "Again"));
    EXPECT_FALSE(fs::exists(m_folder / "escaped.txt"));
    EXPECT_FALSE(fs::exists(m_folder / "guests/escaped.txt"));
}

TEST_F(GuestCopiesTest, WishedDiskSizeComesTrueOnce)
{
    GuestLibrary library = open();
    GuestEntry guest = makeOriginal();
    guest.guest.pendingDiskBytes = {64 * MiB};
    guest = library.save(guest).value();
    EXPECT_EQ(guest.guest.pendingDiskBytes, std::vector<std::uint64_t>{64 * MiB});
    EXPECT_EQ(diskCapacities(*m_disks, guest.guest).at(0), 8 * MiB);
    guest = growPendingDisks(library, *m_disks, guest).value();
    EXPECT_EQ(diskCapacities(*m_disks, guest.guest).at(0), 64 * MiB);
    EXPECT_TRUE(open().find("Original")->guest.pendingDiskBytes.empty());
}

TEST_F(GuestCopiesTest, GuestWithoutADiskGetsTheWishedOne)
{
    GuestLibrary library = open();
    GuestDescription bare;
    bare.config.name = "Bare";
    GuestEntry guest = library.create(bare).value();
    guest.guest.pendingDiskBytes = {0};
    EXPECT_TRUE(growPendingDisks(library, *m_disks, guest)->guest.config.disks.empty());
    guest = library.find("Bare").value();
    fs::create_directories(guest.folder / "disks");
    writeText(guest.folder / "disks/system.qcow2", "somebody's own");
    guest.guest.pendingDiskBytes = {64 * MiB};
    guest = growPendingDisks(library, *m_disks, guest).value();
    ASSERT_EQ(guest.guest.config.disks.size(), 1U);
    EXPECT_EQ(diskCapacities(*m_disks, guest.guest).at(0), 64 * MiB);
    EXPECT_EQ(fs::file_size(guest.folder / "disks/system.qcow2"), 14U) << "what was there stays";
    const GuestEntry read = open().find("Bare").value();
    EXPECT_EQ(read.guest.config.disks, guest.guest.config.disks);
    EXPECT_TRUE(read.guest.pendingDiskBytes.empty());
}

TEST_F(GuestCopiesTest, OthersCanUseTheLibraryWhileDisksAreCopied)
{
    GuestLibrary library = open();
    GuestDescription slow;
    slow.config.name = "Slow";
    const auto made = library.create(slow, [&](const fs::path& folder) -> engine::Result<> {
        GuestDescription quick;
        quick.config.name = "Quick";
        EXPECT_TRUE(open().create(quick)) << "opening sweeps, and must not sweep away what is being made";
        EXPECT_TRUE(fs::exists(folder));
        return {};
    });
    ASSERT_TRUE(made) << made.error().message();
    EXPECT_EQ(open().scan().value().size(), 2U);
}

TEST_F(GuestCopiesTest, ApplianceBecomesAGuest)
{
    if (std::system("qemu-img --version >/dev/null 2>&1") != 0) // NOLINT
        GTEST_SKIP() << "qemu-img is not installed";
    const std::string disk = m_folder / "box-disk1.vmdk";
    ASSERT_EQ(
        std::system(("qemu-img create -q -f vmdk -o subformat=streamOptimized " + disk + " 8M").c_str()),
        0); // NOLINT
    writeText(m_folder / "box.ovf", R"(<?xml version="1.0"?>
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"
  xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData">
  <References><File ovf:id="file1" ovf:href="box-disk1.vmdk"/></References>
  <DiskSection><Info/><Disk ovf:diskId="disk1" ovf:fileRef="file1" ovf:capacity="8388608"/></DiskSection>
  <VirtualSystem ovf:id="Box"><Info/><Name>Box</Name>
    <VirtualHardwareSection><Info/>
      <Item><rasd:InstanceID>1</rasd:InstanceID><rasd:ResourceType>3</rasd:ResourceType><rasd:VirtualQuantity>2</rasd:VirtualQuantity></Item>
      <Item><rasd:InstanceID>2</rasd:InstanceID><rasd:ResourceType>4</rasd:ResourceType><rasd:AllocationUnits>byte * 2^20</rasd:AllocationUnits><rasd:VirtualQuantity>256</rasd:VirtualQuantity></Item>
      <Item><rasd:InstanceID>3</rasd:InstanceID><rasd:ResourceType>17</rasd:ResourceType><rasd:HostResource>ovf:/disk/disk1</rasd:HostResource></Item>
    </VirtualHardwareSection></VirtualSystem></Envelope>)");
    ASSERT_EQ(tar("-cf " + (m_folder / "box.ova").string() + " --format=ustar box.ovf box-disk1.vmdk"), 0);
    for (const char* file : {"box.ova", "box.ovf"}) {
        GuestLibrary library = open();
        NewGuest guest;
        guest.medium = identifyMedium(m_folder / file);
        ASSERT_EQ(guest.medium.kind, MediumKind::Appliance);
        ASSERT_TRUE(guest.medium.appliance) << guest.medium.problem;
        EXPECT_EQ(guest.medium.appliance->name, "Box");
        guest.config.name = std::string("From ") + file;
        applyDefaults(guest, nullptr, {.memoryBytes = 16384 * MiB, .cpuCount = 4});
        EXPECT_EQ(guest.config.cpuCount, 2U);
        EXPECT_EQ(guest.config.memoryBytes, 256 * MiB);
        EXPECT_EQ(guest.diskBytes, 0U);
        std::uint64_t last = 0;
        const auto made = makeGuest(library, *m_disks, guest, [&](std::uint64_t done, std::uint64_t total) {
            EXPECT_GE(done, last);
            EXPECT_LE(done, total);
            last = done;
            return true;
        });
        ASSERT_TRUE(made) << made.error().message();
        ASSERT_EQ(made->guest.config.disks.size(), 1U);
        EXPECT_EQ(m_disks->capacityOf(made->guest.config.disks[0].path).value(), 8 * MiB);
        EXPECT_FALSE(fs::exists(made->folder / ".package"));
    }
    writeText(m_folder / "broken.ova", "nothing of the kind");
    const Medium broken = identifyMedium(m_folder / "broken.ova");
    EXPECT_FALSE(broken.appliance);
    EXPECT_FALSE(broken.kind == MediumKind::Appliance && broken.problem.empty());
}
