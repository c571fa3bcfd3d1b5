// SPDX-License-Identifier: GPL-3.0-or-later
#include "device_probe.h"
#include "devices/chipset/fw_cfg.h"

#include <bit>
#include <string>

namespace engine {
namespace {

using namespace test;

// From the fw_cfg specification.
constexpr std::uint32_t DmaErrorBit = 0x01;
constexpr std::uint32_t DmaReadBit = 0x02;
constexpr std::uint32_t DmaSkipBit = 0x04;
constexpr std::uint32_t DmaSelectBit = 0x08;
constexpr std::uint32_t DmaWriteBit = 0x10;
constexpr std::uint64_t DmaLow = 4; // of the eight ports at 0x514
constexpr std::uint64_t RequestAt = 0x6f3c;

FwCfg::Bytes bytesOf(std::string_view text)
{
    FwCfg::Bytes bytes;
    for (const char c : text)
        bytes.push_back(std::byte(static_cast<std::uint8_t>(c)));
    return bytes;
}

class FwCfgTest : public testing::Test {
protected:
    static GuestMemory createMemory()
    {
        auto block = HostBlock::create("ram", 1 << 20);
        return GuestMemory::create({{GuestAddress(0), block.value()}}).value();
    }
    void select(std::uint16_t key) { busWrite(m_device.ports(), 0, key); }
    std::string readText(std::size_t length)
    {
        std::string text;
        for (std::size_t i = 0; i < length; ++i)
            text += static_cast<char>(in8(m_device.ports(), 1));
        return text;
    }
    std::uint32_t readBigEndian(unsigned width)
    {
        std::uint32_t value = 0;
        for (unsigned i = 0; i < width; ++i)
            value = value << 8 | in8(m_device.ports(), 1);
        return value;
    }
    /// The key of a file as firmware finds it.
    std::uint16_t keyOf(const std::string& name)
    {
        select(0x19);
        for (std::uint32_t i = readBigEndian(4); i > 0; --i) {
            (void)readBigEndian(4);
            const auto key = static_cast<std::uint16_t>(readBigEndian(2));
            (void)readBigEndian(2);
            if (readText(56).c_str() == name)
                return key;
        }
        return 0;
    }
    /// Runs a DMA request as 32-bit firmware does and returns the control word afterwards.
    std::uint32_t dma(std::uint32_t control, std::uint32_t length, std::uint64_t address,
                      std::uint64_t requestAt = RequestAt)
    {
        (void)m_memory.writeObject(GuestAddress(requestAt), std::byteswap(control));
        (void)m_memory.writeObject(GuestAddress(requestAt + 4), std::byteswap(length));
        (void)m_memory.writeObject(GuestAddress(requestAt + 8), std::byteswap(address));
        busWrite(m_device.dmaPorts(), DmaLow, std::byteswap(static_cast<std::uint32_t>(requestAt)));
        return std::byteswap(m_memory.readObject<std::uint32_t>(GuestAddress(requestAt)).value());
    }
    std::string memoryText(std::uint64_t at, std::size_t length)
    {
        std::string text(length, '?');
        EXPECT_TRUE(m_memory.read(GuestAddress(at), std::as_writable_bytes(std::span(text))));
        return text;
    }

    GuestMemory m_memory = createMemory();
    Log m_log;
    FwCfg m_device{m_memory, m_log};
};

TEST_F(FwCfgTest, ReadsItemsByteByByteAndZerosAfterTheirEnd)
{
    ASSERT_TRUE(m_device.setItem(0x0000, bytesOf("QEMU")));
    ASSERT_TRUE(m_device.setNumber<std::uint32_t>(0x0001, 3));
    select(0);
    EXPECT_EQ(readText(6), std::string("QEMU\0\0", 6));
    select(1);
    EXPECT_EQ(readText(5), std::string("\3\0\0\0\0", 5));
    select(0x0014); // absent: OVMF asks for a command line
    EXPECT_EQ(readText(4), std::string(4, '\0'));
}

TEST_F(FwCfgTest, OnlyAWordSelectsAndOnlyAByteReads)
{
    ASSERT_TRUE(m_device.setItem(0x0000, bytesOf("QEMU")));
    ASSERT_TRUE(m_device.setItem(0x0002, bytesOf("uvid")));
    select(2);
    out8(m_device.ports(), 0, 0);
    EXPECT_EQ(busRead<std::uint16_t>(m_device.ports(), 0), 0);
    EXPECT_EQ(in8(m_device.ports(), 0), 'u'); // both ports answer a byte
    EXPECT_EQ(in8(m_device.ports(), 1), 'v');
}

TEST_F(FwCfgTest, DirectoryIsSortedByNameAndNumbersFilesFrom0x20)
{
    ASSERT_TRUE(m_device.setFile("etc/system-states", bytesOf("123456")));
    ASSERT_TRUE(m_device.setFile("bootorder", bytesOf("")));
    ASSERT_TRUE(m_device.setFile("etc/e820", bytesOf("memory map")));
    select(0x19);
    EXPECT_EQ(readBigEndian(4), 3U);
    const std::vector<std::pair<std::string, std::uint32_t>> expected{
        {"bootorder", 0}, {"etc/e820", 10}, {"etc/system-states", 6}};
    for (std::uint16_t i = 0; i < expected.size(); ++i) {
        EXPECT_EQ(readBigEndian(4), expected[i].second);
        EXPECT_EQ(readBigEndian(2), 0x20U + i);
        EXPECT_EQ(readBigEndian(2), 0U);
        EXPECT_EQ(readText(56).c_str(), expected[i].first);
    }
    select(keyOf("etc/e820"));
    EXPECT_EQ(readText(10), "memory map");
}

TEST_F(FwCfgTest, DmaPortsShowTheSignature)
{
    EXPECT_EQ(busRead<std::uint64_t>(m_device.dmaPorts(), 0), 0x4746'4320'554d'4551ULL);
    EXPECT_EQ(busRead<std::uint32_t>(m_device.dmaPorts(), 0), 0x554d4551U); // "QEMU"
    EXPECT_EQ(busRead<std::uint32_t>(m_device.dmaPorts(), 4), 0x47464320U); // " CFG"
}

TEST_F(FwCfgTest, DmaSelectsReadsSkipsAndFillsWithZeros)
{
    ASSERT_TRUE(m_device.setFile("etc/e820", bytesOf("0123456789")));
    const std::uint32_t key = keyOf("etc/e820");
    ASSERT_TRUE(m_memory.fill(GuestAddress(0x1000), 64, std::byte{'x'}));
    EXPECT_EQ(dma(key << 16 | DmaSelectBit | DmaReadBit, 4, 0x1000), 0U);
    EXPECT_EQ(memoryText(0x1000, 5), "0123x");
    EXPECT_EQ(dma(DmaSkipBit, 2, 0), 0U);
    EXPECT_EQ(dma(DmaReadBit, 8, 0x1010), 0U);
    EXPECT_EQ(memoryText(0x1010, 9), std::string("6789\0\0\0\0x", 9));
}

TEST_F(FwCfgTest, HighHalfOfTheDmaAddressIsForgottenAfterEachRequest)
{
    ASSERT_TRUE(m_device.setItem(0, bytesOf("QEMU")));
    // A high half that leads nowhere, then a request that 32-bit firmware makes.
    busWrite(m_device.dmaPorts(), 0, std::byteswap(std::uint32_t{1}));
    (void)dma(DmaSelectBit | DmaReadBit, 4, 0x2000);
    EXPECT_EQ(dma(DmaSelectBit | DmaReadBit, 4, 0x3000), 0U);
    EXPECT_EQ(memoryText(0x3000, 4), "QEMU");
    EXPECT_NE(memoryText(0x2000, 4), "QEMU");
}

TEST_F(FwCfgTest, EightByteDmaAddressWorksInOneWrite)
{
    ASSERT_TRUE(m_device.setItem(0, bytesOf("QEMU")));
    (void)m_memory.writeObject(GuestAddress(0x500), std::byteswap(DmaSelectBit | DmaReadBit));
    (void)m_memory.writeObject(GuestAddress(0x504), std::byteswap(std::uint32_t{4}));
    (void)m_memory.writeObject(GuestAddress(0x508), std::byteswap(std::uint64_t{0x600}));
    busWrite(m_device.dmaPorts(), 0, std::byteswap(std::uint64_t{0x500}));
    EXPECT_EQ(memoryText(0x600, 4), "QEMU");
}

TEST_F(FwCfgTest, DmaOutsideOfRamReportsAnError)
{
    ASSERT_TRUE(m_device.setItem(0, bytesOf("QEMU")));
    EXPECT_EQ(dma(DmaSelectBit | DmaReadBit, 4, 0xfee0'0000), DmaErrorBit);
    EXPECT_EQ(dma(DmaSelectBit | DmaReadBit, 0xffff'ffff, 0x1000), DmaErrorBit);
    EXPECT_EQ(dma(DmaSelectBit | DmaReadBit, 16, UINT64_MAX - 3), DmaErrorBit);
    busWrite(m_device.dmaPorts(), DmaLow,
             std::byteswap(0xfffffff0U)); // the request itself: nothing to report to
    EXPECT_FALSE(m_log.entries().empty());
}

TEST_F(FwCfgTest, WritableFileTakesDmaWritesWithinItsSize)
{
    std::string seen;
    ASSERT_TRUE(m_device.setWritableFile("etc/vmgenid_addr", bytesOf("........"), [&](auto content) {
        seen.assign(reinterpret_cast<const char*>(content.data()), content.size());
    }));
    ASSERT_TRUE(m_device.setFile("etc/e820", bytesOf("fixed")));
    const std::uint32_t key = keyOf("etc/vmgenid_addr");
    ASSERT_TRUE(m_memory.write(GuestAddress(0x1000), bytesOf("ABCDEFGHIJ")));
    EXPECT_EQ(dma(key << 16 | DmaSelectBit | DmaSkipBit, 2, 0), 0U);
    EXPECT_EQ(dma(DmaWriteBit, 3, 0x1000), 0U);
    EXPECT_EQ(seen, "..ABC...");
    EXPECT_EQ(dma(DmaWriteBit, 4, 0x1000), DmaErrorBit); // one byte too many
    EXPECT_EQ(
        dma(static_cast<std::uint32_t>(keyOf("etc/e820")) << 16 | DmaSelectBit | DmaWriteBit, 1, 0x1000),
        DmaErrorBit);
    m_device.reset();
    select(static_cast<std::uint16_t>(key));
    EXPECT_EQ(readText(8), "........");
}

TEST_F(FwCfgTest, GeneratedFilesAreMadeTogetherAtTheFirstSelectAfterEachReset)
{
    int made = 0;
    ASSERT_TRUE(m_device.addGeneratedFiles({{"etc/table-loader", 8}, {"etc/acpi/tables", 4}}, [&] {
        ++made;
        return std::vector<FwCfg::Bytes>{bytesOf("L" + std::to_string(made)),
                                         bytesOf("T" + std::to_string(made))};
    }));
    const auto tables = keyOf("etc/acpi/tables");
    const auto loader = keyOf("etc/table-loader");
    EXPECT_EQ(made, 0) << "the directory alone must not make them";
    select(tables);
    EXPECT_EQ(made, 1);
    EXPECT_EQ(readText(4), std::string("T1\0\0", 4));
    select(loader);
    EXPECT_EQ(readText(8), std::string("L1\0\0\0\0\0\0", 8));
    EXPECT_EQ(made, 1);
    m_device.reset();
    select(loader);
    EXPECT_EQ(made, 2);
    EXPECT_EQ(readText(2), "L2");
}

TEST_F(FwCfgTest, ObserverSeesEverySelectionWithTheFileName)
{
    std::vector<std::pair<unsigned, std::string>> seen;
    m_device.setObserver([&](std::uint16_t key, std::string_view name) { seen.emplace_back(key, name); });
    ASSERT_TRUE(m_device.setFile("etc/e820", bytesOf("x")));
    select(0);
    (void)dma(0x20U << 16 | DmaSelectBit, 0, 0);
    ASSERT_EQ(seen.size(), 2U);
    EXPECT_EQ(seen[0], std::make_pair(0U, std::string()));
    EXPECT_EQ(seen[1], std::make_pair(0x20U, std::string("etc/e820")));
}

TEST_F(FwCfgTest, RefusesWhatItCannotOffer)
{
    EXPECT_FALSE(m_device.setItem(0x0019, bytesOf("x")));
    EXPECT_FALSE(m_device.setItem(0x0020, bytesOf("x")));
    EXPECT_FALSE(m_device.setFile(std::string(56, 'n'), bytesOf("x")));
    EXPECT_FALSE(m_device.setFile("", bytesOf("x")));
    EXPECT_TRUE(m_device.setFile(std::string(55, 'n'), bytesOf("x")));
    EXPECT_TRUE(m_device.setItem(0x8000, {})); // architecture-local, above all files
    EXPECT_FALSE(
        m_device.addGeneratedFiles({{std::string(55, 'n'), 4}}, [] { return std::vector<FwCfg::Bytes>{}; }));
}

TEST_F(FwCfgTest, SurvivesEveryAccess)
{
    ASSERT_TRUE(m_device.setItem(0, bytesOf("QEMU")));
    pokeEverywhere(m_device.ports(), 2);
    pokeEverywhere(m_device.dmaPorts(), 8);
    select(0);
    EXPECT_EQ(readText(4), "QEMU");
}

TEST_F(FwCfgTest, StateSurvivesARoundTrip)
{
    const auto fill = [this](FwCfg& device) {
        ASSERT_TRUE(device.setItem(0, bytesOf("QEMU")));
        ASSERT_TRUE(device.setWritableFile("etc/w", bytesOf("abcd"), {}));
        (void)m_memory;
    };
    fill(m_device);
    ASSERT_TRUE(m_memory.write(GuestAddress(0x1000), bytesOf("XY")));
    (void)dma(0x20U << 16 | DmaSelectBit | DmaWriteBit, 2, 0x1000);
    busWrite(m_device.dmaPorts(), 0, std::uint32_t{0x01020304});
    FwCfg copy(m_memory, m_log);
    fill(copy);
    expectRoundTrip(m_device, copy);
    EXPECT_EQ(in8(copy.ports(), 1), 'c'); // the cursor goes on behind the two written bytes
    FwCfg other(m_memory, m_log);
    EXPECT_FALSE(restoreFrom(other, stateOf(m_device))) << "it has no file etc/w";
}

} // namespace
} // namespace engine
