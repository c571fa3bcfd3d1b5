// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/firmware/acpi_reader.h"
#include "engine/firmware/kernel_images.h"

#include <gtest/gtest.h>

#include <numeric>

namespace engine::firmware {

namespace {

using namespace test;

constexpr std::uint64_t TablesBase = 0x1ffd'0000;

AcpiConfig configOf(std::size_t cpus)
{
    AcpiConfig config;
    config.apicIds.resize(cpus);
    std::iota(config.apicIds.begin(), config.apicIds.end(), 0U);
    return config;
}

/// The tables as a guest finds them after firmware has run the loader.
std::map<std::string, Bytes> tablesOf(const AcpiConfig& config)
{
    const auto files = buildAcpiFiles(config);
    EXPECT_TRUE(files) << files.error().message();
    const auto loaded = runTableLoader(*files, TablesBase);
    EXPECT_TRUE(loaded) << loaded.error();
    const auto reader = [&](std::uint64_t address, std::size_t length) {
        return loaded->read(address, length);
    };
    const auto tables = readTables(reader, loaded->addresses.at("etc/acpi/rsdp"));
    EXPECT_TRUE(tables) << tables.error();
    return tables.value_or(std::map<std::string, Bytes>{});
}

} // namespace

TEST(AcpiFiles, LoaderLinksEveryTable)
{
    const auto tables = tablesOf(configOf(2));
    for (const char* signature : {"FACP", "FACS", "DSDT", "APIC", "MCFG", "WAET", "RSDT", "XSDT"})
        EXPECT_TRUE(tables.contains(signature)) << signature;
    EXPECT_FALSE(tables.contains("TPM2"));
    AcpiConfig config = configOf(1);
    config.hasTpm = true;
    config.ecamBase = 0;
    const auto other = tablesOf(config);
    EXPECT_TRUE(other.contains("TPM2"));
    EXPECT_FALSE(other.contains("MCFG"));
}

TEST(AcpiFiles, SizesDoNotDependOnTheConfiguration)
{
    AcpiConfig moved = configOf(200);
    moved.powerManagementBase = 0xb000;
    moved.pciWindow64 = {{0x10'0000'0000, 0x1f'ffff'ffff}};
    for (const AcpiConfig& config : {configOf(1), moved}) {
        const auto files = buildAcpiFiles(config);
        ASSERT_TRUE(files);
        EXPECT_EQ(files->tables.size(), AcpiFiles::TablesBytes);
        EXPECT_EQ(files->loader.size(), AcpiFiles::LoaderBytes);
        EXPECT_EQ(files->rsdp.size(), AcpiFiles::RsdpBytes);
    }
}

TEST(AcpiFiles, RevisionZeroHasOnlyTheShortRsdp)
{
    AcpiConfig config = configOf(1);
    config.rsdpRevision = 0;
    EXPECT_EQ(buildAcpiFiles(config).value().rsdp.size(), 20U);
    EXPECT_FALSE(tablesOf(config).contains("XSDT"));
}

TEST(AcpiFiles, DirectPlacementGivesTheSameTables)
{
    MemoryLayout layout;
    layout.lowRamBytes = 64ULL << 20;
    const GuestMemory memory = makeRam(layout.lowRamBytes);
    const auto rsdp = placeAcpiTables(memory, configOf(3), layout);
    ASSERT_TRUE(rsdp) << rsdp.error().message();
    EXPECT_EQ(*rsdp, 0xe'0000U);
    const auto reader = [&](std::uint64_t address, std::size_t length) -> Checked<Bytes> {
        return readGuest(memory, address, length);
    };
    const auto placed = readTables(reader, *rsdp);
    ASSERT_TRUE(placed) << placed.error();
    const auto expected = tablesOf(configOf(3));
    ASSERT_EQ(placed->size(), expected.size());
    EXPECT_EQ(placed->at("DSDT"), expected.at("DSDT"));
    EXPECT_EQ(placed->at("APIC"), expected.at("APIC"));
    layout.lowRamBytes = 1 << 20;
    EXPECT_FALSE(placeAcpiTables(memory, configOf(1), layout));
}

TEST(AcpiFiles, RefusesWhatCannotBeDescribed)
{
    EXPECT_FALSE(buildAcpiFiles(configOf(0)));
    EXPECT_TRUE(buildAcpiFiles(configOf(1024)));
    EXPECT_FALSE(buildAcpiFiles(configOf(1025)));
    AcpiConfig config;
    config.pciWindow32 = {{0xf000'0000, 0xe000'0000}};
    EXPECT_FALSE(buildAcpiFiles(config));
    config = {};
    config.pciWindow64 = {{0xf000'0000, 0x1'0000'0000}};
    EXPECT_FALSE(buildAcpiFiles(config));
    config = {};
    config.ecamBase = 0xf800'0000;
    EXPECT_FALSE(buildAcpiFiles(config));
    config = {};
    config.serialPorts.resize(5);
    EXPECT_FALSE(buildAcpiFiles(config));
}

TEST(Fadt, DescribesThePowerManagementBlockWhereFirmwarePutIt)
{
    AcpiConfig config = configOf(1);
    config.powerManagementBase = 0xb000;
    const Bytes fadt = tablesOf(config).at("FACP");
    ASSERT_EQ(fadt.size(), 244U);
    EXPECT_EQ(numberAt(fadt, 8, 1), 3U);                   // revision
    EXPECT_EQ(numberAt(fadt, 46, 2), 9U);                  // SCI_INT
    EXPECT_EQ(numberAt(fadt, 48, 4), 0xb2U);               // SMI_CMD
    EXPECT_EQ(numberAt(fadt, 52, 2), 0x0302U);             // ACPI_ENABLE, ACPI_DISABLE
    EXPECT_EQ(numberAt(fadt, 56, 4), 0xb000U);             // PM1a_EVT_BLK
    EXPECT_EQ(numberAt(fadt, 64, 4), 0xb004U);             // PM1a_CNT_BLK
    EXPECT_EQ(numberAt(fadt, 76, 4), 0xb008U);             // PM_TMR_BLK
    EXPECT_EQ(numberAt(fadt, 80, 4), 0xb020U);             // GPE0_BLK
    EXPECT_EQ(numberAt(fadt, 88, 2), 0x0204U);             // PM1_EVT_LEN, PM1_CNT_LEN
    EXPECT_EQ(numberAt(fadt, 91, 2), 0x1004U);             // PM_TMR_LEN, GPE0_BLK_LEN
    EXPECT_EQ(numberAt(fadt, 108, 1), 0x32U);              // CENTURY
    EXPECT_EQ(numberAt(fadt, 109, 2), 0x0003U);            // IAPC_BOOT_ARCH
    EXPECT_EQ(numberAt(fadt, 112, 4) & 1 << 10, 1U << 10); // RESET_REG_SUP
    EXPECT_EQ(numberAt(fadt, 116, 4), 0x0000'0801U);       // RESET_REG: I/O, 8 bits
    EXPECT_EQ(numberAt(fadt, 120, 8), 0xcf9U);
    EXPECT_EQ(numberAt(fadt, 128, 1), 0x0fU);   // RESET_VALUE
    EXPECT_EQ(numberAt(fadt, 148, 4), 0x2001U); // X_PM1a_EVT_BLK: I/O, 32 bits
    EXPECT_EQ(numberAt(fadt, 152, 8), 0xb000U);
    EXPECT_EQ(numberAt(fadt, 176, 8), 0xb004U);
    EXPECT_EQ(numberAt(fadt, 212, 8), 0xb008U);
    EXPECT_EQ(numberAt(fadt, 220, 2), 0x8001U); // X_GPE0_BLK: 128 bits
    EXPECT_EQ(numberAt(fadt, 224, 8), 0xb020U);
}

TEST(Madt, ListsProcessorsInTheFormThatFitsTheirNumbers)
{
    AcpiConfig config = configOf(300);
    config.apicIds[3] = 0x1000;
    const Bytes madt = tablesOf(config).at("APIC");
    std::map<std::uint64_t, unsigned> counts;
    for (std::size_t at = 44; at < madt.size(); at += numberAt(madt, at + 1, 1)) {
        ++counts[numberAt(madt, at, 1)];
        ASSERT_GE(numberAt(madt, at + 1, 1), 6U);
    }
    EXPECT_EQ(counts[0], 254U); // 0 to 254 without CPU 3
    EXPECT_EQ(counts[9], 46U);
    EXPECT_EQ(counts[1], 1U);
    EXPECT_EQ(counts[2], 2U);
    EXPECT_EQ(counts[4], 1U);
    EXPECT_EQ(counts[10], 1U);
}

TEST(Madt, OverridesTheTimerAndTheSci)
{
    const Bytes madt = tablesOf(configOf(1)).at("APIC");
    EXPECT_EQ(numberAt(madt, 36, 4), 0xfee0'0000U);
    EXPECT_EQ(numberAt(madt, 40, 4), 1U);
    EXPECT_EQ(numberAt(madt, 44, 8), 0x0000'0001'0000'0800U); // CPU 0, APIC 0, enabled
    EXPECT_EQ(numberAt(madt, 56, 4), 0xfec0'0000U);
    EXPECT_EQ(numberAt(madt, 64, 8), 0x0000'0002'0000'0a02U); // IRQ 0 to GSI 2
    EXPECT_EQ(numberAt(madt, 74, 8), 0x0000'0009'0900'0a02U);
    EXPECT_EQ(numberAt(madt, 82, 2), 0x000dU);
}

TEST(Mcfg, NamesTheConfigurationWindow)
{
    AcpiConfig config = configOf(1);
    config.ecamBytes = 64ULL << 20;
    const Bytes mcfg = tablesOf(config).at("MCFG");
    ASSERT_EQ(mcfg.size(), 60U);
    EXPECT_EQ(numberAt(mcfg, 44, 8), 0xb000'0000U);
    EXPECT_EQ(numberAt(mcfg, 52, 4), 0x3f00'0000U); // segment 0, buses 0 to 63
}

TEST(Dsdt, IsWellFormedForEveryMachine)
{
    for (const std::size_t cpus : {1U, 2U, 16U, 255U, 1024U}) {
        AcpiConfig config = configOf(cpus);
        config.hasTpm = cpus == 2;
        config.hasPs2 = cpus != 16;
        config.pciWindow64 = {{0x8000'0000'00, 0xbfff'ffff'ff}};
        const Bytes dsdt = tablesOf(config).at("DSDT");
        const auto objects = checkAml(std::span(dsdt).subspan(36));
        ASSERT_TRUE(objects) << objects.error();
        EXPECT_GT(*objects, 3 * cpus + 50);
    }
}

TEST(Dsdt, TheCheckerNoticesDamage)
{
    const Bytes dsdt = tablesOf(configOf(2)).at("DSDT");
    const auto code = std::span(dsdt).subspan(36);
    EXPECT_FALSE(checkAml(code.first(code.size() - 1)));
    Bytes longer(code.begin(), code.end());
    longer.push_back(std::byte{0x77});
    EXPECT_FALSE(checkAml(longer));
}

} // namespace engine::firmware
