// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/storage/ata/identify.h"

#include <algorithm>
#include <bit>

namespace engine::ata {

namespace {

constexpr std::uint16_t Cylinders = 16383;
constexpr std::uint16_t Heads = 16;
constexpr std::uint16_t SectorsPerTrack = 63;
constexpr std::uint32_t Lba28Limit = 0x0fff'ffff;
constexpr std::uint8_t MaxMultiple = 16;
constexpr std::uint16_t QueueDepth = 32;

// Words 82 to 87: command sets. Word 82: NOP, look-ahead, write cache, power management, SMART.
constexpr std::uint16_t SetLookAhead = 1 << 6;
constexpr std::uint16_t SetWriteCache = 1 << 5;
constexpr std::uint16_t SetPower = 1 << 3;
constexpr std::uint16_t SetSmart = 1 << 0;
// Word 83: FLUSH CACHE EXT, FLUSH CACHE, 48-bit addresses; bit 14 is always one.
constexpr std::uint16_t SecondSets = 1 << 14 | 1 << 13 | 1 << 12 | 1 << 10;
// Word 84: world wide name, WRITE DMA FUA EXT, general purpose logging; bit 14 is always one.
constexpr std::uint16_t ThirdSets = 1 << 14 | 1 << 8 | 1 << 6 | 1 << 5;

void setTransferModes(IdentifyData& data, std::uint8_t mode)
{
    constexpr std::uint16_t MultiwordModes = 0x07;
    constexpr std::uint16_t UltraModes = 0x3f;
    const unsigned number = mode & 7;
    const auto selected = static_cast<std::uint16_t>(1U << (8 + number));
    data.setWord(63, MultiwordModes | ((mode & 0xf8) == 0x20 ? selected : 0));
    data.setWord(88, UltraModes | ((mode & 0xf8) == 0x40 ? selected : 0));
    data.setWord(64, 3); // PIO modes 3 and 4
    for (std::size_t word = 65; word <= 68; ++word)
        data.setWord(word, 120); // nanoseconds per transfer cycle
}

void setCommandSets(IdentifyData& data, const DiskIdentity& disk)
{
    data.setWord(82, SetLookAhead | SetWriteCache | SetPower | SetSmart);
    data.setWord(83, SecondSets);
    data.setWord(84, ThirdSets);
    data.setWord(85, static_cast<std::uint16_t>(SetPower | (disk.lookAhead ? SetLookAhead : 0)
                                                | (disk.writeCache ? SetWriteCache : 0)
                                                | (disk.smart ? SetSmart : 0)));
    data.setWord(86, SecondSets & ~(1 << 14));
    data.setWord(87, ThirdSets);
}

void setCapacity(IdentifyData& data, const DiskIdentity& disk)
{
    data.setWord(1, Cylinders);
    data.setWord(3, Heads);
    data.setWord(6, SectorsPerTrack);
    data.setWord(53, 0x0007); // words 54-58, 64-70 and 88 are valid
    data.setWord(54, Cylinders);
    data.setWord(55, Heads);
    data.setWord(56, SectorsPerTrack);
    data.setDoubleWord(57, std::uint32_t{Cylinders} * Heads * SectorsPerTrack);
    data.setDoubleWord(60, static_cast<std::uint32_t>(std::min<std::uint64_t>(disk.sectors, Lba28Limit)));
    data.setDoubleWord(100, static_cast<std::uint32_t>(disk.sectors));
    data.setDoubleWord(102, static_cast<std::uint32_t>(disk.sectors >> 32));
    const std::uint32_t ratio = std::max(disk.physicalBytes / disk.sectorBytes, 1U);
    std::uint16_t layout = 1 << 14;
    if (ratio > 1)
        layout |= static_cast<std::uint16_t>(1 << 13 | std::countr_zero(std::bit_floor(ratio)));
    if (disk.sectorBytes != 512) {
        layout |= 1 << 12;
        data.setDoubleWord(117, disk.sectorBytes / 2); // in words
    }
    data.setWord(106, layout);
    data.setWord(209, 1 << 14); // logical sector 0 starts a physical one
}

} // namespace

void IdentifyData::setDoubleWord(std::size_t index, std::uint32_t value)
{
    setWord(index, static_cast<std::uint16_t>(value));
    setWord(index + 1, static_cast<std::uint16_t>(value >> 16));
}

void IdentifyData::setText(std::size_t firstWord, std::size_t words, std::string_view text)
{
    const auto character = [text](std::size_t at) {
        const bool printable = at < text.size() && text[at] >= ' ' && text[at] <= '~';
        return static_cast<std::uint16_t>(printable ? text[at] : ' ');
    };
    for (std::size_t i = 0; i < words; ++i)
        setWord(firstWord + i, static_cast<std::uint16_t>(character(2 * i) << 8 | character(2 * i + 1)));
}

std::array<std::byte, 512> IdentifyData::finish()
{
    constexpr std::uint16_t Signature = 0xa5;
    setWord(255, Signature);
    std::array<std::byte, 512> bytes{};
    for (std::size_t i = 0; i < m_words.size(); ++i) {
        bytes.at(2 * i) = std::byte(static_cast<std::uint8_t>(m_words.at(i)));
        bytes.at(2 * i + 1) = std::byte(static_cast<std::uint8_t>(m_words.at(i) >> 8));
    }
    sealChecksum(bytes);
    return bytes;
}

void sealChecksum(std::array<std::byte, 512>& block)
{
    unsigned sum = 0;
    for (std::size_t i = 0; i + 1 < block.size(); ++i)
        sum += std::to_integer<unsigned>(block.at(i));
    block.back() = std::byte(static_cast<std::uint8_t>(0U - sum));
}

std::array<std::byte, 512> identifyDisk(const DiskIdentity& disk)
{
    IdentifyData data;
    data.setWord(0, 0x0040); // ATA device, not removable
    data.setText(10, 10, disk.serial);
    data.setText(23, 4, FirmwareRevision);
    data.setText(27, 20, DiskModel);
    data.setWord(47, 0x8000 | MaxMultiple);
    data.setWord(48, 0x4000);
    data.setWord(49, 0x0f00); // LBA, DMA, IORDY
    data.setWord(50, 0x4000);
    data.setWord(59, static_cast<std::uint16_t>(disk.multiple != 0 ? 0x0100 | disk.multiple : 0));
    setCapacity(data, disk);
    setTransferModes(data, disk.transferMode);
    if (disk.canTrim) {
        data.setWord(69, 1 << 14); // reads after TRIM are deterministic
        data.setWord(105, 8);      // blocks of ranges per command
        data.setWord(169, 1);      // TRIM
    }
    data.setWord(75, QueueDepth - 1);
    data.setWord(76, 1 << 8 | 1 << 1); // NCQ, 1.5 Gbit/s
    data.setWord(80, 0x07f0);          // ATA/ATAPI-4 to ACS-3
    setCommandSets(data, disk);
    for (std::size_t i = 0; i < 4; ++i)
        data.setWord(108 + i, static_cast<std::uint16_t>(disk.worldWideName >> (48 - 16 * i)));
    data.setWord(217, 1);      // does not rotate
    data.setWord(222, 0x107f); // serial transport
    return data.finish();
}

std::array<std::byte, 512> identifyOptical(std::string_view serial, std::uint8_t transferMode)
{
    IdentifyData data;
    data.setWord(0, 0x85c0); // packet device, CD/DVD, removable, fast DRQ, 12-byte packets
    data.setText(10, 10, serial);
    data.setText(23, 4, FirmwareRevision);
    data.setText(27, 20, OpticalModel);
    data.setWord(49, 0x0f00);
    data.setWord(50, 0x4000);
    data.setWord(53, 0x0006);
    setTransferModes(data, transferMode);
    data.setWord(76, 1 << 1);
    data.setWord(80, 0x07f0);
    constexpr std::uint16_t PacketSets =
        1 << 14 | 1 << 9 | 1 << 4 | 1 << 3; // NOP, DEVICE RESET, PACKET, power
    data.setWord(82, PacketSets);
    data.setWord(83, 1 << 14);
    data.setWord(84, 1 << 14);
    data.setWord(85, PacketSets);
    data.setWord(87, 1 << 14);
    data.setWord(222, 0x107f);
    return data.finish();
}

} // namespace engine::ata
