// SPDX-License-Identifier: GPL-3.0-or-later
#include "library/guest_defaults.h"
#include "library/os_database.h"
#include "temporary_folder.h"

#include <chrono>

using namespace app;

namespace {

constexpr std::uint64_t GiB = std::uint64_t{1} << 30;
constexpr HostResources LargeHost{.memoryBytes = 64 * GiB, .cpuCount = 16, .freeDiskBytes = 1000 * GiB};

constexpr std::string_view Example = R"(<?xml version="1.0"?><libosinfo version="0.0.1">
  <os id="http://example.org/os/1"><short-id>example1</short-id><short-id>other</short-id>
    <name>Example 1</name><name xml:lang="de">Beispiel 1</name><family>linux</family>
    <resources arch="all"><minimum><ram>1000</ram><n-cpus>1</n-cpus></minimum>
      <recommended><ram>2000</ram><storage>3000</storage></recommended></resources>
    <resources arch="aarch64"><minimum><ram>9999</ram></minimum></resources>
    <variant id="x"><name>Example Variant</name></variant>
    <media arch="x86_64"><iso><volume-id>EX-1\.\d+</volume-id><publisher-id>Ex</publisher-id></iso></media>
    <media arch="aarch64"><iso><volume-id>ARM-1</volume-id></iso></media>
  </os></libosinfo>)";

IsoVolume volumeNamed(std::string id)
{
    IsoVolume volume;
    volume.volumeId = std::move(id);
    return volume;
}

std::string shortIdOf(const OsDatabase& database, std::string volume)
{
    const OsInfo* os = database.identify(volumeNamed(std::move(volume)));
    return os ? os->shortId : "";
}

} // namespace

TEST(OsDatabase, ReadsTheSharedFormat)
{
    OsDatabase database;
    ASSERT_TRUE(readOsXml(Example, database));
    const OsInfo* os = database.find("example1");
    ASSERT_NE(os, nullptr);
    EXPECT_EQ(os->name, "Example 1");
    EXPECT_EQ(os->family, "linux");
    EXPECT_EQ(os->minimum.memoryBytes, 1000U);
    EXPECT_EQ(os->minimum.cpuCount, 1U);
    EXPECT_EQ(os->recommended.diskBytes, 3000U);
    IsoVolume volume = volumeNamed("EX-1.22 live");
    EXPECT_EQ(database.identify(volume), nullptr) << "the publisher must match too";
    volume.publisherId = "Ex Ltd";
    EXPECT_EQ(database.identify(volume), os);
    EXPECT_EQ(database.identify(volumeNamed("ARM-1")), nullptr) << "for another kind of machine";
}

TEST(OsDatabase, ReadsNothingFromACutFile)
{
    for (std::size_t length = 0; length < Example.size(); length += 3) {
        OsDatabase database;
        EXPECT_FALSE(readOsXml(Example.substr(0, length), database));
    }
}

TEST(OsDatabase, OwnAdditionsKnowNewSystems)
{
    const OsDatabase database = OsDatabase::load({});
    EXPECT_EQ(shortIdOf(database, "Debian 12.5.0 amd64 n"), "debian12");
    EXPECT_EQ(shortIdOf(database, "Debian 13.1.0 amd64 1"), "debian13");
    EXPECT_EQ(shortIdOf(database, "Ubuntu 24.04.1 LTS amd64"), "ubuntu24.04");
    EXPECT_EQ(shortIdOf(database, "Ubuntu-Server 24.04 LTS amd64"), "ubuntu24.04");
    EXPECT_EQ(shortIdOf(database, "Fedora-WS-Live-40-1-14"), "fedora40");
    EXPECT_EQ(shortIdOf(database, "14_1_RELEASE_AMD64_CD"), "freebsd14.0");
    EXPECT_EQ(shortIdOf(database, "CCCOMA_X64FRE_EN-US_DV9"), "win11");
    EXPECT_EQ(shortIdOf(database, "MIKEOS"), "mikeos4");
    EXPECT_EQ(shortIdOf(database, "MY BACKUP"), "");
    EXPECT_EQ(shortIdOf(database, ""), "");
}

TEST(OsDatabase, SharedDataIsReadQuickly)
{
    if (!std::filesystem::exists("/usr/share/osinfo/os"))
        GTEST_SKIP() << "osinfo-db is not installed";
    const auto begin = std::chrono::steady_clock::now();
    const auto folders = OsDatabase::defaultFolders();
    const OsDatabase database = OsDatabase::load(folders);
    const auto loaded = std::chrono::steady_clock::now();
    EXPECT_GT(database.systems().size(), 500U);
    EXPECT_EQ(shortIdOf(database, "Debian 11.5.0 amd64 n"), "debian11");
    EXPECT_EQ(shortIdOf(database, "Fedora-WS-Live-37-1-7"), "fedora37");
    const auto identified = std::chrono::steady_clock::now();
    EXPECT_EQ(shortIdOf(database, "nothing that anybody knows"), "");
    using std::chrono::duration_cast;
    using std::chrono::milliseconds;
    RecordProperty("loadMilliseconds", static_cast<int>(duration_cast<milliseconds>(loaded - begin).count()));
    std::cout << "load " << duration_cast<milliseconds>(loaded - begin).count() << " ms, identify "
              << duration_cast<milliseconds>(identified - loaded).count() << " ms\n";
    EXPECT_LT(loaded - begin, std::chrono::seconds(5)) << "generous: the machine may be busy";
}

TEST(GuestDefaults, FollowTheRecommendation)
{
    const OsDatabase database = OsDatabase::load({});
    const auto defaults = defaultsFor(database.find("debian12"), {}, LargeHost);
    EXPECT_EQ(defaults.memoryBytes.value, 2 * GiB);
    EXPECT_EQ(defaults.memoryBytes.reason, DefaultReason::OsRecommends);
    EXPECT_EQ(defaults.diskBytes.value, 20 * GiB);
    EXPECT_EQ(defaults.diskBus.value, engine::DiskBus::Virtio);
    EXPECT_EQ(defaults.firmware.value, engine::FirmwareKind::SeaBios);
}

TEST(GuestDefaults, StayWithinThisComputer)
{
    const OsDatabase database = OsDatabase::load({});
    const HostResources small{.memoryBytes = 4 * GiB, .cpuCount = 1, .freeDiskBytes = 8 * GiB};
    for (const OsInfo& os : database.systems()) {
        const auto defaults = defaultsFor(&os, {}, small);
        EXPECT_LE(defaults.memoryBytes.value, std::max(2 * GiB, os.minimum.memoryBytes)) << os.name;
        EXPECT_EQ(defaults.cpuCount.value, 1U);
        EXPECT_LE(defaults.diskBytes.value, 8 * GiB);
        EXPECT_FALSE(explain(defaults.memoryBytes.reason).empty());
    }
}

TEST(GuestDefaults, MakeAValidConfigurationForEverySystem)
{
    const OsDatabase database = OsDatabase::load({});
    for (const OsInfo& os : database.systems()) {
        const Medium medium{.path = "/x.iso", .kind = MediumKind::Iso};
        const auto config = makeConfig(defaultsFor(&os, medium, LargeHost), medium, os.name);
        for (const auto& problem : engine::validate(config, LargeHost.memoryBytes))
            ADD_FAILURE() << os.name << ": " << problem.field << " " << problem.text;
    }
}

TEST(GuestDefaults, FirmwareFollowsTheMedium)
{
    Medium medium{.path = "/x.iso", .kind = MediumKind::Iso};
    medium.volume.bootsUefi = true;
    EXPECT_EQ(defaultsFor(nullptr, medium, LargeHost).firmware.value, engine::FirmwareKind::Ovmf);
    medium.volume.bootsBios = true;
    EXPECT_EQ(defaultsFor(nullptr, medium, LargeHost).firmware.value, engine::FirmwareKind::SeaBios);
    const OsDatabase database = OsDatabase::load({});
    EXPECT_EQ(defaultsFor(database.find("win11"), medium, LargeHost).firmware.value,
              engine::FirmwareKind::Ovmf);
    medium.volume.bootsUefi = false;
    EXPECT_EQ(defaultsFor(database.find("win11"), medium, LargeHost).firmware.reason,
              DefaultReason::BootsOnlyBios);
}

TEST(GuestDefaults, DiskImageNeedsNoNewDisk)
{
    const Medium medium{.path = "/x.qcow2", .kind = MediumKind::DiskImage, .format = "qcow2"};
    const auto defaults = defaultsFor(nullptr, medium, LargeHost);
    EXPECT_EQ(defaults.diskBytes.value, 0U);
    const auto config = makeConfig(defaults, medium, "x");
    ASSERT_EQ(config.disks.size(), 1U);
    EXPECT_EQ(config.disks[0].path, "/x.qcow2");
    EXPECT_EQ(config.disks[0].bus, engine::DiskBus::Ahci) << "works with every system";
}
