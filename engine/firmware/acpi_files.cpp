// SPDX-License-Identifier: GPL-3.0-or-later
#include "firmware/acpi_files.h"

#include "firmware/acpi_table.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

namespace engine::firmware {

namespace {

constexpr std::string_view TablesFile = "etc/acpi/tables";
constexpr std::string_view RsdpFile = "etc/acpi/rsdp";
constexpr std::size_t MaxCpus = 1024;
constexpr std::uint32_t TableAlignment = 64; // what the FACS asks for

/// A number in one file that becomes an address in the tables file.
struct Pointer {
    bool inRsdp = false;
    std::uint32_t offset = 0;
    std::uint8_t width = 0;
};
/// A byte that makes [start, start + length) add up to zero.
struct Checksum {
    bool inRsdp = false;
    std::uint32_t offset = 0;
    std::uint32_t start = 0;
    std::uint32_t length = 0;
};

/// All tables one behind the other, with pointers that hold offsets into `tables` so far.
struct TableSet {
    ByteWriter tables;
    ByteWriter rsdp;
    std::vector<Pointer> pointers;
    std::vector<Checksum> checksums; ///< in the order in which they are to be computed
};

/// Root System Description Pointer (ACPI 6.5, 5.2.5.3).
void writeRsdp(TableSet& set, std::uint8_t revision, const std::map<std::string, std::uint32_t>& offsets)
{
    constexpr std::uint32_t ShortBytes = 20, ChecksumAt = 8, RsdtAt = 16, XsdtAt = 24, LongChecksumAt = 32;
    set.rsdp.text("RSD PTR ", 8).u8(0).text("GUESTH", 6).u8(revision).u32(offsets.at("RSDT"));
    set.pointers.push_back({true, RsdtAt, 4});
    if (revision >= 2) {
        set.rsdp.u32(AcpiFiles::RsdpBytes).u64(offsets.at("XSDT")).u8(0).zeros(3);
        set.pointers.push_back({true, XsdtAt, 8});
    }
    set.checksums.push_back({true, ChecksumAt, 0, ShortBytes});
    if (revision >= 2)
        set.checksums.push_back({true, LongChecksumAt, 0, AcpiFiles::RsdpBytes});
}

TableSet layOut(const AcpiConfig& config)
{
    TableSet set;
    const std::vector<AcpiTable> tables = buildAcpiTables(config);
    std::map<std::string, std::uint32_t> offsets;
    for (const AcpiTable& table : tables) {
        set.tables.align(TableAlignment);
        offsets[table.signature] = static_cast<std::uint32_t>(set.tables.size());
        set.tables.bytes(table.content);
    }
    for (const AcpiTable& table : tables) {
        const std::uint32_t base = offsets.at(table.signature);
        for (const AcpiTable::Pointer& pointer : table.pointers) {
            set.tables.patch(base + pointer.offset, offsets.at(pointer.target), pointer.width);
            set.pointers.push_back({false, base + pointer.offset, pointer.width});
        }
        if (table.hasChecksum())
            set.checksums.push_back({false, base + AcpiTable::ChecksumOffset, base,
                                     static_cast<std::uint32_t>(table.content.size())});
    }
    writeRsdp(set, config.rsdpRevision, offsets);
    return set;
}

Result<> checkWindow(const std::optional<AddressWindow>& window, std::uint64_t lowest, std::uint64_t highest)
{
    if (!window || (window->first <= window->last && window->first >= lowest && window->last <= highest))
        return {};
    return fail(ErrorCode::InvalidArgument,
                "A PCI memory window lies outside of its half of the address space");
}

Result<> checkConfig(const AcpiConfig& config)
{
    constexpr std::uint64_t MiB = 1ULL << 20;
    constexpr std::uint64_t FourGiB = 1ULL << 32;
    constexpr std::uint64_t LastAddress = (1ULL << 52) - 1; // no processor has more
    constexpr std::size_t MaxSerialPorts = 4;
    if (config.apicIds.empty() || config.apicIds.size() > MaxCpus)
        return fail(ErrorCode::InvalidArgument, "ACPI tables can describe 1 to 1024 processors");
    VM_TRY(checkWindow(config.pciWindow32, MiB, FourGiB - 1));
    VM_TRY(checkWindow(config.pciWindow64, FourGiB, LastAddress));
    const bool ecamFits = config.ecamBytes % MiB == 0 && config.ecamBytes >= MiB
                          && config.ecamBytes <= 256 * MiB && config.ecamBase % MiB == 0
                          && config.ecamBase <= FourGiB - config.ecamBytes;
    if (config.ecamBase != 0 && !ecamFits)
        return fail(ErrorCode::InvalidArgument, "PCI configuration space is not 1 to 256 MiB below 4 GiB");
    if (config.serialPorts.size() > MaxSerialPorts
        || std::ranges::any_of(config.serialPorts, [](const AcpiSerialPort& port) { return port.irq > 15; }))
        return fail(ErrorCode::InvalidArgument,
                    "There can be at most four serial ports, on interrupts 0 to 15");
    return {};
}

/// Entries of 128 bytes; file names have 56.
class LoaderScript {
public:
    enum class Zone : std::uint8_t { High = 1, FSegment = 2 };

    void allocate(std::string_view file, std::uint32_t alignment, Zone zone)
    {
        m_out.u32(1)
            .text(file, NameBytes)
            .u32(alignment)
            .u8(static_cast<std::uint8_t>(zone))
            .align(EntryBytes);
    }
    void addPointer(std::string_view file, std::string_view target, std::uint32_t offset, std::uint8_t width)
    {
        m_out.u32(2).text(file, NameBytes).text(target, NameBytes).u32(offset).u8(width).align(EntryBytes);
    }
    void addChecksum(std::string_view file, const Checksum& sum)
    {
        m_out.u32(3).text(file, NameBytes).u32(sum.offset).u32(sum.start).u32(sum.length).align(EntryBytes);
    }
    [[nodiscard]] Bytes take() { return m_out.take(); }

private:
    static constexpr std::size_t EntryBytes = 128;
    static constexpr std::size_t NameBytes = 56;
    ByteWriter m_out;
};

Bytes loaderFor(const TableSet& set)
{
    const auto fileOf = [](bool inRsdp) { return inRsdp ? RsdpFile : TablesFile; };
    LoaderScript script;
    script.allocate(RsdpFile, 16, LoaderScript::Zone::FSegment);
    script.allocate(TablesFile, TableAlignment, LoaderScript::Zone::High);
    for (const Pointer& pointer : set.pointers)
        script.addPointer(fileOf(pointer.inRsdp), TablesFile, pointer.offset, pointer.width);
    for (const Checksum& sum : set.checksums)
        script.addChecksum(fileOf(sum.inRsdp), sum);
    return script.take();
}

std::uint64_t readNumber(std::span<const std::byte> data, std::uint32_t offset, unsigned width)
{
    std::uint64_t value = 0;
    for (unsigned i = 0; i < width; ++i)
        value |= std::to_integer<std::uint64_t>(data[offset + i]) << (8 * i);
    return value;
}

std::uint8_t completingByte(std::span<const std::byte> data)
{
    const auto sum = std::accumulate(data.begin(), data.end(), 0U, [](unsigned total, std::byte byte) {
        return total + std::to_integer<unsigned>(byte);
    });
    return static_cast<std::uint8_t>(0U - sum);
}

} // namespace

Result<AcpiFiles> buildAcpiFiles(const AcpiConfig& config)
{
    VM_TRY(checkConfig(config));
    TableSet set = layOut(config);
    AcpiFiles files;
    files.loader = loaderFor(set);
    files.tables = set.tables.take();
    files.rsdp = set.rsdp.take();
    if (files.tables.size() > AcpiFiles::TablesBytes || files.loader.size() > AcpiFiles::LoaderBytes)
        return fail(ErrorCode::Unsupported, "The ACPI tables of this machine are too long");
    files.tables.resize(AcpiFiles::TablesBytes);
    files.loader.resize(AcpiFiles::LoaderBytes);
    return files;
}

Result<std::uint64_t> placeAcpiTables(const GuestMemory& memory, const AcpiConfig& config,
                                      const MemoryLayout& layout)
{
    VM_TRY(checkConfig(config));
    VM_TRY(checkDirectBoot(layout));
    TableSet set = layOut(config);
    if (set.tables.size() > AcpiFiles::TablesBytes)
        return fail(ErrorCode::Unsupported, "The ACPI tables of this machine are too long");
    const std::uint64_t base = layout.tableAreaBase();
    for (const Pointer& pointer : set.pointers) {
        ByteWriter& owner = pointer.inRsdp ? set.rsdp : set.tables;
        owner.patch(pointer.offset, base + readNumber(owner.data(), pointer.offset, pointer.width),
                    pointer.width);
    }
    for (const Checksum& sum : set.checksums) {
        ByteWriter& owner = sum.inRsdp ? set.rsdp : set.tables;
        owner.patch(sum.offset, completingByte(owner.data().subspan(sum.start, sum.length)), 1);
    }
    VM_TRY(memory.write(GuestAddress(base), set.tables.data()));
    VM_TRY(memory.write(GuestAddress(MemoryLayout::RsdpAddress), set.rsdp.data()));
    return MemoryLayout::RsdpAddress;
}

} // namespace engine::firmware
