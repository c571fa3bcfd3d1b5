// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/firmware/acpi_reader.h"

#include "bus/bus_device.h"

#include <cstring>
#include <numeric>

namespace engine::firmware::test {

namespace {

constexpr std::size_t EntryBytes = 128;

std::string nameAt(std::span<const std::byte> entry, std::size_t offset)
{
    const char* text = reinterpret_cast<const char*>(entry.data() + offset);
    return {text, ::strnlen(text, 56)};
}

unsigned sumOf(std::span<const std::byte> data)
{
    return std::accumulate(
               data.begin(), data.end(), 0U,
               [](unsigned total, std::byte byte) { return total + std::to_integer<unsigned>(byte); })
           & 0xff;
}

class Loader {
public:
    Loader(const AcpiFiles& files, std::uint64_t tablesBase)
        : m_source{{"etc/acpi/tables", files.tables}, {"etc/acpi/rsdp", files.rsdp}}, m_tablesBase(tablesBase)
    {}

    Checked<void> execute(std::span<const std::byte> entry)
    {
        switch (numberAt(entry, 0, 4)) {
        case 0: return {};
        case 1: return allocate(entry);
        case 2: return addPointer(entry);
        case 3: return addChecksum(entry);
        default: return std::unexpected("unknown loader command");
        }
    }
    LoadedFiles m_result; // NOLINT(*-non-private-member-variables-in-classes)

private:
    Checked<void> allocate(std::span<const std::byte> entry)
    {
        const std::string name = nameAt(entry, 4);
        const auto alignment = numberAt(entry, 60, 4);
        const auto zone = numberAt(entry, 64, 1);
        if (!m_source.contains(name) || m_result.files.contains(name))
            return std::unexpected("allocation of " + name);
        const std::uint64_t address = zone == 2 ? 0xf'5a20 : m_tablesBase;
        if (zone < 1 || zone > 2 || alignment == 0 || (address & (alignment - 1)) != 0)
            return std::unexpected("zone or alignment of " + name);
        m_result.files[name] = m_source.at(name);
        m_result.addresses[name] = address;
        return {};
    }
    Checked<void> addPointer(std::span<const std::byte> entry)
    {
        const auto file = m_result.files.find(nameAt(entry, 4));
        const auto target = m_result.files.find(nameAt(entry, 60));
        const auto offset = numberAt(entry, 116, 4);
        const auto width = numberAt(entry, 120, 1);
        if (file == m_result.files.end() || target == m_result.files.end())
            return std::unexpected("pointer between files that are not allocated");
        if ((width != 4 && width != 8) || offset + width > file->second.size())
            return std::unexpected("pointer outside of its file");
        const auto place = std::span(file->second).subspan(offset, width);
        const auto value = loadLittleEndian(place);
        if (value >= target->second.size())
            return std::unexpected("pointer behind its target's end");
        storeLittleEndian(place, value + m_result.addresses.at(target->first));
        return {};
    }
    Checked<void> addChecksum(std::span<const std::byte> entry)
    {
        const auto file = m_result.files.find(nameAt(entry, 4));
        const auto offset = numberAt(entry, 60, 4);
        const auto start = numberAt(entry, 64, 4);
        const auto length = numberAt(entry, 68, 4);
        if (file == m_result.files.end() || offset < start || offset >= start + length
            || start + length > file->second.size())
            return std::unexpected("checksum outside of its file");
        if (file->second[offset] != std::byte{0})
            return std::unexpected("checksum is not zero before it is computed");
        file->second[offset] =
            static_cast<std::byte>(0U - sumOf(std::span(file->second).subspan(start, length)));
        return {};
    }

    std::map<std::string, Bytes> m_source;
    std::uint64_t m_tablesBase;
};

Checked<Bytes> readTable(const PhysicalReader& memory, std::uint64_t address)
{
    const auto header = memory(address, 8);
    if (!header)
        return header;
    const std::string signature(reinterpret_cast<const char*>(header->data()), 4);
    auto table = memory(address, numberAt(*header, 4, 4));
    if (table && signature != "FACS" && (table->size() < 36 || sumOf(*table) != 0))
        return std::unexpected("checksum or length of " + signature);
    if (table && signature == "FACS" && (table->size() != 64 || address % 64 != 0))
        return std::unexpected("size or alignment of FACS");
    return table;
}

std::string signatureOf(const Bytes& table)
{
    return {reinterpret_cast<const char*>(table.data()), 4};
}

Checked<void> addAll(const PhysicalReader& memory, const Bytes& root, std::size_t width,
                     std::map<std::string, Bytes>& tables)
{
    for (std::size_t at = 36; at + width <= root.size(); at += width) {
        const auto table = readTable(memory, numberAt(root, at, width));
        if (!table)
            return std::unexpected(table.error());
        const auto [known, isNew] = tables.emplace(signatureOf(*table), *table);
        if (!isNew && known->second != *table)
            return std::unexpected("RSDT and XSDT name different tables");
    }
    return {};
}

} // namespace

std::uint64_t numberAt(std::span<const std::byte> data, std::size_t offset, std::size_t width)
{
    return offset + width <= data.size() ? loadLittleEndian(data.subspan(offset, width)) : 0;
}

Checked<Bytes> LoadedFiles::read(std::uint64_t address, std::size_t length) const
{
    for (const auto& [name, content] : files) {
        const std::uint64_t base = addresses.at(name);
        if (address >= base && address - base <= content.size()
            && length <= content.size() - (address - base)) {
            const auto start = content.begin() + static_cast<std::ptrdiff_t>(address - base);
            return Bytes(start, start + static_cast<std::ptrdiff_t>(length));
        }
    }
    return std::unexpected("nothing is loaded at address " + std::to_string(address));
}

Checked<LoadedFiles> runTableLoader(const AcpiFiles& files, std::uint64_t tablesBase)
{
    if (files.loader.size() % EntryBytes != 0)
        return std::unexpected("loader file is no whole number of entries");
    Loader loader(files, tablesBase);
    for (std::size_t at = 0; at < files.loader.size(); at += EntryBytes) {
        if (const auto done = loader.execute(std::span(files.loader).subspan(at, EntryBytes)); !done)
            return std::unexpected(done.error());
    }
    return loader.m_result;
}

Checked<std::map<std::string, Bytes>> readTables(const PhysicalReader& memory, std::uint64_t rsdp)
{
    const auto start = memory(rsdp, 20);
    if (!start || signatureOf(*start) != "RSD " || sumOf(*start) != 0)
        return std::unexpected("RSDP");
    const bool hasXsdt = numberAt(*start, 15, 1) >= 2;
    std::map<std::string, Bytes> tables;
    const auto rsdt = readTable(memory, numberAt(*start, 16, 4));
    if (!rsdt)
        return std::unexpected(rsdt.error());
    if (const auto added = addAll(memory, *rsdt, 4, tables); !added)
        return std::unexpected(added.error());
    if (hasXsdt) {
        const auto whole = memory(rsdp, 36);
        if (!whole || sumOf(*whole) != 0 || numberAt(*whole, 20, 4) != 36)
            return std::unexpected("extended part of the RSDP");
        const auto xsdt = readTable(memory, numberAt(*whole, 24, 8));
        if (!xsdt || xsdt->size() - 36 != 2 * (rsdt->size() - 36))
            return std::unexpected("XSDT");
        if (const auto added = addAll(memory, *xsdt, 8, tables); !added)
            return std::unexpected(added.error());
        tables["XSDT"] = *xsdt;
    }
    tables["RSDT"] = *rsdt;
    if (!tables.contains("FACP"))
        return std::unexpected("no FADT");
    const Bytes fadt = tables.at("FACP");
    if (fadt.size() >= 148 && numberAt(fadt, 140, 8) != numberAt(fadt, 40, 4))
        return std::unexpected("DSDT and X_DSDT differ");
    for (const std::size_t field : {36U, 40U}) {
        const auto table = readTable(memory, numberAt(fadt, field, 4));
        if (!table)
            return std::unexpected(table.error());
        tables[signatureOf(*table)] = *table;
    }
    return tables;
}

} // namespace engine::firmware::test
