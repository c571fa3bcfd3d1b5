// SPDX-License-Identifier: GPL-3.0-or-later
#include "firmware/acpi_table.h"

#include "firmware/dsdt.h"

#include <array>
#include <string_view>

namespace engine::firmware {

namespace {

constexpr std::size_t LengthOffset = 4;
constexpr std::uint32_t LocalApicAddress = 0xfee0'0000;
constexpr std::uint32_t IoApicAddress = 0xfec0'0000;
constexpr std::uint16_t SmiCommandPort = 0xb2; // APM_CNT

/// A table that begins with the common header (ACPI 6.5, table 5.4); finish() fills in its length.
class TableWriter {
public:
    TableWriter(std::string_view signature, std::uint8_t revision) : m_table{std::string(signature), {}, {}}
    {
        m_out.text(signature, 4).u32(0).u8(revision).u8(0);
        m_out.text("GUESTH", 6).text("GUESTHSE", 8).u32(1).text("GSTH", 4).u32(1);
    }
    ByteWriter& out() { return m_out; }
    /// A pointer at the present end.
    void pointer(std::uint8_t width, std::string_view target)
    {
        m_table.pointers.push_back({static_cast<std::uint32_t>(m_out.size()), width, std::string(target)});
        m_out.zeros(width);
    }
    [[nodiscard]] AcpiTable finish()
    {
        m_out.patch(LengthOffset, m_out.size(), 4);
        m_table.content = m_out.take();
        return std::move(m_table);
    }

private:
    AcpiTable m_table;
    ByteWriter m_out;
};

/// Firmware ACPI Control Structure (ACPI 6.5, 5.2.10): no header, no checksum.
AcpiTable facs()
{
    constexpr std::uint32_t FacsBytes = 64;
    ByteWriter out;
    out.text("FACS", 4).u32(FacsBytes).zeros(24).u8(1).zeros(FacsBytes - 33); // version 1
    return {"FACS", out.take(), {}};
}

AcpiTable dsdt(const AcpiConfig& config)
{
    constexpr std::uint8_t Integers64Bit = 2; // revision: arithmetic is 64 bits wide
    TableWriter table("DSDT", Integers64Bit);
    table.out().bytes(buildDsdtCode(config));
    return table.finish();
}

/// Generic Address Structure of a register in I/O space (ACPI 6.5, 5.2.3.2).
void ioRegister(ByteWriter& out, std::uint16_t port, std::uint8_t bytes)
{
    constexpr std::uint8_t SystemIo = 1;
    out.u8(port != 0 ? SystemIo : 0).u8(static_cast<std::uint8_t>(bytes * 8)).u8(0).u8(0).u64(port);
}

std::uint32_t fadtFlags(const AcpiConfig& config)
{
    constexpr std::uint32_t Wbinvd = 1U << 0, ProcessorC1 = 1U << 2;
    constexpr std::uint32_t NoSleepButton = 1U << 5; // SLP_BUTTON: no fixed-feature button
    constexpr std::uint32_t ResetRegister = 1U << 10, UsePlatformClock = 1U << 15;
    constexpr std::uint32_t ClusterModel = 1U << 18; // FORCE_APIC_CLUSTER_MODEL
    constexpr std::size_t FlatModeCpus = 8;          // as many as flat logical mode can address
    return Wbinvd | ProcessorC1 | NoSleepButton | ResetRegister | UsePlatformClock
           | (config.apicIds.size() > FlatModeCpus ? ClusterModel : 0);
}

// Offsets and sizes of the power management block (ICH9 datasheet, 13.8.3).
constexpr std::uint8_t Pm1EventBytes = 4, Pm1ControlBytes = 2, PmTimerBytes = 4, Gpe0Bytes = 16;
constexpr std::uint16_t Pm1ControlOffset = 4, PmTimerOffset = 8, Gpe0Offset = 0x20;

/// Fixed ACPI Description Table (ACPI 6.5, table 5.9), in the form of ACPI 3.0 that all systems know.
AcpiTable fadt(const AcpiConfig& config)
{
    constexpr std::uint8_t DesktopProfile = 1;
    constexpr std::uint16_t NoC2 = 0xfff, NoC3 = 0xfff; // latencies that mean "absent"
    constexpr std::uint16_t LegacyDevices = 1U << 0, KeyboardController = 1U << 1; // IAPC_BOOT_ARCH
    constexpr std::uint8_t CenturyIndex = 0x32;
    constexpr std::uint16_t ResetPort = 0xcf9;
    constexpr std::uint8_t FullReset = 0x0f;
    const std::uint16_t base = config.powerManagementBase;
    const auto at = [base](std::uint16_t offset) { return static_cast<std::uint16_t>(base + offset); };

    TableWriter table("FACP", 3);
    table.pointer(4, "FACS");
    table.pointer(4, "DSDT");
    ByteWriter& out = table.out();
    out.u8(0).u8(DesktopProfile).u16(config.sciIrq).u32(SmiCommandPort);
    out.u8(config.acpiEnableCommand).u8(config.acpiDisableCommand).u8(0).u8(0);
    out.u32(base)
        .u32(0)
        .u32(at(Pm1ControlOffset))
        .u32(0)
        .u32(0)
        .u32(at(PmTimerOffset))
        .u32(at(Gpe0Offset))
        .u32(0);
    out.u8(Pm1EventBytes).u8(Pm1ControlBytes).u8(0).u8(PmTimerBytes).u8(Gpe0Bytes).u8(0).u8(0).u8(0);
    out.u16(NoC2).u16(NoC3).zeros(8).u8(CenturyIndex);
    out.u16(static_cast<std::uint16_t>((config.serialPorts.empty() ? 0 : LegacyDevices)
                                       | (config.hasPs2 ? KeyboardController : 0)))
        .u8(0);
    out.u32(fadtFlags(config));
    ioRegister(out, ResetPort, 1);
    out.u8(FullReset).zeros(3);
    out.u64(0); // X_FIRMWARE_CTRL: only where the 32-bit field is not used
    table.pointer(8, "DSDT");
    ioRegister(out, base, Pm1EventBytes);
    ioRegister(out, 0, 0);
    ioRegister(out, at(Pm1ControlOffset), Pm1ControlBytes);
    ioRegister(out, 0, 0);
    ioRegister(out, 0, 0);
    ioRegister(out, at(PmTimerOffset), PmTimerBytes);
    ioRegister(out, at(Gpe0Offset), Gpe0Bytes);
    ioRegister(out, 0, 0);
    return table.finish();
}

/// One CPU: the short form where its numbers fit into bytes (ACPI 6.5, 5.2.12.2 and 5.2.12.12).
void processorEntry(ByteWriter& out, std::uint32_t uid, std::uint32_t apicId)
{
    constexpr std::uint32_t Enabled = 1;
    if (uid < 255 && apicId < 255)
        out.u8(0).u8(8).u8(static_cast<std::uint8_t>(uid)).u8(static_cast<std::uint8_t>(apicId)).u32(Enabled);
    else
        out.u8(9).u8(16).u16(0).u32(apicId).u32(Enabled).u32(uid);
}

void interruptOverride(ByteWriter& out, std::uint8_t irq, std::uint32_t gsi, std::uint16_t flags)
{
    out.u8(2).u8(10).u8(0).u8(irq).u32(gsi).u16(flags);
}

/// Multiple APIC Description Table (ACPI 6.5, 5.2.12).
AcpiTable madt(const AcpiConfig& config)
{
    constexpr std::uint32_t HasPic = 1; // PCAT_COMPAT
    constexpr std::uint16_t LevelActiveHigh = 0x000d;
    constexpr std::uint8_t NmiPin = 1; // LINT1
    TableWriter table("APIC", 3);
    ByteWriter& out = table.out();
    out.u32(LocalApicAddress).u32(HasPic);
    bool hasWideEntries = false;
    for (std::uint32_t uid = 0; uid < config.apicIds.size(); ++uid) {
        processorEntry(out, uid, config.apicIds[uid]);
        hasWideEntries |= uid >= 255 || config.apicIds[uid] >= 255;
    }
    out.u8(1).u8(12).u8(0).u8(0).u32(IoApicAddress).u32(0); // IOAPIC 0 from GSI 0
    interruptOverride(out, 0, 2, 0);                        // the PIT is wired to input 2
    interruptOverride(out, config.sciIrq, config.sciIrq, LevelActiveHigh);
    out.u8(4).u8(6).u8(0xff).u16(0).u8(NmiPin); // all processors
    if (hasWideEntries)
        out.u8(0x0a).u8(12).u16(0).u32(0xffff'ffff).u8(NmiPin).zeros(3);
    return table.finish();
}

/// Where PCI Express configuration space is (PCI Firmware 3.3, 4.1.2).
AcpiTable mcfg(const AcpiConfig& config)
{
    TableWriter table("MCFG", 1);
    const auto lastBus = static_cast<std::uint8_t>((config.ecamBytes >> 20) - 1);
    table.out().zeros(8).u64(config.ecamBase).u16(0).u8(0).u8(lastBus).u32(0);
    return table.finish();
}

/// Windows ACPI Emulated devices Table (Microsoft, 2009): the PM timer needs to be read only once.
AcpiTable waet()
{
    constexpr std::uint32_t PmTimerGood = 1U << 1;
    TableWriter table("WAET", 1);
    table.out().u32(PmTimerGood);
    return table.finish();
}

/// TCG ACPI Specification 1.2, table 7: a TPM 2.0 behind the TIS interface.
AcpiTable tpm2()
{
    constexpr std::uint16_t ClientPlatform = 0;
    constexpr std::uint32_t MemoryMappedTis = 6;
    TableWriter table("TPM2", 3);
    table.out().u16(ClientPlatform).u16(0).u64(0).u32(MemoryMappedTis);
    return table.finish();
}

AcpiTable rootTable(std::string_view signature, std::uint8_t width, const std::vector<AcpiTable>& tables)
{
    TableWriter table(signature, 1);
    for (const AcpiTable& target : tables) {
        if (target.signature != "FACS" && target.signature != "DSDT") // reached through the FADT
            table.pointer(width, target.signature);
    }
    return table.finish();
}

} // namespace

std::vector<AcpiTable> buildAcpiTables(const AcpiConfig& config)
{
    std::vector<AcpiTable> tables{facs(), dsdt(config), fadt(config), madt(config), waet()};
    if (config.ecamBase != 0)
        tables.push_back(mcfg(config));
    if (config.hasTpm)
        tables.push_back(tpm2());
    AcpiTable rsdt = rootTable("RSDT", 4, tables);
    AcpiTable xsdt = rootTable("XSDT", 8, tables);
    tables.push_back(std::move(rsdt));
    tables.push_back(std::move(xsdt));
    return tables;
}

} // namespace engine::firmware
