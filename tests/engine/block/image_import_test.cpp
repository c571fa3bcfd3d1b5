// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/convert_image.h"
#include "block/image_info.h"
#include "engine/block/disk_test_support.h"

#include <algorithm>
#include <fstream>

namespace engine::block::test {
namespace {

struct ForeignFormat {
    const char* name;
    const char* qemuOptions; ///< "-O ..." of qemu-img convert
    SourceFormat format;
};

/// A disk with text, zeros, noise and a last part that fills no block.
Bytes sampleDisk()
{
    Bytes disk(37 * (1 << 20) + 512 * 2040);
    const Bytes noise = pattern(3 << 20, 12);
    std::ranges::copy(noise, disk.begin() + 70000);
    std::fill_n(disk.begin() + (20 << 20), 5 << 20, std::byte{0x41});
    std::ranges::copy(std::span(noise).first(5000), disk.end() - 5000);
    return disk;
}

class Import : public ::testing::TestWithParam<ForeignFormat> {
protected:
    void SetUp() override
    {
        if (!hasQemuImg())
            GTEST_SKIP() << "qemu-img is not installed";
        m_disk = sampleDisk();
        writeFile(m_folder / "in.raw", m_disk);
        const CommandResult made =
            shell("qemu-img convert -f raw " + std::string(GetParam().qemuOptions) + " '"
                  + (m_folder / "in.raw").string() + "' '" + (m_folder / "foreign").string() + "'");
        ASSERT_EQ(made.exitCode, 0) << made.output;
    }
    TemporaryFolder m_folder;
    Bytes m_disk;
};

TEST_P(Import, ContentsAreTheSame)
{
    const auto format = detectSourceFormat(m_folder / "foreign");
    ASSERT_TRUE(format);
    EXPECT_EQ(*format, GetParam().format);
    auto source = openSource(m_folder / "foreign", *format);
    ASSERT_TRUE(source) << source.error().message();
    // VHD rounds the size up to its geometry.
    ASSERT_GE((*source)->capacity(), m_disk.size());
    m_disk.resize((*source)->capacity());
    unsigned reports = 0;
    Progress progress;
    progress.report = [&](std::uint64_t done, std::uint64_t total) {
        EXPECT_LE(done, total);
        ++reports;
    };
    const auto converted = convertImage(**source, m_folder / "out.qcow2", {}, progress);
    ASSERT_TRUE(converted) << converted.error().message();
    EXPECT_GT(reports, 2U);
    EXPECT_TRUE(qemuCheckIsClean(m_folder / "out.qcow2"));
    EXPECT_TRUE(qemuSeesContents(m_folder / "out.qcow2", "qcow2", m_disk));
    EXPECT_TRUE(openDisk(m_folder / "out.qcow2").readAll() == m_disk);
    const auto info = inspectImage(m_folder / "out.qcow2");
    ASSERT_TRUE(info);
    EXPECT_LT(info->allocatedBytes, 12U << 20) << "zeros should take no space";
}

TEST_P(Import, CancelRemovesTheNewFile)
{
    auto source = openSource(m_folder / "foreign", GetParam().format);
    ASSERT_TRUE(source);
    std::stop_source stop;
    Progress progress;
    progress.stop = stop.get_token();
    progress.report = [&](std::uint64_t, std::uint64_t) { stop.request_stop(); };
    const auto converted = convertImage(**source, m_folder / "out.qcow2", {}, progress);
    ASSERT_FALSE(converted);
    EXPECT_EQ(converted.error().code, ErrorCode::Cancelled);
    EXPECT_FALSE(std::filesystem::exists(m_folder / "out.qcow2"));
}

TEST_P(Import, TruncatedFilesFailWithoutHarm)
{
    const std::uint64_t size = std::filesystem::file_size(m_folder / "foreign");
    for (const std::uint64_t keep :
         {std::uint64_t{0}, std::uint64_t{100}, std::uint64_t{600}, size / 100, size / 2}) {
        std::filesystem::copy_file(m_folder / "foreign", m_folder / "short",
                                   std::filesystem::copy_options::overwrite_existing);
        std::filesystem::resize_file(m_folder / "short", keep);
        auto source = openSource(m_folder / "short", GetParam().format);
        if (!source)
            EXPECT_NE(source.error().message(), "");
        else if (keep < 600 && GetParam().format != SourceFormat::Vmdk)
            ADD_FAILURE() << "an image of " << keep << " bytes was accepted";
        else
            (void)convertImage(**source, m_folder / "short.qcow2", {});
        std::filesystem::remove(m_folder / "short.qcow2");
    }
}

INSTANTIATE_TEST_SUITE_P(
    Formats, Import,
    ::testing::Values(ForeignFormat{"Vdi", "-O vdi", SourceFormat::Vdi},
                      ForeignFormat{"VdiStatic", "-O vdi -o static=on", SourceFormat::Vdi},
                      ForeignFormat{"VhdDynamic", "-O vpc", SourceFormat::Vhd},
                      ForeignFormat{"VhdFixed", "-O vpc -o subformat=fixed", SourceFormat::Vhd},
                      ForeignFormat{"VhdForcedSize", "-O vpc -o force_size=on", SourceFormat::Vhd},
                      ForeignFormat{"Vhdx", "-O vhdx", SourceFormat::Vhdx},
                      ForeignFormat{"VhdxSmallBlocks", "-O vhdx -o block_size=1M", SourceFormat::Vhdx},
                      ForeignFormat{"VmdkSparse", "-O vmdk", SourceFormat::Vmdk},
                      ForeignFormat{"VmdkStream", "-O vmdk -o subformat=streamOptimized", SourceFormat::Vmdk},
                      ForeignFormat{"VmdkFlat", "-O vmdk -o subformat=monolithicFlat", SourceFormat::Vmdk},
                      ForeignFormat{"VmdkSplitSparse", "-O vmdk -o subformat=twoGbMaxExtentSparse",
                                    SourceFormat::Vmdk}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(ImportRefusals, VmdkExtentsOutsideOfTheFolderAreRefused)
{
    const TemporaryFolder folder;
    std::ofstream(folder / "evil.vmdk") << "# Disk DescriptorFile\nversion=1\nparentCID=ffffffff\n"
                                           "createType=\"monolithicFlat\"\nRW 4 FLAT \"/etc/passwd\" 0\n";
    const auto source = openSource(folder / "evil.vmdk", SourceFormat::Vmdk);
    ASSERT_FALSE(source);
    EXPECT_NE(source.error().message().find("outside"), std::string::npos) << source.error().message();
}

} // namespace
} // namespace engine::block::test
