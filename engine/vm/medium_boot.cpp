// SPDX-License-Identifier: GPL-3.0-or-later
#include "vm/medium_boot.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace engine {

namespace {

constexpr std::size_t DiscSector = 2048;
constexpr std::size_t PageBytes = 4096;

/// Aligned, so that every way of reading a file can fill it.
struct alignas(PageBytes) Buffer {
    std::array<std::byte, PageBytes> bytes{};

    [[nodiscard]] std::uint8_t at(std::size_t offset) const
    {
        return std::to_integer<std::uint8_t>(bytes[offset]);
    }
    [[nodiscard]] bool has(std::size_t offset, std::string_view text) const
    {
        return std::ranges::equal(text, std::span(bytes).subspan(offset, text.size()), {},
                                  [](char c) { return static_cast<std::byte>(c); });
    }
    [[nodiscard]] std::uint32_t little32(std::size_t offset) const
    {
        return std::uint32_t{at(offset)} | std::uint32_t{at(offset + 1)} << 8U
               | std::uint32_t{at(offset + 2)} << 16U | std::uint32_t{at(offset + 3)} << 24U;
    }
};

constexpr std::uint8_t PlatformPc = 0x00;
constexpr std::uint8_t PlatformUefi = 0xef;
constexpr std::uint8_t Bootable = 0x88;
constexpr std::size_t EntryBytes = 32;

void noteEntry(MediumBoot& found, std::uint8_t platform, std::uint8_t indicator)
{
    if (indicator != Bootable)
        return;
    found.bios = found.bios || platform == PlatformPc;
    found.uefi = found.uefi || platform == PlatformUefi;
}

void readCatalogue(const Buffer& catalogue, MediumBoot& found)
{
    constexpr std::uint8_t Section = 0x90;
    constexpr std::uint8_t LastSection = 0x91;
    if (catalogue.at(0) != 1 || catalogue.at(30) != 0x55 || catalogue.at(31) != 0xaa)
        return; // no validation entry, so firmware goes no further either
    noteEntry(found, catalogue.at(1), catalogue.at(EntryBytes));
    std::size_t at = 2 * EntryBytes;
    while (at + EntryBytes <= DiscSector) {
        const std::uint8_t header = catalogue.at(at);
        if (header != Section && header != LastSection)
            return;
        const std::uint8_t platform = catalogue.at(at + 1);
        const auto count = static_cast<std::size_t>(catalogue.at(at + 2) | catalogue.at(at + 3) << 8);
        at += EntryBytes;
        for (std::size_t i = 0; i < count && at + EntryBytes <= DiscSector; ++i, at += EntryBytes)
            noteEntry(found, platform, catalogue.at(at));
        if (header == LastSection)
            return;
    }
}

bool isFatOrSystemPartition(std::uint8_t type)
{
    constexpr std::array<std::uint8_t, 7> Types{0xef, 0x01, 0x04, 0x06, 0x0b, 0x0c, 0x0e};
    return std::ranges::find(Types, type) != Types.end();
}

} // namespace

MediumBoot examineDisc(std::string name, const MediumReader& read)
{
    constexpr std::uint64_t BootRecord = 17;
    constexpr std::size_t CataloguePointer = 71;
    MediumBoot found{.name = std::move(name)};
    Buffer buffer;
    const std::span sector(buffer.bytes.data(), DiscSector);
    if (!read(BootRecord * DiscSector, sector))
        return found;
    found.isKnown = true;
    if (!buffer.has(1, "CD001") || !buffer.has(7, "EL TORITO SPECIFICATION"))
        return found;
    const std::uint64_t catalogue = buffer.little32(CataloguePointer);
    if (read(catalogue * DiscSector, sector))
        readCatalogue(buffer, found);
    return found;
}

MediumBoot examineDisk(std::string name, const MediumReader& read)
{
    constexpr std::size_t CodeBytes = 440;
    constexpr std::size_t FirstPartition = 446;
    constexpr std::size_t PartitionBytes = 16;
    constexpr std::size_t Partitions = 4;
    MediumBoot found{.name = std::move(name)};
    Buffer head;
    if (!read(0, head.bytes))
        return found;
    found.isKnown = true;
    const bool isSigned = head.at(510) == 0x55 && head.at(511) == 0xaa;
    const bool hasCode = std::ranges::any_of(std::span(head.bytes).first(CodeBytes),
                                             [](std::byte b) { return b != std::byte{0}; });
    found.bios = isSigned && hasCode;
    constexpr std::size_t SmallSector = 512;
    const bool hasGpt = head.has(SmallSector, "EFI PART");
    bool hasPartition = false;
    for (std::size_t i = 0; isSigned && i < Partitions; ++i)
        hasPartition =
            hasPartition || isFatOrSystemPartition(head.at(FirstPartition + i * PartitionBytes + 4));
    const bool isFat = isSigned && (head.has(54, "FAT") || head.has(82, "FAT32"));
    found.uefi = hasGpt || hasPartition || isFat;
    return found;
}

} // namespace engine
