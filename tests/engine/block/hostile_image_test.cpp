// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/check_image.h"
#include "engine/block/disk_test_support.h"

#include <sys/stat.h>

#include <algorithm>
#include <fstream>

// Images that somebody made to hurt us are refused with a sentence, or read without harm.

namespace engine::block::test {
namespace {

void put32(Bytes& raw, std::size_t at, std::uint32_t value)
{
    for (std::size_t i = 0; i < 4; ++i)
        raw.at(at + i) = static_cast<std::byte>(value >> (24 - 8 * i));
}
void put64(Bytes& raw, std::size_t at, std::uint64_t value)
{
    put32(raw, at, static_cast<std::uint32_t>(value >> 32));
    put32(raw, at + 4, static_cast<std::uint32_t>(value));
}

class HostileImage : public ::testing::Test {
protected:
    void SetUp() override
    {
        ASSERT_TRUE(createImage(path(), {.capacityBytes = 64 << 20}));
        BlockingDisk disk = openDisk(path());
        ASSERT_EQ(disk.write(0, pattern(1 << 20, 1)), BlockStatus::Ok);
        ASSERT_EQ(disk.flush(), BlockStatus::Ok);
        m_good = readFile(path());
    }
    [[nodiscard]] std::filesystem::path path() const { return m_folder / "disk.qcow2"; }

    /// Changes the good image and returns the sentence with which it is refused.
    template <class Change>
    std::string refusedAfter(Change change)
    {
        Bytes raw = m_good;
        change(raw);
        writeFile(path(), raw);
        OpenImageOptions options;
        options.log = &m_log;
        const std::string sentence = refusal(path(), ImageFormat::Qcow2, options);
        (void)checkQcow2(path(), RepairMode::Report); // must not crash either
        return sentence;
    }

    TemporaryFolder m_folder;
    Log m_log;
    Bytes m_good;
};

// Header fields (qcow2 specification, "Header")
constexpr std::size_t BackingOffset = 8;
constexpr std::size_t BackingSize = 16;
constexpr std::size_t ClusterBits = 20;
constexpr std::size_t VirtualSize = 24;
constexpr std::size_t L1Size = 36;
constexpr std::size_t L1Offset = 40;
constexpr std::size_t RefcountTableOffset = 48;
constexpr std::size_t RefcountTableClusters = 56;
constexpr std::size_t SnapshotCount = 60;
constexpr std::size_t SnapshotsOffset = 64;
constexpr std::size_t Incompatible = 72;
constexpr std::size_t RefcountOrder = 96;
constexpr std::size_t HeaderLength = 100;
constexpr std::uint64_t Cluster = 65536;
constexpr std::uint64_t L1At = 3 * Cluster;

TEST_F(HostileImage, AbsurdHeadersAreRefused)
{
    const auto refused = [&](std::size_t at, std::uint64_t value, bool wide, std::string_view reason) {
        const std::string sentence = refusedAfter([&](Bytes& raw) {
            if (wide)
                put64(raw, at, value);
            else
                put32(raw, at, static_cast<std::uint32_t>(value));
        });
        EXPECT_NE(sentence.find(reason), std::string::npos) << at << ": " << sentence;
    };
    refused(4, 9, false, "version");
    refused(ClusterBits, 8, false, "cluster size");
    refused(ClusterBits, 63, false, "cluster size");
    refused(ClusterBits, 0xffffffff, false, "cluster size");
    refused(VirtualSize, ~0ULL, true, "absurd");
    refused(VirtualSize, 1ULL << 50, true, "too small");
    refused(L1Size, 0xffffffff, false, "larger than any disk");
    refused(L1Size, 0, false, "too small");
    refused(L1Size, 1 << 20, false, "beyond the end");
    refused(L1Offset, 1ULL << 40, true, "beyond the end");
    refused(L1Offset, 0, true, "impossible place");
    refused(L1Offset, Cluster + 512, true, "impossible place");
    refused(L1Offset, ~0ULL << 16, true, "beyond the end");
    refused(RefcountTableOffset, 1ULL << 40, true, "beyond the end");
    refused(RefcountTableOffset, L1At, true, "overlap");
    refused(RefcountTableClusters, 0, false, "impossible size");
    refused(RefcountTableClusters, 0xffffffff, false, "impossible size");
    refused(SnapshotCount, 0xffffffff, false, "more snapshots");
    refused(SnapshotCount, 5, false, "snapshot table");
    refused(Incompatible, 1ULL << 40, true, "newer");
    refused(Incompatible, 2, true, "marked as damaged");
    refused(RefcountOrder, 7, false, "width");
    refused(HeaderLength, 0, false, "header length");
    refused(HeaderLength, 0xfffffff8, false, "header length");
    refused(32, 1, false, "encrypted");
    refused(0, 0, false, "not a qcow2");
    EXPECT_NE(refusedAfter([](Bytes& raw) { raw.resize(40); }), "");
    EXPECT_NE(refusedAfter([](Bytes& raw) { raw.clear(); }), "");
}

TEST_F(HostileImage, OverlappingTablesAreRefused)
{
    // An L2 table on the refcount table; two L1 entries with one table; a refcount block on L1.
    EXPECT_NE(refusedAfter([](Bytes& raw) { put64(raw, L1At, (1ULL << 63) | Cluster); }).find("overlap"),
              std::string::npos);
    EXPECT_NE(refusedAfter([](Bytes& raw) { put64(raw, Cluster, L1At); }).find("overlap"), std::string::npos);
    EXPECT_NE(refusedAfter([](Bytes& raw) { put64(raw, Cluster + 8, 1ULL << 44); }).find("beyond the end"),
              std::string::npos);
    EXPECT_NE(refusedAfter([](Bytes& raw) {
                  put64(raw, L1At, (1ULL << 63) | (1ULL << 50));
              }).find("beyond the end"),
              std::string::npos);
    EXPECT_NE(refusedAfter([](Bytes& raw) {
                  put32(raw, SnapshotCount, 1);
                  put64(raw, SnapshotsOffset, L1At);
              }),
              "");
}

TEST_F(HostileImage, DataMappedToTablesStopsWriting)
{
    // Guest cluster 0 is mapped to the L1 table itself.
    EXPECT_EQ(refusedAfter([](Bytes& raw) {
                  for (std::size_t at = 4 * Cluster; at < raw.size(); at += Cluster) {
                      if (raw[at] == std::byte{0x80}) { // the L2 table: its first entry has the flag
                          put64(raw, at, (1ULL << 63) | L1At);
                          break;
                      }
                  }
              }),
              "");
    OpenImageOptions options;
    options.log = &m_log;
    {
        BlockingDisk disk = openDisk(path(), ImageFormat::Qcow2, options);
        EXPECT_EQ(disk.write(0, pattern(4096, 6)), BlockStatus::IoError);
        EXPECT_EQ(disk.write(30 << 20, pattern(4096, 6)), BlockStatus::IoError)
            << "nothing is written any more";
        EXPECT_NE(disk.flush(), BlockStatus::Ok);
    }
    ASSERT_FALSE(m_log.entries().empty());
    EXPECT_NE(m_log.entries().front().text.find("damaged"), std::string::npos);
    EXPECT_NE(refusal(path()).find("marked as damaged"), std::string::npos);
}

TEST_F(HostileImage, OnlyReferenceToNothingIsTreatedAsNothing)
{
    EXPECT_EQ(refusedAfter([](Bytes& raw) { put64(raw, L1At, 1ULL << 63); }), "");
    BlockingDisk disk = openDisk(path());
    EXPECT_EQ(disk.write(0, pattern(4096, 6)), BlockStatus::Ok);
    Bytes seen(4096);
    EXPECT_EQ(disk.read(0, seen), BlockStatus::Ok);
    EXPECT_EQ(seen, pattern(4096, 6));
}

TEST_F(HostileImage, MappingsOutsideOfTheFileAreErrors)
{
    EXPECT_EQ(refusedAfter([](Bytes& raw) {
                  for (std::size_t at = 4 * Cluster; at < raw.size(); at += Cluster) {
                      if (raw[at] == std::byte{0x80}) {
                          put64(raw, at, (1ULL << 63) | (1ULL << 52));
                          put64(raw, at + 8, (1ULL << 62) | 0x3fffffffffffffffULL);
                          break;
                      }
                  }
              }),
              "");
    OpenImageOptions readOnly;
    readOnly.use = ImageUse::ReadOnly;
    {
        BlockingDisk disk = openDisk(path(), ImageFormat::Qcow2, readOnly);
        Bytes sector(512);
        EXPECT_EQ(disk.read(0, sector), BlockStatus::IoError);
        EXPECT_EQ(disk.read(Cluster, sector), BlockStatus::IoError);
        EXPECT_EQ(disk.read(2 * Cluster, sector), BlockStatus::Ok);
    }
    BlockingDisk disk = openDisk(path());
    EXPECT_EQ(disk.write(0, pattern(512, 1)), BlockStatus::IoError);
}

TEST_F(HostileImage, CountsThatCallTablesFreeStopWriting)
{
    EXPECT_EQ(refusedAfter([](Bytes& raw) { std::fill_n(raw.begin() + 2 * Cluster, Cluster, std::byte{}); }),
              "");
    {
        BlockingDisk disk = openDisk(path());
        EXPECT_EQ(disk.write(40 << 20, pattern(4096, 6)), BlockStatus::IoError);
    }
    Bytes raw = readFile(path());
    EXPECT_TRUE(
        std::equal(raw.begin() + 3 * Cluster, raw.begin() + 4 * Cluster, m_good.begin() + 3 * Cluster))
        << "the tables are untouched";
}

void nameBase(Bytes& raw, std::string_view name, std::string_view format)
{
    put32(raw, 112, 0xe2792aca);
    put32(raw, 116, static_cast<std::uint32_t>(format.size()));
    std::ranges::transform(format, raw.begin() + 120, [](char c) { return static_cast<std::byte>(c); });
    put64(raw, BackingOffset, 1024);
    put32(raw, BackingSize, static_cast<std::uint32_t>(name.size()));
    std::ranges::transform(name, raw.begin() + 1024, [](char c) { return static_cast<std::byte>(c); });
}

TEST_F(HostileImage, BasesOutsideOfTheFolderAreRefused)
{
    const auto refused = [&](std::string_view name, std::string_view format, std::string_view reason) {
        const std::string sentence = refusedAfter([&](Bytes& raw) { nameBase(raw, name, format); });
        EXPECT_NE(sentence.find(reason), std::string::npos) << name << ": " << sentence;
    };
    refused("/etc/passwd", "raw", "outside of the folders");
    refused("../../../../../../../etc/passwd", "raw", "outside of the folders");
    refused("/dev/zero", "raw", "not a regular file");
    refused("nbd://127.0.0.1/x", "raw", "not a file");
    refused("json:{\"driver\":\"file\"}", "raw", "not a file");
    refused("/proc/self/mem", "raw", "base");
    refused("missing.raw", "raw", "doesn't exist");
    refused("/etc/passwd", "vmdk", "not supported");
    refused("/etc/passwd", "", "doesn't say which format");
    std::filesystem::create_symlink("/etc/passwd", m_folder / "link.raw");
    refused("link.raw", "raw", "outside of the folders");
    // An allowed folder makes it possible.
    writeFile(m_folder / "base.raw", pattern(4096, 3));
    EXPECT_EQ(refusedAfter([&](Bytes& raw) { nameBase(raw, "base.raw", "raw"); }), "");
    EXPECT_NE(refusedAfter([](Bytes& raw) {
                  nameBase(raw, "x", "raw");
                  put32(raw, BackingSize, 2000);
              }),
              "");
    EXPECT_NE(refusedAfter([](Bytes& raw) {
                  nameBase(raw, "x", "raw");
                  put64(raw, BackingOffset, ~0ULL);
              }),
              "");
}

TEST_F(HostileImage, ChainsWithoutEndAreRefused)
{
    OpenImageOptions readOnly;
    readOnly.use = ImageUse::ReadOnly;
    Bytes raw = m_good;
    nameBase(raw, "disk.qcow2", "qcow2");
    writeFile(path(), raw);
    EXPECT_NE(refusal(path(), ImageFormat::Qcow2, readOnly).find("no end"), std::string::npos);
    // A long, but finite chain.
    for (int i = 0; i < 40; ++i) {
        Bytes link = m_good;
        if (i != 0)
            nameBase(link, "chain" + std::to_string(i - 1), "qcow2");
        writeFile(m_folder / ("chain" + std::to_string(i)), link);
    }
    EXPECT_NE(refusal(m_folder / "chain39", ImageFormat::Qcow2, readOnly).find("too many"),
              std::string::npos);
    EXPECT_EQ(refusal(m_folder / "chain20", ImageFormat::Qcow2, readOnly), "");
}

TEST_F(HostileImage, RandomDamageNeverHurts)
{
    std::mt19937_64 random(77);
    for (int round = 0; round < 300; ++round) {
        Bytes raw = m_good;
        const std::uint64_t changes = 1 + random() % 20;
        for (std::uint64_t i = 0; i < changes; ++i) {
            const std::uint64_t area = random() % 4 == 0 ? raw.size() : 5 * Cluster;
            raw[random() % area] = static_cast<std::byte>(random());
        }
        if (random() % 10 == 0)
            raw.resize(random() % raw.size());
        writeFile(path(), raw);
        (void)checkQcow2(path(), RepairMode::Report);
        auto opened = openImage(path(), ImageFormat::Qcow2);
        if (!opened) {
            EXPECT_NE(opened.error().message(), "");
            continue;
        }
        if (opened->image->capacity() > (1ULL << 30))
            continue;
        BlockingDisk disk(std::move(*opened));
        Bytes bytes(2 << 20);
        (void)disk.read(
            0, std::span(bytes).first(std::min<std::uint64_t>(bytes.size(), disk.image().capacity())));
        if (disk.image().capacity() > (4 << 20)) {
            (void)disk.write(random() % (1 << 20) / 512 * 512, pattern(65536, random()));
            (void)disk.discard(1 << 20, 1 << 20);
            (void)disk.flush();
        }
    }
}

TEST_F(HostileImage, WhatIsNotAFileIsNotAnImage)
{
    EXPECT_NE(refusal("/dev/zero", ImageFormat::Raw).find("not a disk image"), std::string::npos);
    EXPECT_NE(refusal(m_folder.path(), ImageFormat::Raw), "");
    ASSERT_EQ(::mkfifo((m_folder / "fifo").c_str(), 0600), 0);
    EXPECT_NE(refusal(m_folder / "fifo", ImageFormat::Raw).find("not a disk image"), std::string::npos);
}

} // namespace
} // namespace engine::block::test
