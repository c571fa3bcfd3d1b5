// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/chipset/flash_store.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

namespace engine {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t Size = 4 * 4096;

class FlashFileTest : public testing::Test {
protected:
    FlashFileTest() { writeFile(m_template, std::string(Size, 'T')); }
    ~FlashFileTest() override { std::filesystem::remove_all(m_folder); }
    FlashFileTest(const FlashFileTest&) = delete;
    FlashFileTest& operator=(const FlashFileTest&) = delete;
    FlashFileTest(FlashFileTest&&) = delete;
    FlashFileTest& operator=(FlashFileTest&&) = delete;

    static std::filesystem::path createFolder()
    {
        std::string pattern = testing::TempDir() + "flash_store_XXXXXX";
        const char* made = mkdtemp(pattern.data());
        EXPECT_NE(made, nullptr);
        return pattern;
    }
    static void writeFile(const std::filesystem::path& path, const std::string& text)
    {
        std::ofstream(path, std::ios::binary) << text;
    }
    static std::string readFile(const std::filesystem::path& path)
    {
        std::ifstream file(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    Result<std::unique_ptr<FlashFile>> open(std::uint64_t size = Size)
    {
        return FlashFile::open(m_file, m_template, size, *m_loop, m_log);
    }
    static void put(FlashFile& store, std::uint64_t offset, std::string_view text)
    {
        store.write(offset, std::as_bytes(std::span(text)));
    }

    std::filesystem::path m_folder = createFolder();
    std::filesystem::path m_file = m_folder / "nvram.fd";
    std::filesystem::path m_template = m_folder / "template.fd";
    Log m_log;
    std::unique_ptr<EventLoop> m_loop = EventLoop::create("flash-test").value();
};

TEST_F(FlashFileTest, IsMadeFromTheTemplateOnceAndCompletely)
{
    {
        const auto store = open();
        ASSERT_TRUE(store) << store.error().message();
        EXPECT_TRUE((*store)->contents() == std::vector<std::byte>(Size, std::byte{'T'}));
        EXPECT_TRUE(readFile(m_file) == std::string(Size, 'T'));
        put(**store, 5, "abc");
    }
    writeFile(m_template, std::string(Size, 'U'));
    const auto again = open();
    ASSERT_TRUE(again);
    EXPECT_EQ((*again)->contents().at(5), std::byte{'a'});
    EXPECT_EQ((*again)->contents().at(8), std::byte{'T'});
    std::size_t files = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(m_folder))
        ++files;
    EXPECT_EQ(files, 2U) << "no temporary file stays behind";
}

TEST_F(FlashFileTest, WritesThroughWithoutBeingAsked)
{
    const auto store = open();
    ASSERT_TRUE(store);
    put(**store, 4094, "wxyz"); // across two pages
    const auto deadline = std::chrono::steady_clock::now() + 30s;
    while (readFile(m_file).substr(4094, 4) != "wxyz" && std::chrono::steady_clock::now() < deadline)
        std::this_thread::sleep_for(5ms);
    EXPECT_EQ(readFile(m_file).substr(4093, 6), "TwxyzT");
}

TEST_F(FlashFileTest, FlushAndDestructionLeaveNothingBehind)
{
    auto store = open();
    ASSERT_TRUE(store);
    for (unsigned i = 0; i < 1000; ++i)
        put(**store, i, "A");
    ASSERT_TRUE((*store)->flush());
    EXPECT_EQ(readFile(m_file).substr(0, 1001), std::string(1000, 'A') + "T");
    put(**store, Size - 1, "Z");
    store->reset();
    EXPECT_EQ(readFile(m_file).back(), 'Z');
    EXPECT_TRUE(m_log.entries().empty());
}

TEST_F(FlashFileTest, IgnoresWritesOutsideOfItself)
{
    const auto store = open();
    ASSERT_TRUE(store);
    put(**store, Size - 1, "ab");
    put(**store, UINT64_MAX, "a");
    put(**store, 0, "");
    ASSERT_TRUE((*store)->flush());
    EXPECT_TRUE(readFile(m_file) == std::string(Size, 'T'));
}

TEST_F(FlashFileTest, WrongSizesAndMissingFilesAreNamed)
{
    writeFile(m_file, "short");
    const auto wrong = open();
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().code, ErrorCode::InvalidArgument);
    EXPECT_NE(wrong.error().message().find("nvram.fd' has 5 bytes"), std::string::npos);
    EXPECT_EQ(readFile(m_file), "short") << "a file that is not ours is never replaced";
    std::filesystem::remove(m_file);
    EXPECT_FALSE(open(Size * 2)) << "the template is too small";
    EXPECT_FALSE(std::filesystem::exists(m_file));
    EXPECT_FALSE(open(0));
    EXPECT_FALSE(open(5000));
    std::filesystem::remove(m_template);
    const auto missing = open();
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::NotFound);
    EXPECT_NE(missing.error().message().find("template.fd"), std::string::npos);
}

TEST_F(FlashFileTest, KeepsChangesWhileTheDiskRefusesThem)
{
    const auto store = open();
    ASSERT_TRUE(store);
    struct rlimit before{};
    ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
    const auto oldHandler = std::signal(SIGXFSZ, SIG_IGN);
    struct rlimit tight = before;
    tight.rlim_cur = 4096;
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &tight), 0);
    put(**store, 4096, "late");
    const auto refused = (*store)->flush();
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
    EXPECT_FALSE(refused);
    ASSERT_TRUE((*store)->flush());
    (void)std::signal(SIGXFSZ, oldHandler);
    EXPECT_EQ(readFile(m_file).substr(4096, 4), "late");
}

} // namespace
} // namespace engine
