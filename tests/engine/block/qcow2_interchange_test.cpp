// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/check_image.h"
#include "engine/block/disk_test_support.h"

#include <algorithm>

// QEMU's tools write and we read, and the other way round, for each feature of the format.

namespace engine::block::test {
namespace {

constexpr std::uint64_t Capacity = 8ULL << 20;

class Interchange : public ::testing::Test {
protected:
    void SetUp() override
    {
        if (!hasQemuImg())
            GTEST_SKIP() << "qemu-img and qemu-io are not installed";
    }
    [[nodiscard]] std::filesystem::path path(std::string_view name = "disk.qcow2") const
    {
        return m_folder / name;
    }

    void qemuCreate(const std::string& options)
    {
        run("qemu-img create -f qcow2 " + options + " '" + path().string() + "' " + std::to_string(Capacity));
    }
    static void run(const std::string& command)
    {
        const CommandResult result = shell(command);
        ASSERT_EQ(result.exitCode, 0) << command << '\n' << result.output;
    }
    void qemuIo(const std::string& commands)
    {
        std::string line = "qemu-io -f qcow2";
        line += commands;
        run(line + " '" + path().string() + "'");
    }
    /// qemu-img's own view of the contents, as a raw file.
    Bytes qemuContents()
    {
        run("qemu-img convert -f qcow2 -O raw '" + path().string() + "' '" + path("out.raw").string() + "'");
        return readFile(path("out.raw"));
    }
    void expectSameContents()
    {
        const Bytes expected = qemuContents();
        BlockingDisk disk = openDisk(path());
        ASSERT_EQ(disk.image().capacity(), expected.size());
        EXPECT_TRUE(disk.readAll() == expected);
    }
    /// Writes here and there, also over what QEMU has put there; then both must agree.
    void overwriteAndCompare()
    {
        Bytes expected = qemuContents();
        {
            BlockingDisk disk = openDisk(path());
            std::mt19937_64 random(4);
            for (int i = 0; i < 200; ++i) {
                const std::uint64_t length = 512 * (1 + random() % 300);
                const std::uint64_t offset = random() % ((Capacity - length) / 512) * 512;
                const Bytes bytes = pattern(length, random());
                ASSERT_EQ(disk.write(offset, bytes), BlockStatus::Ok);
                std::ranges::copy(bytes, expected.begin() + static_cast<std::ptrdiff_t>(offset));
            }
            ASSERT_EQ(disk.flush(), BlockStatus::Ok);
            EXPECT_TRUE(disk.readAll() == expected);
        }
        EXPECT_TRUE(qemuCheckIsClean(path()));
        EXPECT_TRUE(qemuSeesContents(path(), "qcow2", expected));
        const auto report = checkQcow2(path(), RepairMode::Report);
        ASSERT_TRUE(report) << report.error().message();
        EXPECT_TRUE(report->isClean()) << (report->messages.empty() ? "" : report->messages.front());
    }

    TemporaryFolder m_folder;
};

class InterchangeOptions : public Interchange, public ::testing::WithParamInterface<const char*> {};

TEST_P(InterchangeOptions, QemuWritesAndWeReadAndWrite)
{
    qemuCreate(std::string("-o ") + GetParam());
    qemuIo(" -c 'write -P 17 0 100k' -c 'write -z 1M 512k' -c 'write -P 34 5M 1M' -c 'discard 5300k 128k'"
           " -c 'write -P 99 8380416 8192'");
    expectSameContents();
    overwriteAndCompare();
}

INSTANTIATE_TEST_SUITE_P(Options, InterchangeOptions,
                         ::testing::Values("compat=0.10", "compat=1.1", "compat=1.1,cluster_size=512",
                                           "compat=1.1,cluster_size=4096", "compat=1.1,cluster_size=2M",
                                           "compat=1.1,refcount_bits=1", "compat=1.1,refcount_bits=2",
                                           "compat=1.1,refcount_bits=8", "compat=1.1,refcount_bits=64",
                                           "compat=1.1,preallocation=metadata",
                                           "compat=1.1,preallocation=falloc", "compat=1.1,lazy_refcounts=on"),
                         [](const auto& info) {
                             std::string name = info.param;
                             std::ranges::replace_if(name, [](char c) { return !std::isalnum(c); }, '_');
                             return name;
                         });

class InterchangeCompressed : public Interchange, public ::testing::WithParamInterface<const char*> {};

TEST_P(InterchangeCompressed, CompressedClustersAreReadAndWrittenOver)
{
    Bytes contents = pattern(Capacity, 8);
    std::fill(contents.begin() + 100000, contents.begin() + 300000, std::byte{7});
    for (std::size_t i = 300000; i < contents.size(); i += 3)
        contents[i] = std::byte{0};
    writeFile(path("in.raw"), contents);
    run("qemu-img convert -c -f raw -O qcow2 -o compression_type=" + std::string(GetParam()) + " '"
        + path("in.raw").string() + "' '" + path().string() + "'");
    {
        BlockingDisk disk = openDisk(path());
        EXPECT_TRUE(disk.readAll() == contents);
        // Small reads in sequence come from one unpacked cluster.
        Bytes sector(512);
        EXPECT_EQ(disk.read(300032, sector), BlockStatus::Ok);
        EXPECT_TRUE(std::ranges::equal(sector, std::span(contents).subspan(300032, 512)));
    }
    overwriteAndCompare();
}

INSTANTIATE_TEST_SUITE_P(Methods, InterchangeCompressed, ::testing::Values("zlib", "zstd"),
                         [](const auto& info) { return std::string(info.param); });

TEST_F(Interchange, InternalSnapshotsKeepTheirContents)
{
    qemuCreate("-o cluster_size=4096");
    qemuIo(" -c 'write -P 17 0 2M' -c 'write -P 18 6M 64k'");
    run("qemu-img snapshot -c before '" + path().string() + "'");
    const Bytes before = qemuContents();
    overwriteAndCompare();
    {
        BlockingDisk disk = openDisk(path());
        EXPECT_EQ(disk.discard(0, 1 << 20), BlockStatus::Ok);
        EXPECT_EQ(disk.zero(1 << 20, 1 << 20, false), BlockStatus::Ok);
        EXPECT_EQ(disk.flush(), BlockStatus::Ok);
    }
    EXPECT_TRUE(qemuCheckIsClean(path()));
    run("qemu-img snapshot -a before '" + path().string() + "'");
    EXPECT_TRUE(qemuContents() == before);
    EXPECT_TRUE(qemuCheckIsClean(path()));
    BlockingDisk disk = openDisk(path());
    EXPECT_TRUE(disk.readAll() == before);
}

TEST_F(Interchange, OverlaysOfBothSidesAgree)
{
    const Bytes base = pattern(Capacity / 2, 6);
    writeFile(path("base.raw"), base);
    run("cd '" + m_folder.path().string() + "' && qemu-img create -f qcow2 -b base.raw -F raw disk.qcow2 "
        + std::to_string(Capacity));
    qemuIo(" -c 'write -P 1 1M 64k' -c 'write -z 2M 1M'");
    expectSameContents();
    overwriteAndCompare();
    // Ours on top of theirs, read by them.
    ASSERT_TRUE(createImage(path("top.qcow2"), {.base = path()}));
    {
        BlockingDisk top = openDisk(path("top.qcow2"));
        EXPECT_EQ(top.write(4096, pattern(512, 1)), BlockStatus::Ok);
        EXPECT_EQ(top.discard(3 << 20, 1 << 20), BlockStatus::Ok);
        EXPECT_EQ(top.flush(), BlockStatus::Ok);
        EXPECT_TRUE(qemuSeesContents(path("top.qcow2"), "qcow2 -U", top.readAll()));
    }
    EXPECT_TRUE(qemuCheckIsClean(path("top.qcow2")));
}

TEST_F(Interchange, WhatWeCannotDoIsRefusedWithASentence)
{
    qemuCreate("-o extended_l2=on");
    EXPECT_NE(refusal(path()).find("subclusters"), std::string::npos);
    run("rm '" + path().string() + "'");
    qemuCreate("-o data_file='" + path("data").string() + "'");
    EXPECT_NE(refusal(path()).find("external data file"), std::string::npos);
    run("rm '" + path().string() + "'");
    qemuCreate("-o compat=1.1");
    Bytes raw = readFile(path());
    raw.at(35) = std::byte{2}; // crypt_method: LUKS. Creating a real one fails on busy computers
    writeFile(path(), raw);
    EXPECT_NE(refusal(path()).find("encrypted"), std::string::npos);
}

TEST_F(Interchange, QemuAndWeExcludeEachOther)
{
    qemuCreate("-o compat=1.1");
    {
        const BlockingDisk disk = openDisk(path());
        const CommandResult result = shell("qemu-io -f qcow2 -c 'write 0 512' '" + path().string() + "'");
        EXPECT_NE(result.exitCode, 0);
        EXPECT_NE(result.output.find("lock"), std::string::npos) << result.output;
        EXPECT_NE(shell("qemu-img check '" + path().string() + "'").exitCode, 0);
    }
    EXPECT_EQ(shell("qemu-io -f qcow2 -c 'write 0 512' '" + path().string() + "'").exitCode, 0);
    // While QEMU has it open for writing we may neither write nor read.
    FILE* const qemu = ::popen(("qemu-io -f qcow2 '" + path().string() + "' >/dev/null 2>&1").c_str(), "w");
    ASSERT_NE(qemu, nullptr);
    std::string sentence;
    OpenImageOptions readOnly;
    readOnly.use = ImageUse::ReadOnly;
    for (int i = 0; i < 200 && sentence.empty(); ++i) {
        ::usleep(50'000); // until it has started
        sentence = refusal(path());
    }
    EXPECT_NE(sentence.find("is in use"), std::string::npos) << sentence;
    EXPECT_NE(refusal(path(), ImageFormat::Qcow2, readOnly).find("is in use"), std::string::npos);
    std::fputs("quit\n", qemu);
    ::pclose(qemu);
    EXPECT_EQ(refusal(path()), "");
}

TEST_F(Interchange, ReadersShareAnImage)
{
    qemuCreate("-o compat=1.1");
    OpenImageOptions readOnly;
    readOnly.use = ImageUse::ReadOnly;
    const BlockingDisk first = openDisk(path(), ImageFormat::Qcow2, readOnly);
    EXPECT_EQ(refusal(path(), ImageFormat::Qcow2, readOnly), "");
    EXPECT_EQ(shell("qemu-io -r -f qcow2 -c 'read 0 512' '" + path().string() + "'").exitCode, 0);
    EXPECT_NE(refusal(path()).find("is in use"), std::string::npos);
}

TEST_F(Interchange, DirtyImageIsRepairedFirst)
{
    qemuCreate("-o compat=1.1,lazy_refcounts=on");
    // Killed in the middle: the dirty bit stays, counts may be wrong.
    const CommandResult killed =
        shell("qemu-io -f qcow2 -c 'write -P 5 0 256k' -c flush -c 'sigraise 9' '" + path().string() + "'");
    EXPECT_NE(killed.exitCode, 0);
    EXPECT_NE(refusal(path()).find("not closed properly"), std::string::npos) << refusal(path());
    const auto report = checkQcow2(path(), RepairMode::Repair);
    ASSERT_TRUE(report) << report.error().message();
    EXPECT_TRUE(report->wasDirty);
    EXPECT_GT(report->repaired, 0U);
    EXPECT_TRUE(qemuCheckIsClean(path()));
    EXPECT_EQ(refusal(path()), "");
    overwriteAndCompare();
}

TEST_F(Interchange, DirtyBitmapsAreCountedAndInvalidatedByWriting)
{
    qemuCreate("-o compat=1.1");
    run("qemu-img bitmap --add '" + path().string() + "' marks");
    const auto report = checkQcow2(path(), RepairMode::Report);
    ASSERT_TRUE(report) << report.error().message();
    EXPECT_TRUE(report->isClean());
    {
        const BlockingDisk disk = openDisk(path());
    }
    EXPECT_EQ(shell("qemu-img info '" + path().string() + "'").exitCode, 0);
}

} // namespace
} // namespace engine::block::test
