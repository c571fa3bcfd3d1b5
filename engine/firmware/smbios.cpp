// SPDX-License-Identifier: GPL-3.0-or-later
// Offsets and values: DMTF DSP0134 3.0.0, chapters 5 to 7.
#include "firmware/smbios.h"

#include "firmware/acpi_files.h"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <vector>

namespace engine::firmware {

namespace {

constexpr std::uint64_t KiB = 1ULL << 10;
constexpr std::uint64_t MiB = 1ULL << 20;
constexpr std::uint64_t GiB = 1ULL << 30;
constexpr std::uint16_t NoHandle = 0xffff;
constexpr std::uint16_t NoErrorInformation = 0xfffe;
constexpr std::uint16_t MemoryArrayHandle = 0x1000;

/// One structure after the other, each with its strings behind it.
class StructureTable {
public:
    void begin(std::uint8_t type, std::uint16_t handle)
    {
        m_start = m_out.size();
        m_strings.clear();
        m_out.u8(type).u8(0).u16(handle); // the length follows in end()
    }
    ByteWriter& out() { return m_out; }
    /// A reference to a text: its number among this structure's strings, 0 for an empty one.
    StructureTable& text(std::string_view value)
    {
        constexpr std::size_t MaxBytes = 64; // readers of old tables expect no more
        const std::string_view kept = value.substr(0, std::min(value.find('\0'), MaxBytes));
        if (!kept.empty())
            m_strings.emplace_back(kept);
        m_out.u8(kept.empty() ? 0 : static_cast<std::uint8_t>(m_strings.size()));
        return *this;
    }
    void end()
    {
        m_out.patch(m_start + 1, m_out.size() - m_start, 1);
        for (const std::string& string : m_strings)
            m_out.text(string, string.size() + 1);
        m_out.zeros(m_strings.empty() ? 2 : 1);
        m_largest = std::max(m_largest, m_out.size() - m_start);
        ++m_count;
    }
    [[nodiscard]] std::uint16_t count() const { return m_count; }
    [[nodiscard]] std::size_t largest() const { return m_largest; }
    [[nodiscard]] Bytes take() { return m_out.take(); }

private:
    ByteWriter m_out;
    std::size_t m_start = 0;
    std::size_t m_largest = 0;
    std::uint16_t m_count = 0;
    std::vector<std::string> m_strings;
};

/// Type 0 (7.1).
void biosInformation(StructureTable& table, const SmbiosConfig& config)
{
    constexpr std::uint64_t CharacteristicsNotSupported = 1U << 3;
    constexpr std::uint8_t TargetedContent = 1U << 2, Uefi = 1U << 3, VirtualMachine = 1U << 4;
    table.begin(0, 0);
    table.text(config.manufacturer).text(config.version);
    table.out().u16(0xe800); // segment of the runtime code
    table.text("01/01/2026");
    table.out().u8(0).u64(CharacteristicsNotSupported).u8(0);
    table.out().u8(static_cast<std::uint8_t>(TargetedContent | VirtualMachine | (config.isUefi ? Uefi : 0)));
    table.out().u8(1).u8(0).u8(0xff).u8(0xff); // release 1.0, no embedded controller
    table.end();
}

/// Type 1 (7.2); the UUID's first three fields are little-endian (7.2.1).
void systemInformation(StructureTable& table, const SmbiosConfig& config)
{
    constexpr std::array<std::size_t, 16> ByteOrder{3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
    constexpr std::uint8_t WokenByPowerSwitch = 6;
    table.begin(1, 0x100);
    table.text(config.manufacturer).text(config.product).text(config.version).text(config.serial);
    for (const std::size_t i : ByteOrder)
        table.out().u8(config.uuid.at(i));
    table.out().u8(WokenByPowerSwitch);
    table.text("").text("Virtual Machine");
    table.end();
}

/// Type 3 (7.4).
void chassis(StructureTable& table, const SmbiosConfig& config)
{
    constexpr std::uint8_t Other = 1, Safe = 3, SecurityUnknown = 2;
    table.begin(3, 0x300);
    table.text(config.manufacturer);
    table.out().u8(Other);
    table.text(config.version).text(config.serial).text("");
    table.out().u8(Safe).u8(Safe).u8(Safe).u8(SecurityUnknown).u32(0).u8(0).u8(0).u8(0).u8(0);
    table.text("");
    table.end();
}

/// Type 4 (7.5): one socket.
void processor(StructureTable& table, const SmbiosConfig& config)
{
    constexpr std::uint8_t CentralProcessor = 3, OtherFamily = 1, PopulatedAndEnabled = 0x41,
                           OtherUpgrade = 1;
    constexpr std::uint16_t Is64Bit = 1U << 2;
    const auto shortCount = static_cast<std::uint8_t>(std::min<std::uint32_t>(config.cpuCount, 255));
    const auto wideCount = static_cast<std::uint16_t>(std::min<std::uint32_t>(config.cpuCount, 0xfffe));
    table.begin(4, 0x400);
    table.text("CPU 0");
    table.out().u8(CentralProcessor).u8(OtherFamily);
    table.text(config.manufacturer);
    table.out().u32(config.processorSignature).u32(config.processorFeatures);
    table.text(config.processorName);
    table.out().u8(0).u16(0).u16(0).u16(0).u8(PopulatedAndEnabled).u8(OtherUpgrade); // speeds unknown
    table.out().u16(NoHandle).u16(NoHandle).u16(NoHandle);                           // caches
    table.text("").text("").text("");
    table.out().u8(shortCount).u8(shortCount).u8(shortCount).u16(Is64Bit).u16(OtherFamily);
    table.out().u16(wideCount).u16(wideCount).u16(wideCount);
    table.end();
}

/// Type 16 (7.17): the board's memory slots.
void memoryArray(StructureTable& table, std::uint64_t totalBytes, std::uint16_t devices)
{
    constexpr std::uint8_t SystemBoard = 3, SystemMemory = 3, NoErrorCorrection = 3;
    constexpr std::uint32_t UseExtended = 0x8000'0000;
    const bool isLarge = totalBytes / KiB >= UseExtended;
    table.begin(16, MemoryArrayHandle);
    table.out().u8(SystemBoard).u8(SystemMemory).u8(NoErrorCorrection);
    table.out().u32(isLarge ? UseExtended : static_cast<std::uint32_t>(totalBytes / KiB));
    table.out().u16(NoErrorInformation).u16(devices).u64(isLarge ? totalBytes : 0);
    table.end();
}

/// Type 17 (7.18): one module.
void memoryDevice(StructureTable& table, const SmbiosConfig& config, std::uint16_t index, std::uint64_t bytes)
{
    constexpr std::uint16_t UnknownWidth = 0xffff, UseExtendedSize = 0x7fff, OtherDetail = 1U << 1;
    constexpr std::uint8_t Dimm = 9, Ram = 7;
    const std::uint64_t megabytes = bytes / MiB;
    const bool isLarge = megabytes >= UseExtendedSize;
    table.begin(17, static_cast<std::uint16_t>(0x1100 + index));
    table.out().u16(MemoryArrayHandle).u16(NoErrorInformation).u16(UnknownWidth).u16(UnknownWidth);
    table.out().u16(isLarge ? UseExtendedSize : static_cast<std::uint16_t>(megabytes)).u8(Dimm).u8(0);
    table.text("DIMM " + std::to_string(index)).text("");
    table.out().u8(Ram).u16(OtherDetail).u16(0);
    table.text(config.manufacturer).text("").text("").text("");
    table.out().u8(0).u32(isLarge ? static_cast<std::uint32_t>(megabytes) : 0).u16(0).u16(0).u16(0).u16(0);
    table.end();
}

/// Type 19 (7.20): where the array appears in the address space.
void mappedRange(StructureTable& table, std::uint16_t index, std::uint64_t base, std::uint64_t bytes)
{
    constexpr std::uint32_t UseExtended = 0xffff'ffff;
    const std::uint64_t last = base + bytes - 1;
    const bool isHigh = last / KiB >= UseExtended;
    table.begin(19, static_cast<std::uint16_t>(0x1300 + index));
    table.out().u32(isHigh ? UseExtended : static_cast<std::uint32_t>(base / KiB));
    table.out().u32(isHigh ? UseExtended : static_cast<std::uint32_t>(last / KiB));
    table.out().u16(MemoryArrayHandle).u8(1).u64(isHigh ? base : 0).u64(isHigh ? last : 0);
    table.end();
}

void memoryStructures(StructureTable& table, const SmbiosConfig& config)
{
    constexpr std::uint64_t MaxDevices = 32;
    const std::uint64_t total = config.memory.lowRamBytes + config.memory.highRamBytes;
    std::uint64_t moduleBytes = 16 * GiB;
    while (total / moduleBytes >= MaxDevices)
        moduleBytes *= 2;
    const std::uint64_t devices = std::max<std::uint64_t>(1, (total + moduleBytes - 1) / moduleBytes);
    memoryArray(table, total, static_cast<std::uint16_t>(devices));
    for (std::uint64_t i = 0; i < devices; ++i)
        memoryDevice(table, config, static_cast<std::uint16_t>(i),
                     std::min(moduleBytes, total - i * moduleBytes));
    mappedRange(table, 0, 0, config.memory.lowRamBytes);
    if (config.memory.highRamBytes != 0)
        mappedRange(table, 1, MemoryLayout::HighRamBase, config.memory.highRamBytes);
}

StructureTable buildTable(const SmbiosConfig& config)
{
    StructureTable table;
    biosInformation(table, config);
    systemInformation(table, config);
    chassis(table, config);
    processor(table, config);
    memoryStructures(table, config);
    table.begin(32, 0x2000); // system boot information (7.33): no errors
    table.out().zeros(6).u8(0);
    table.end();
    table.begin(127, 0x7f00); // end of table (7.45)
    table.end();
    return table;
}

void completeChecksum(ByteWriter& out, std::size_t at, std::size_t start, std::size_t length)
{
    const auto data = out.data().subspan(start, length);
    const auto sum = std::accumulate(data.begin(), data.end(), 0U, [](unsigned total, std::byte byte) {
        return total + std::to_integer<unsigned>(byte);
    });
    out.patch(at, 0U - sum, 1);
}

/// Entry point of 2.1 and later (5.2.1).
Bytes anchor28(const StructureTable& table, std::size_t tableBytes, std::uint32_t address)
{
    constexpr std::size_t AnchorBytes = 31, Intermediate = 16;
    ByteWriter out;
    out.text("_SM_", 4).u8(0).u8(AnchorBytes).u8(2).u8(8).u16(static_cast<std::uint16_t>(table.largest()));
    out.u8(0).zeros(5).text("_DMI_", 5).u8(0).u16(static_cast<std::uint16_t>(tableBytes)).u32(address);
    out.u16(table.count()).u8(0x28);
    completeChecksum(out, Intermediate + 5, Intermediate, AnchorBytes - Intermediate);
    completeChecksum(out, 4, 0, AnchorBytes);
    return out.take();
}

/// 64-bit entry point (5.2.2).
Bytes anchor30(std::size_t tableBytes, std::uint32_t address)
{
    constexpr std::size_t AnchorBytes = 24;
    ByteWriter out;
    out.text("_SM3_", 5).u8(0).u8(AnchorBytes).u8(3).u8(0).u8(0).u8(1).u8(0);
    out.u32(static_cast<std::uint32_t>(tableBytes)).u64(address);
    completeChecksum(out, 5, 0, AnchorBytes);
    return out.take();
}

} // namespace

SmbiosFiles buildSmbiosFiles(const SmbiosConfig& config, SmbiosVersion version, std::uint32_t tablesAddress)
{
    StructureTable table = buildTable(config);
    SmbiosFiles files;
    files.tables = table.take();
    files.anchor = version == SmbiosVersion::Smbios28 ? anchor28(table, files.tables.size(), tablesAddress)
                                                      : anchor30(files.tables.size(), tablesAddress);
    return files;
}

Result<> placeSmbios(const GuestMemory& memory, const SmbiosConfig& config)
{
    constexpr std::uint64_t SecondAnchorOffset = 0x20; // anchors are searched at multiples of 16
    VM_TRY(checkDirectBoot(config.memory));
    const std::uint64_t tablesAt = config.memory.tableAreaBase() + AcpiFiles::TablesBytes;
    const auto address = static_cast<std::uint32_t>(tablesAt); // low RAM ends below 4 GiB
    const SmbiosFiles files = buildSmbiosFiles(config, SmbiosVersion::Smbios28, address);
    const SmbiosFiles files30 = buildSmbiosFiles(config, SmbiosVersion::Smbios30, address);
    VM_TRY(memory.write(GuestAddress(tablesAt), files.tables));
    VM_TRY(memory.write(GuestAddress(MemoryLayout::SmbiosAnchorAddress), files.anchor));
    return memory.write(GuestAddress(MemoryLayout::SmbiosAnchorAddress + SecondAnchorOffset), files30.anchor);
}

} // namespace engine::firmware
