// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/disk_command.h"
#include "engine/block/disk_test_support.h"

#include <nlohmann/json.hpp>

#include <sstream>

namespace app {
namespace {

using engine::block::test::pattern;
using engine::block::test::readFile;
using engine::block::test::TemporaryFolder;
using engine::block::test::writeFile;

class DiskCommand : public ::testing::Test {
protected:
    /// Runs with words; "@name" stands for a file in the test's folder.
    int run(std::initializer_list<std::string> words)
    {
        std::vector<std::string> resolved;
        for (const std::string& word : words)
            resolved.push_back(word.starts_with('@') ? (m_folder / word.substr(1)).string() : word);
        const std::vector<std::string_view> views(resolved.begin(), resolved.end());
        m_out.str("");
        m_err.str("");
        return runDiskCommand(views, m_out, m_err);
    }
    TemporaryFolder m_folder;
    std::ostringstream m_out;
    std::ostringstream m_err;
};

TEST_F(DiskCommand, CreateInfoAndCheckAgree)
{
    ASSERT_EQ(run({"create", "@disk.qcow2", "20G"}), 0) << m_err.str();
    ASSERT_EQ(run({"info", "@disk.qcow2", "--json"}), 0) << m_err.str();
    const auto info = nlohmann::json::parse(m_out.str());
    EXPECT_EQ(info["format"], "qcow2");
    EXPECT_EQ(info["capacityBytes"], 20ULL << 30);
    EXPECT_FALSE(info["inUse"]);
    ASSERT_EQ(run({"check", "@disk.qcow2", "--json"}), 0) << m_err.str();
    EXPECT_TRUE(nlohmann::json::parse(m_out.str())["clean"]);
    ASSERT_EQ(run({"info", "@disk.qcow2"}), 0);
    EXPECT_NE(m_out.str().find("20 GiB"), std::string::npos) << m_out.str();
    ASSERT_EQ(run({"create", "@disk.raw", "3M", "--format", "raw"}), 0);
    EXPECT_EQ(std::filesystem::file_size(m_folder / "disk.raw"), 3U << 20);
}

TEST_F(DiskCommand, ConvertCloneResizeAndCompactKeepContents)
{
    const auto contents = pattern(5 << 20, 3);
    writeFile(m_folder / "in.raw", contents);
    ASSERT_EQ(run({"convert", "@in.raw", "@a.qcow2", "--progress"}), 0) << m_err.str();
    EXPECT_NE(m_err.str().find("100 %"), std::string::npos);
    ASSERT_EQ(run({"clone", "@a.qcow2", "@full.qcow2"}), 0) << m_err.str();
    ASSERT_EQ(run({"clone", "--linked", "@a.qcow2", "@linked.qcow2"}), 0) << m_err.str();
    ASSERT_EQ(run({"resize", "@full.qcow2", "+1M"}), 0) << m_err.str();
    ASSERT_EQ(run({"compact", "@full.qcow2"}), 0) << m_err.str();
    ASSERT_EQ(run({"convert", "@linked.qcow2", "@linked.raw", "--format", "raw"}), 0) << m_err.str();
    EXPECT_TRUE(readFile(m_folder / "linked.raw") == contents);
    ASSERT_EQ(run({"convert", "@full.qcow2", "@full.raw", "--format", "raw"}), 0) << m_err.str();
    auto larger = contents;
    larger.resize(6 << 20);
    EXPECT_TRUE(readFile(m_folder / "full.raw") == larger);
}

TEST_F(DiskCommand, CommitWritesAClonesContentsIntoItsBase)
{
    using engine::block::test::openDisk;
    ASSERT_EQ(run({"create", "@base", "4M"}), 0) << m_err.str();
    ASSERT_EQ(run({"clone", "--linked", "@base", "@linked"}), 0) << m_err.str();
    auto contents = pattern(4 << 20, 5);
    std::fill(contents.begin() + (1 << 20), contents.begin() + (2 << 20), std::byte{0});
    {
        auto linked = openDisk(m_folder / "linked");
        ASSERT_EQ(linked.write(0, contents), engine::BlockStatus::Ok);
        ASSERT_EQ(linked.flush(), engine::BlockStatus::Ok);
    }
    ASSERT_EQ(run({"commit", "@linked", "--progress"}), 0) << m_err.str();
    EXPECT_TRUE(openDisk(m_folder / "base").readAll() == contents);
    EXPECT_EQ(run({"check", "@base"}), 0) << m_out.str();
    EXPECT_EQ(run({"commit", "@base"}), 1);
    EXPECT_NE(m_err.str().find("has no base"), std::string::npos) << m_err.str();
    EXPECT_EQ(run({"commit", "@absent"}), 1);
}

TEST_F(DiskCommand, FailuresAreSentencesAndExitCodes)
{
    EXPECT_EQ(run({}), 2);
    EXPECT_EQ(run({"frobnicate"}), 2);
    EXPECT_NE(m_err.str().find("no disk command “frobnicate”"), std::string::npos) << m_err.str();
    EXPECT_EQ(run({"create"}), 2);
    EXPECT_EQ(run({"create", "--help"}), 0);
    EXPECT_NE(m_out.str().find("SIZE"), std::string::npos);
    EXPECT_EQ(run({"create", "@a", "20X"}), 1);
    EXPECT_EQ(run({"create", "@a"}), 1);
    EXPECT_NE(m_err.str().find("needs a size"), std::string::npos) << m_err.str();
    EXPECT_EQ(run({"info", "@missing"}), 1);
    EXPECT_NE(m_err.str().find("cannot open"), std::string::npos) << m_err.str();
    ASSERT_EQ(run({"create", "@disk", "8M"}), 0);
    EXPECT_EQ(run({"create", "@disk", "8M"}), 1);
    EXPECT_EQ(run({"resize", "@disk", "4M"}), 1);
    EXPECT_NE(m_err.str().find("smaller"), std::string::npos) << m_err.str();
    EXPECT_EQ(run({"convert", "@disk", "@out", "--format", "vmdk"}), 1);
    const auto inUse = engine::block::test::openDisk(m_folder / "disk");
    EXPECT_EQ(run({"compact", "@disk"}), 1);
    EXPECT_NE(m_err.str().find("in use"), std::string::npos) << m_err.str();
}

TEST_F(DiskCommand, DamageMakesCheckFailAndRepairMendsLeaks)
{
    ASSERT_EQ(run({"create", "@disk", "8M"}), 0);
    auto raw = readFile(m_folder / "disk");
    raw.at(2 * 65536 + 2 * 100 + 1) = std::byte{1}; // the count of a cluster that nobody uses
    writeFile(m_folder / "disk", raw);
    EXPECT_EQ(run({"check", "@disk"}), 0) << "leaks waste space, nothing else";
    EXPECT_NE(m_out.str().find("1 leaked"), std::string::npos) << m_out.str();
    EXPECT_EQ(run({"check", "--repair", "@disk"}), 0);
    EXPECT_EQ(run({"check", "@disk"}), 0);
    EXPECT_NE(m_out.str().find("sound"), std::string::npos);
    raw.at(2 * 65536 + 1) = std::byte{0}; // the count of the header
    writeFile(m_folder / "disk", raw);
    EXPECT_EQ(run({"check", "@disk"}), 1);
}

} // namespace
} // namespace app
