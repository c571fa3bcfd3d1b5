// SPDX-License-Identifier: GPL-3.0-or-later
#include "device_probe.h"
#include "devices/chipset/cfi_flash.h"

#include <cstdio>
#include <filesystem>
#include <string>

namespace engine {
namespace {

using namespace test;

constexpr std::uint64_t Base = 0xffc0'0000;
constexpr std::uint64_t Size = 16 * 4096;

class RecordingStore final : public FlashStore {
public:
    void write(std::uint64_t offset, std::span<const std::byte> bytes) override
    {
        ++m_writes;
        m_lastOffset = offset;
        m_lastLength = bytes.size();
    }
    int m_writes = 0;
    std::uint64_t m_lastOffset = 0;
    std::size_t m_lastLength = 0;
};

class CfiFlashTest : public testing::Test {
protected:
    std::unique_ptr<CfiFlash> createFlash(AddressSpace& memory, std::uint8_t fill = 0xff)
    {
        const std::vector<std::byte> contents(Size, std::byte{fill});
        return CfiFlash::create("pflash1", memory, GuestAddress(Base), contents, &m_store, m_log).value();
    }
    std::uint8_t read(std::uint64_t offset)
    {
        std::byte byte{};
        m_memory.read(GuestAddress(Base + offset), {&byte, 1});
        return std::to_integer<std::uint8_t>(byte);
    }
    void write(std::uint64_t offset, unsigned value)
    {
        const auto byte = std::byte(static_cast<std::uint8_t>(value));
        m_memory.write(GuestAddress(Base + offset), {&byte, 1});
    }
    bool isMapped() { return !m_memory.slots().empty(); }
    void program(std::uint64_t offset, unsigned value)
    {
        write(offset, 0x10);
        write(offset, value);
    }

    Log m_log;
    RecordingStore m_store;
    AddressSpace m_memory;
    std::unique_ptr<CfiFlash> m_flash = createFlash(m_memory);
};

TEST_F(CfiFlashTest, IsMappedReadOnlyOnlyInReadArrayMode)
{
    ASSERT_TRUE(isMapped());
    EXPECT_EQ(m_memory.slots().front().access, MemoryAccess::ReadOnly);
    EXPECT_EQ(m_memory.slots().front().length, Size);
    EXPECT_EQ(read(0), 0xff);
    write(0, 0x70);
    EXPECT_FALSE(isMapped());
    write(0, 0xff);
    EXPECT_TRUE(isMapped());
}

TEST_F(CfiFlashTest, PassesTheDetectionOfUefiFirmware)
{
    program(0x10, 0xaf);
    write(0x10, 0xff);
    const std::uint8_t original = read(0x10);
    write(0x10, 0x50);
    EXPECT_EQ(read(0x10), original); // RAM would show 50
    write(0x10, 0x70);
    EXPECT_EQ(read(0x10), 0x00); // ROM would show the original, RAM 70
    write(0x10, 0xff);
    EXPECT_EQ(read(0x10), original);
}

TEST_F(CfiFlashTest, ProgramsBytesByClearingBits)
{
    program(0x123, 0x5a);
    EXPECT_EQ(read(0x123), 0x80); // status, ready
    program(0x123, 0x0f);
    write(0, 0xff);
    EXPECT_EQ(read(0x123), 0x0a);
    EXPECT_EQ(read(0x124), 0xff);
    EXPECT_EQ(m_store.m_writes, 2);
    EXPECT_EQ(m_store.m_lastOffset, 0x123U);
    EXPECT_EQ(m_store.m_lastLength, 1U);
    write(0x200, 0x40); // the other program command
    write(0x200, 0x77);
    write(0x200, 0xff);
    EXPECT_EQ(read(0x200), 0x77);
}

TEST_F(CfiFlashTest, ErasesOneBlock)
{
    program(0x0fff, 0);
    program(0x1000, 0);
    program(0x1fff, 0);
    program(0x2000, 0);
    write(0x1800, 0x20);
    write(0x1800, 0xd0);
    EXPECT_EQ(read(0), 0x80);
    write(0, 0xff);
    EXPECT_EQ(read(0x0fff), 0x00);
    EXPECT_EQ(read(0x1000), 0xff);
    EXPECT_EQ(read(0x1fff), 0xff);
    EXPECT_EQ(read(0x2000), 0x00);
    EXPECT_EQ(m_store.m_lastLength, 4096U);
}

TEST_F(CfiFlashTest, EraseWithoutConfirmationChangesNothing)
{
    program(0, 0x12);
    write(0, 0x20);
    write(0, 0x55);
    EXPECT_EQ(read(0), 0xb0); // command sequence error
    write(0, 0x50);
    EXPECT_EQ(read(0), 0x12);
    write(0, 0x20);
    write(0, 0xff);
    EXPECT_EQ(read(0), 0x12);
}

TEST_F(CfiFlashTest, BufferedWriteProgramsARun)
{
    write(0x100, 0xe8);
    EXPECT_EQ(read(0x100) & 0x80, 0x80);
    write(0x100, 3); // four bytes
    for (unsigned i = 0; i < 4; ++i)
        write(0x100 + i, 0x10 + i);
    write(0x100, 0xd0);
    EXPECT_EQ(read(0x100), 0x80);
    write(0x100, 0xff);
    for (unsigned i = 0; i < 4; ++i)
        EXPECT_EQ(read(0x100 + i), 0x10 + i);
    EXPECT_EQ(read(0x104), 0xff);
    EXPECT_EQ(m_store.m_writes, 1);
}

TEST_F(CfiFlashTest, BrokenBufferedWritesAreRefused)
{
    write(0x100, 0xe8);
    write(0x100, 1);
    write(0x100, 0xaa);
    write(0x200, 0xbb); // not the next address
    EXPECT_EQ(read(0), 0xb0);
    write(0, 0x50);
    write(0xffe, 0xe8);
    write(0xffe, 3);
    for (unsigned i = 0; i < 4; ++i)
        write(0xffe + i, 0);
    write(0xffe, 0xd0); // across two blocks
    EXPECT_EQ(read(0), 0xb0);
    write(0, 0x50);
    EXPECT_EQ(read(0x100), 0xff);
    EXPECT_EQ(read(0xffe), 0xff);
    EXPECT_EQ(m_store.m_writes, 0);
}

TEST_F(CfiFlashTest, LockedBlocksRefuseProgramAndErase)
{
    write(0x1000, 0x60);
    write(0x1000, 0x01);
    program(0x1000, 0);
    EXPECT_EQ(read(0), 0x92);
    write(0, 0x50);
    write(0x1000, 0x20);
    write(0x1000, 0xd0);
    EXPECT_EQ(read(0), 0xa2);
    write(0, 0x90);
    EXPECT_EQ(read(0x1002), 1);
    EXPECT_EQ(read(0x0002), 0);
    write(0x1000, 0x60);
    write(0x1000, 0xd0);
    write(0, 0x50);
    program(0x1000, 0);
    write(0, 0xff);
    EXPECT_EQ(read(0x1000), 0);
}

TEST_F(CfiFlashTest, IdentifiesItselfAndAnswersTheCfiQuery)
{
    write(0x55, 0x98);
    EXPECT_EQ(read(0x10), 'Q');
    EXPECT_EQ(read(0x11), 'R');
    EXPECT_EQ(read(0x12), 'Y');
    EXPECT_EQ(read(0x13), 0x01); // Intel extended command set
    EXPECT_EQ(read(0x27), 16);   // 64 KiB
    EXPECT_EQ(read(0x2c), 1);    // one erase region of
    EXPECT_EQ(read(0x2d) + 1, 16);
    EXPECT_EQ((read(0x2f) | read(0x30) << 8) * 256, 4096);
    EXPECT_EQ(read(0x31), 'P');
    write(0, 0x90);
    EXPECT_EQ(read(0), 0x89);
}

TEST_F(CfiFlashTest, ResetReturnsToReadArrayAndKeepsTheCells)
{
    program(0x42, 0x24);
    EXPECT_FALSE(isMapped());
    m_flash->reset();
    EXPECT_TRUE(isMapped());
    EXPECT_EQ(read(0x42), 0x24);
    write(0, 0x10); // half a program command
    m_flash->reset();
    write(0, 0xff);
    EXPECT_EQ(read(0), 0xff);
}

TEST_F(CfiFlashTest, RefusesContentsThatAreNotWholeBlocksAndTakenPlaces)
{
    const std::vector<std::byte> odd(5000);
    EXPECT_FALSE(CfiFlash::create("x", m_memory, GuestAddress(0x1000'0000), odd, nullptr, m_log));
    EXPECT_FALSE(CfiFlash::create("x", m_memory, GuestAddress(0x1000'0000), {}, nullptr, m_log));
    const std::vector<std::byte> good(Size);
    EXPECT_FALSE(CfiFlash::create("x", m_memory, GuestAddress(Base), good, nullptr, m_log));
    write(0, 0x70); // the first one still answers
    EXPECT_EQ(read(0), 0x80);
}

TEST_F(CfiFlashTest, SurvivesEveryAccess)
{
    for (unsigned first = 0; first < 256; ++first)
        for (unsigned second = 0; second < 256; second += 15) {
            write(first * 64, first);
            write(second * 17, second);
            (void)read(first);
        }
    pokeEverywhere(*m_flash, 64);
    std::array<std::byte, 8> data{};
    m_flash->read(Size - 1, data);
    m_flash->write(Size - 1, data);
    m_flash->reset();
    EXPECT_TRUE(isMapped());
}

TEST_F(CfiFlashTest, StateSurvivesARoundTrip)
{
    for (unsigned seed = 0; seed < 10; ++seed) {
        stir(*m_flash, 0x1000, seed, 40);
        AddressSpace memory;
        const auto copy = createFlash(memory, 0x00);
        const auto saved = stateOf(*m_flash);
        ASSERT_TRUE(restoreFrom(*copy, saved));
        EXPECT_TRUE(stateOf(*copy) == saved);
        EXPECT_EQ(memory.slots().size(), m_memory.slots().size());
        EXPECT_FALSE(restoreFrom(*copy, std::span(saved).first(saved.size() / 2)));
        auto broken = saved;
        broken[2] = std::byte{9}; // no such mode
        EXPECT_FALSE(restoreFrom(*copy, broken));
        EXPECT_TRUE(stateOf(*copy) == saved);
    }
}

/// One line of the recorded UEFI start that concerns the variables flash.
struct FlashAccess {
    bool isWrite = false;
    std::uint64_t offset = 0;
    unsigned value = 0;
};

std::vector<FlashAccess> recordedAccesses(const std::string& log)
{
    std::vector<FlashAccess> accesses;
    const std::string command = "zcat '" + log + "' | grep system.flash1";
    FILE* pipe = popen(command.c_str(), "r");
    if (!pipe)
        return accesses;
    std::array<char, 512> line{};
    while (std::fgets(line.data(), static_cast<int>(line.size()), pipe)) {
        const std::string_view text(line.data());
        const auto numberBehind = [&](std::string_view word) {
            const auto at = text.find(word);
            return at == std::string_view::npos
                       ? 0
                       : std::stoull(std::string(text.substr(at + word.size())), nullptr, 16);
        };
        accesses.push_back({text.find("ops_write") != std::string_view::npos, numberBehind("addr ") - Base,
                            static_cast<unsigned>(numberBehind("value "))});
    }
    pclose(pipe);
    return accesses;
}

TEST(CfiFlashReplay, AnswersTheRecordedUefiStart)
{
    const std::string log = std::string(GUESTHOUSE_SOURCE_DIR) + "/../shared/traces/ovmf-q35.log.gz";
    if (!std::filesystem::exists(log))
        GTEST_SKIP() << "no recorded firmware start at " << log;
    const auto accesses = recordedAccesses(log);
    ASSERT_GT(accesses.size(), 30'000U);
    constexpr std::uint64_t VariablesBytes = 0x84000;
    AddressSpace memory;
    Log messages;
    const std::vector<std::byte> blank(VariablesBytes, std::byte{0xff});
    const auto flash =
        CfiFlash::create("pflash1", memory, GuestAddress(Base), blank, nullptr, messages).value();
    std::vector<std::byte> expected = blank;
    bool programming = false;
    for (const FlashAccess& access : accesses) {
        std::byte byte{};
        if (!access.isWrite) {
            memory.read(GuestAddress(Base + access.offset), {&byte, 1});
            EXPECT_EQ(std::to_integer<unsigned>(byte), access.value);
            continue;
        }
        byte = std::byte(static_cast<std::uint8_t>(access.value));
        memory.write(GuestAddress(Base + access.offset), {&byte, 1});
        if (programming)
            expected[access.offset] &= byte;
        programming = !programming && access.value == 0x10;
    }
    std::vector<std::byte> cells(VariablesBytes);
    ASSERT_EQ(memory.slots().size(), 1U) << "firmware leaves the chip readable";
    memory.read(GuestAddress(Base), cells);
    EXPECT_TRUE(cells == expected);
    EXPECT_FALSE(cells == blank);
}

} // namespace
} // namespace engine
