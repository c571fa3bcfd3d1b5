// SPDX-License-Identifier: GPL-3.0-or-later
#include "library/iso_volume.h"

#include "base/unique_fd.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <span>
#include <string_view>

namespace app {

namespace {

constexpr std::size_t SectorBytes = 2048;
constexpr std::uint64_t FirstDescriptor = 16; // ECMA-119 section 6.2.1
constexpr std::uint64_t MostDescriptors = 32;
using Sector = std::array<unsigned char, SectorBytes>;

enum class DescriptorType : unsigned char { BootRecord = 0, Primary = 1, Terminator = 255 };

std::optional<Sector> readSector(int file, std::uint64_t number)
{
    Sector sector{};
    const auto offset = static_cast<off_t>(number * SectorBytes);
    if (::pread(file, sector.data(), sector.size(), offset) != static_cast<ssize_t>(sector.size()))
        return std::nullopt;
    return sector;
}

std::string text(const Sector& sector, std::size_t offset, std::size_t length)
{
    std::string value;
    for (const unsigned char byte : std::span(sector).subspan(offset, length)) {
        if (byte == 0)
            break;
        value += byte >= ' ' && byte < 0x7F ? static_cast<char>(byte) : '?';
    }
    value.erase(value.find_last_not_of(' ') + 1);
    return value;
}

std::uint32_t littleEndian32(const Sector& sector, std::size_t offset)
{
    return sector[offset] | (std::uint32_t{sector[offset + 1]} << 8U)
           | (std::uint32_t{sector[offset + 2]} << 16U) | (std::uint32_t{sector[offset + 3]} << 24U);
}

/// Offsets from ECMA-119 section 8.4, table 4 (there counted from 1).
void readPrimary(const Sector& sector, IsoVolume& volume)
{
    volume.systemId = text(sector, 8, 32);
    volume.volumeId = text(sector, 40, 32);
    volume.publisherId = text(sector, 318, 128);
    volume.applicationId = text(sector, 574, 128);
    const std::uint32_t blocks = littleEndian32(sector, 80);
    const std::uint32_t blockBytes = sector[128] | (std::uint32_t{sector[129]} << 8U);
    volume.sizeBytes = std::uint64_t{blocks} * blockBytes;
}

/// El Torito sections 2.1 to 2.5: a validation entry, the default entry, then section headers, each
/// followed by as many entries as it says.
void readBootCatalog(const Sector& catalog, IsoVolume& volume)
{
    constexpr std::size_t EntryBytes = 32;
    constexpr unsigned char Bootable = 0x88;
    constexpr unsigned char PlatformPc = 0x00;
    constexpr unsigned char PlatformEfi = 0xEF; // UEFI 2.10 section 13.3.2
    const auto note = [&](unsigned char platform, unsigned char indicator) {
        volume.bootsBios = volume.bootsBios || (indicator == Bootable && platform == PlatformPc);
        volume.bootsUefi = volume.bootsUefi || (indicator == Bootable && platform == PlatformEfi);
    };
    if (catalog[0] != 1 || catalog[30] != 0x55 || catalog[31] != 0xAA)
        return;
    note(catalog[1], catalog[EntryBytes]);
    std::size_t position = 2 * EntryBytes;
    while (position + EntryBytes <= SectorBytes) {
        const unsigned char kind = catalog[position];
        if (kind != 0x90 && kind != 0x91)
            return;
        const unsigned char platform = catalog[position + 1];
        const unsigned entries = catalog[position + 2] | (unsigned{catalog[position + 3]} << 8U);
        position += EntryBytes;
        for (unsigned i = 0; i < entries && position + EntryBytes <= SectorBytes; ++i) {
            note(platform, catalog[position]);
            position += EntryBytes;
        }
        if (kind == 0x91)
            return;
    }
}

} // namespace

std::optional<IsoVolume> readIsoVolume(const std::filesystem::path& path)
{
    const engine::UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    IsoVolume volume;
    bool foundPrimary = false;
    for (std::uint64_t i = 0; file && i < MostDescriptors; ++i) {
        const auto sector = readSector(file.get(), FirstDescriptor + i);
        constexpr std::string_view StandardId = "CD001";
        if (!sector || text(*sector, 1, StandardId.size()) != StandardId)
            break;
        const auto type = static_cast<DescriptorType>((*sector)[0]);
        if (type == DescriptorType::Terminator)
            break;
        if (type == DescriptorType::Primary && !foundPrimary) {
            readPrimary(*sector, volume);
            foundPrimary = true;
        }
        constexpr std::size_t CatalogPointer = 71;
        if (type == DescriptorType::BootRecord && text(*sector, 7, 23) == "EL TORITO SPECIFICATION") {
            if (const auto catalog = readSector(file.get(), littleEndian32(*sector, CatalogPointer)))
                readBootCatalog(*catalog, volume);
        }
    }
    return foundPrimary ? std::optional(volume) : std::nullopt;
}

} // namespace app
