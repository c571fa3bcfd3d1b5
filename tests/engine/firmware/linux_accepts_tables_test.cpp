// SPDX-License-Identifier: GPL-3.0-or-later
// A real firmware hands our tables to a real kernel inside the reference emulator (no KVM needed): the
// kernel's own ACPI interpreter is the judge.
#include "firmware/acpi_files.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace engine::firmware {

namespace {

namespace fs = std::filesystem;

class LinuxUnderSeaBios : public ::testing::Test {
protected:
    void SetUp() override
    {
        m_kernel = fs::path(GUESTHOUSE_SOURCE_DIR) / "../shared/guests/linux-native";
        if (!fs::exists(m_kernel / "vmlinux"))
            GTEST_SKIP() << "the test kernel is not here: " << m_kernel;
        if (std::system("qemu-system-x86_64 --version >/dev/null 2>&1") != 0)
            GTEST_SKIP() << "qemu-system-x86_64 is not installed (package qemu-system-x86)";
        std::string pattern = (fs::temp_directory_path() / "guesthouse-tables-XXXXXX").string();
        m_folder = ::mkdtemp(pattern.data());
    }
    void TearDown() override
    {
        if (!m_folder.empty())
            fs::remove_all(m_folder);
    }
    std::string fwCfgOption(const std::string& name, const Bytes& content) const
    {
        const fs::path file = m_folder / name;
        fs::create_directories(file.parent_path());
        std::ofstream(file, std::ios::binary)
            .write(reinterpret_cast<const char*>(content.data()),
                   static_cast<std::streamsize>(content.size()));
        return " -fw_cfg name=" + name + ",file=" + file.string();
    }
    /// What the kernel says from start to restart.
    std::string boot(const AcpiFiles& files, const std::string& parameters) const
    {
        const std::string command =
            "timeout 250 qemu-system-x86_64 -M q35,acpi=off,hpet=off -accel tcg -m 256 -smp 2 -nodefaults"
            " -vga std -display none -serial stdio -no-reboot -kernel "
            + (m_kernel / "vmlinux").string() + " -initrd " + (m_kernel / "initrd.gz").string()
            + " -append 'console=ttyS0 panic=-1 nopvm " + parameters + "'"
            + fwCfgOption("etc/acpi/tables", files.tables) + fwCfgOption("etc/acpi/rsdp", files.rsdp)
            + fwCfgOption("etc/table-loader", files.loader) + " 2>&1 </dev/null";
        std::string output;
        std::FILE* pipe = ::popen(command.c_str(), "re");
        std::array<char, 4096> buffer{};
        while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe))
            output.append(buffer.data(), count);
        ::pclose(pipe);
        return output;
    }

    fs::path m_kernel; // NOLINT(*-non-private-member-variables-in-classes)
    fs::path m_folder; // NOLINT(*-non-private-member-variables-in-classes)
};

AcpiConfig twoCpus()
{
    AcpiConfig config;
    config.apicIds = {0, 1};
    return config;
}

void expectAccepted(const std::string& output)
{
    for (const char* good :
         {"ACPI: 1 ACPI AML tables successfully acquired and loaded", "ACPI: Interpreter enabled",
          "ACPI: PM: (supports S0 S5)", "ACPI: PCI Root Bridge [PCI0] (domain 0000 [bus 00-ff])",
          "ACPI: PCI: Interrupt link LNKH configured for IRQ 11", "ACPI: PM-Timer IO Port: 0x608",
          "PCI: MMCONFIG for domain 0000 [bus 00-ff] at [mem 0xb0000000-0xbfffffff]",
          "ACPI: button: Power Button [PWRF]", "HELLO-FROM-GUEST"})
        EXPECT_NE(output.find(good), std::string::npos) << good << "\n" << output;
    for (const char* bad :
         {"ACPI Error", "ACPI BIOS Error", "ACPI Warning", "ACPI BIOS Warning", "ACPI Exception",
          "Firmware Bug", "Invalid checksum", "can't derive routing", "unable to assign"})
        EXPECT_EQ(output.find(bad), std::string::npos) << bad << "\n" << output;
}

} // namespace

TEST_F(LinuxUnderSeaBios, TakesTheTablesWithoutComplaintAndUsesTheIoApic)
{
    const std::string output = boot(buildAcpiFiles(twoCpus()).value(), "");
    expectAccepted(output);
    EXPECT_NE(output.find("ACPI: Using IOAPIC for interrupt routing"), std::string::npos) << output;
    EXPECT_NE(output.find("ACPI: XSDT"), std::string::npos) << output;
}

TEST_F(LinuxUnderSeaBios, RoutesInterruptsThroughThePicFromTheShortRsdp)
{
    AcpiConfig config = twoCpus();
    config.rsdpRevision = 0;
    const std::string output = boot(buildAcpiFiles(config).value(), "noapic");
    expectAccepted(output);
    EXPECT_NE(output.find("ACPI: Using PIC for interrupt routing"), std::string::npos) << output;
    EXPECT_EQ(output.find("ACPI: XSDT"), std::string::npos) << output;
}

} // namespace engine::firmware
