// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/firmware/acpi_reader.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <numeric>

namespace engine::firmware {

namespace {

using namespace test;
namespace fs = std::filesystem;

struct CommandResult {
    int status = -1;
    std::string output;
};

CommandResult run(const std::string& command)
{
    CommandResult result;
    std::FILE* pipe = ::popen((command + " 2>&1").c_str(), "re");
    if (pipe == nullptr)
        return result;
    std::array<char, 4096> buffer{};
    while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe))
        result.output.append(buffer.data(), count);
    result.status = ::pclose(pipe);
    return result;
}

class Iasl : public ::testing::Test {
protected:
    void SetUp() override
    {
        if (run("iasl -v").status != 0)
            GTEST_SKIP() << "iasl is not installed (package acpica-tools)";
        std::string pattern = (fs::temp_directory_path() / "guesthouse-acpi-XXXXXX").string();
        m_folder = ::mkdtemp(pattern.data());
    }
    void TearDown() override
    {
        if (!m_folder.empty())
            fs::remove_all(m_folder);
    }

    /// Decompiles and recompiles the table, which must be without any complaint.
    void roundTrip(const std::string& signature, const Bytes& table) const
    {
        const fs::path binary = m_folder / (signature + ".dat");
        std::ofstream(binary, std::ios::binary)
            .write(reinterpret_cast<const char*>(table.data()), static_cast<std::streamsize>(table.size()));
        const std::string base = (m_folder / signature).string();
        const auto decompiled = run("timeout 60 iasl -p " + base + " -d " + binary.string());
        ASSERT_EQ(decompiled.status, 0) << decompiled.output;
        EXPECT_EQ(decompiled.output.find("Error"), std::string::npos) << decompiled.output;
        EXPECT_EQ(decompiled.output.find("Warning"), std::string::npos) << decompiled.output;
        const auto compiled = run("timeout 60 iasl -p " + base + "2 " + base + ".dsl");
        ASSERT_EQ(compiled.status, 0) << compiled.output;
        EXPECT_NE(compiled.output.find("0 Errors, 0 Warnings"), std::string::npos) << compiled.output;
    }

    void roundTripAll(const AcpiConfig& config) const
    {
        const auto files = buildAcpiFiles(config);
        ASSERT_TRUE(files) << files.error().message();
        const auto loaded = runTableLoader(*files, 0x1ffd'0000);
        ASSERT_TRUE(loaded) << loaded.error();
        const auto tables = readTables(
            [&](std::uint64_t address, std::size_t length) { return loaded->read(address, length); },
            loaded->addresses.at("etc/acpi/rsdp"));
        ASSERT_TRUE(tables) << tables.error();
        for (const auto& [signature, table] : *tables)
            roundTrip(signature, table);
    }

    fs::path m_folder; // NOLINT(*-non-private-member-variables-in-classes)
};

} // namespace

TEST_F(Iasl, AcceptsTheTablesOfAnOrdinaryMachine)
{
    AcpiConfig config;
    config.apicIds = {0, 1, 2, 3};
    roundTripAll(config);
}

TEST_F(Iasl, AcceptsTheTablesOfALargeMachineWithEverything)
{
    AcpiConfig config;
    config.apicIds.resize(300);
    std::iota(config.apicIds.begin(), config.apicIds.end(), 0U);
    config.pciWindow64 = {{0x80'0000'0000, 0xbf'ffff'ffff}};
    config.hasTpm = true;
    roundTripAll(config);
}

TEST_F(Iasl, AcceptsTheTablesOfABareMachine)
{
    AcpiConfig config;
    config.hasFwCfg = false;
    config.hasPs2 = false;
    config.serialPorts.clear();
    config.ecamBase = 0;
    config.pciWindow32.reset();
    config.rsdpRevision = 0;
    roundTripAll(config);
}

} // namespace engine::firmware
