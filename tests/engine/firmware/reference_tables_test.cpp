// SPDX-License-Identifier: GPL-3.0-or-later
// Compares our tables with those of the reference emulator's Q35 machine of the same shape.
#include "engine/firmware/acpi_reader.h"
#include "engine/firmware/reference_machine.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <tuple>

namespace engine::firmware {

namespace {

using namespace test;

using Tables = std::map<std::string, Bytes>;

Tables load(const AcpiFiles& files)
{
    const auto loaded = runTableLoader(files, 0x1ffd'0000);
    EXPECT_TRUE(loaded) << loaded.error();
    if (!loaded)
        return {};
    const auto tables =
        readTables([&](std::uint64_t address, std::size_t length) { return loaded->read(address, length); },
                   loaded->addresses.at("etc/acpi/rsdp"));
    EXPECT_TRUE(tables) << tables.error();
    return tables.value_or(Tables{});
}

class ReferenceTables : public ::testing::Test {
protected:
    void SetUp() override
    {
        auto machine = ReferenceMachine::start({"-M", "q35,hpet=off", "-m", "512", "-smp", "2"});
        if (!machine)
            GTEST_SKIP() << "qemu-system-x86_64 is not installed (package qemu-system-x86)";
        // What firmware programs before it asks for the tables.
        machine->writeConfig(0x1f, 0, 0x40, 'l', 0x601);
        machine->writeConfig(0x1f, 0, 0x44, 'b', 0x80);
        machine->writeConfig(0, 0, 0x64, 'l', 0);
        machine->writeConfig(0, 0, 0x60, 'l', 0xb000'0001);
        AcpiFiles files;
        files.tables = machine->fwCfgFile("etc/acpi/tables");
        files.rsdp = machine->fwCfgFile("etc/acpi/rsdp");
        files.loader = machine->fwCfgFile("etc/table-loader");
        ASSERT_EQ(files.tables.size(), AcpiFiles::TablesBytes); // ours has the same size
        ASSERT_EQ(files.loader.size(), AcpiFiles::LoaderBytes);
        m_theirs = load(files);
        AcpiConfig config;
        config.apicIds = {0, 1};
        config.serialPorts.clear(); // as over there
        m_ours = load(buildAcpiFiles(config).value());
        ASSERT_FALSE(m_theirs.empty() || m_ours.empty());
    }

    Tables m_theirs; // NOLINT(*-non-private-member-variables-in-classes)
    Tables m_ours;   // NOLINT(*-non-private-member-variables-in-classes)
};

std::multiset<Bytes> madtEntries(const Bytes& madt)
{
    std::multiset<Bytes> entries;
    for (std::size_t at = 44; at + 2 <= madt.size();) {
        const std::size_t length = numberAt(madt, at + 1, 1);
        if (length < 2 || at + length > madt.size())
            return {};
        const auto start = madt.begin() + static_cast<std::ptrdiff_t>(at);
        entries.emplace(start, start + static_cast<std::ptrdiff_t>(length));
        at += length;
    }
    return entries;
}

/// (device, pin, letter of the interrupt link) of a _PRT package with the given name.
std::set<std::tuple<unsigned, unsigned, char>> routing(const Bytes& dsdt, std::string_view object)
{
    std::set<std::tuple<unsigned, unsigned, char>> routes;
    const std::string_view text(reinterpret_cast<const char*>(dsdt.data()), dsdt.size());
    std::size_t at = text.find("\x08" + std::string(object)) + 5;
    const auto byteAt = [&](std::size_t offset) { return static_cast<unsigned>(numberAt(dsdt, offset, 1)); };
    at += 1 + (byteAt(at + 1) >> 6) + 1; // PackageOp, PkgLength
    const unsigned count = byteAt(at++);
    for (unsigned i = 0; i < count; ++i) {
        const std::size_t end = at + 1 + byteAt(at + 1); // short packages: a PkgLength of one byte
        std::size_t cursor = at + 3;
        const unsigned op = byteAt(cursor);
        const unsigned width = op == 0x0b ? 2 : 4;
        const auto slot = static_cast<unsigned>(numberAt(dsdt, cursor + 1, width) >> 16);
        cursor += 1 + width;
        const unsigned pin = byteAt(cursor) <= 1 ? byteAt(cursor) : byteAt(cursor + 1);
        cursor += byteAt(cursor) <= 1 ? 1 : 2;
        const auto link = text.substr(cursor, end - cursor).find("LNK");
        routes.emplace(slot, pin, link == std::string_view::npos ? '?' : text[cursor + link + 3]);
        at = end;
    }
    return routes;
}

} // namespace

TEST_F(ReferenceTables, SameTablesExceptTheHighPrecisionTimer)
{
    for (const auto& [signature, table] : m_theirs)
        EXPECT_TRUE(m_ours.contains(signature)) << signature;
}

TEST_F(ReferenceTables, FadtDescribesTheSameHardware)
{
    const Bytes& theirs = m_theirs.at("FACP");
    const Bytes& ours = m_ours.at("FACP");
    ASSERT_EQ(theirs.size(), ours.size());
    EXPECT_EQ(numberAt(theirs, 8, 1), numberAt(ours, 8, 1)); // revision
    // From SCI_INT to the end, except for addresses of other tables and the flags (below). Before it stands
    // PREFERRED_PM_PROFILE: "desktop" here, "unspecified" there.
    for (std::size_t at = 46; at < theirs.size(); ++at) {
        const bool isFlags = at >= 112 && at < 116;
        const bool isAddress = at >= 132 && at < 148;
        if (!isFlags && !isAddress) {
            EXPECT_EQ(numberAt(theirs, at, 1), numberAt(ours, at, 1)) << "offset " << at;
        }
    }
    constexpr std::uint64_t RtcWakesFromS4 = 1U << 7; // we have no S4
    EXPECT_EQ(numberAt(theirs, 112, 4) & ~RtcWakesFromS4, numberAt(ours, 112, 4));
}

TEST_F(ReferenceTables, MadtListsTheSameInterruptHardware)
{
    const auto theirs = madtEntries(m_theirs.at("APIC"));
    const auto ours = madtEntries(m_ours.at("APIC"));
    EXPECT_EQ(numberAt(m_theirs.at("APIC"), 36, 8), numberAt(m_ours.at("APIC"), 36, 8));
    for (const Bytes& entry : ours)
        EXPECT_TRUE(theirs.contains(entry)) << "type " << numberAt(entry, 0, 1);
    // The reference also describes IRQ 5, 10 and 11 as level-triggered; no device of ours is on them
    // while the APIC is in use.
    EXPECT_EQ(theirs.size(), ours.size() + 3);
}

TEST_F(ReferenceTables, McfgAndWaetAreTheSame)
{
    for (const char* signature : {"MCFG", "WAET"}) {
        const Bytes& theirs = m_theirs.at(signature);
        const Bytes& ours = m_ours.at(signature);
        ASSERT_EQ(theirs.size(), ours.size());
        EXPECT_TRUE(std::equal(theirs.begin() + 36, theirs.end(), ours.begin() + 36)) << signature;
    }
}

TEST_F(ReferenceTables, PciInterruptsAreRoutedTheSameWay)
{
    auto theirs = routing(m_theirs.at("DSDT"), "PRTP");
    auto ours = routing(m_ours.at("DSDT"), "PRTP");
    ASSERT_EQ(theirs.size(), 128U);
    ASSERT_EQ(ours.size(), 128U);
    // Device 30 is the legacy PCI bridge, which this machine does not have.
    const auto isBridge = [](const auto& route) { return std::get<0>(route) == 30; };
    std::erase_if(theirs, isBridge);
    std::erase_if(ours, isBridge);
    EXPECT_EQ(theirs, ours);
}

TEST_F(ReferenceTables, DsdtHasTheSameDevices)
{
    for (const std::string_view id : {std::string_view("\x0c\x41\xd0\x0a\x08"),    // PNP0A08
                                      std::string_view("\x0c\x41\xd0\x0c\x0f"),    // PNP0C0F
                                      std::string_view("\x0c\x41\xd0\x0b\x00", 5), // PNP0B00
                                      std::string_view("\x0c\x41\xd0\x03\x03"),    // PNP0303
                                      std::string_view("\x0c\x41\xd0\x0f\x13"),    // PNP0F13
                                      std::string_view("QEMU0002"), std::string_view("_OSC"),
                                      std::string_view("_S5_"), std::string_view("_PIC")}) {
        for (const Tables* tables : {&m_theirs, &m_ours}) {
            const Bytes& dsdt = tables->at("DSDT");
            const std::string_view text(reinterpret_cast<const char*>(dsdt.data()), dsdt.size());
            EXPECT_NE(text.find(id), std::string_view::npos)
                << id << (tables == &m_ours ? " ours" : " theirs");
        }
    }
}

} // namespace engine::firmware
