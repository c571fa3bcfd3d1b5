// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace engine::ata {

/// The 256 words of IDENTIFY DEVICE and IDENTIFY PACKET DEVICE (ACS-3, 7.12.7 and 7.13.6).
class IdentifyData {
public:
    [[nodiscard]] std::uint16_t word(std::size_t index) const { return m_words.at(index); }
    void setWord(std::size_t index, std::uint16_t value) { m_words.at(index) = value; }
    /// Two words, the low one first.
    void setDoubleWord(std::size_t index, std::uint32_t value);
    /// ASCII, padded with spaces, the first character in the high byte of the first word.
    void setText(std::size_t firstWord, std::size_t words, std::string_view text);
    /// The bytes as transferred, with the integrity word (255) filled in.
    [[nodiscard]] std::array<std::byte, 512> finish();

private:
    std::array<std::uint16_t, 256> m_words{};
};

/// Sets the last byte so that all 512 add up to zero (SMART data, NCQ error log).
void sealChecksum(std::array<std::byte, 512>& block);

/// What IDENTIFY DEVICE depends on.
struct DiskIdentity {
    std::string_view serial;
    std::uint64_t sectors = 0;
    std::uint32_t sectorBytes = 512;
    std::uint32_t physicalBytes = 512;
    std::uint64_t worldWideName = 0;
    bool canTrim = false;
    bool writeCache = true;
    bool lookAhead = true;
    bool smart = true;
    std::uint8_t multiple = 16;
    std::uint8_t transferMode = 0x45; ///< as SET FEATURES 03h was given: UDMA 5
};
[[nodiscard]] std::array<std::byte, 512> identifyDisk(const DiskIdentity& disk);

/// What IDENTIFY PACKET DEVICE depends on.
[[nodiscard]] std::array<std::byte, 512> identifyOptical(std::string_view serial, std::uint8_t transferMode);

inline constexpr std::string_view FirmwareRevision = "1.0";
inline constexpr std::string_view DiskModel = "GUESTHOUSE HARDDISK";
inline constexpr std::string_view OpticalModel = "GUESTHOUSE DVD-ROM";

} // namespace engine::ata
