// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>

/// Command descriptor blocks (MMC-6, SPC-4): operation codes and big-endian fields.
namespace engine::mmc {

namespace operation {
inline constexpr std::uint8_t TestUnitReady = 0x00;
inline constexpr std::uint8_t RequestSense = 0x03;
inline constexpr std::uint8_t Inquiry = 0x12;
inline constexpr std::uint8_t ModeSense6 = 0x1a;
inline constexpr std::uint8_t StartStopUnit = 0x1b;
inline constexpr std::uint8_t PreventRemoval = 0x1e;
inline constexpr std::uint8_t ReadCapacity = 0x25;
inline constexpr std::uint8_t Read10 = 0x28;
inline constexpr std::uint8_t Seek = 0x2b;
inline constexpr std::uint8_t ReadToc = 0x43;
inline constexpr std::uint8_t GetConfiguration = 0x46;
inline constexpr std::uint8_t GetEventStatus = 0x4a;
inline constexpr std::uint8_t ReadDiscInformation = 0x51;
inline constexpr std::uint8_t ReadTrackInformation = 0x52;
inline constexpr std::uint8_t ModeSense10 = 0x5a;
inline constexpr std::uint8_t Read12 = 0xa8;
inline constexpr std::uint8_t ReadDvdStructure = 0xad;
inline constexpr std::uint8_t ReadCdMsf = 0xb9;
inline constexpr std::uint8_t SetCdSpeed = 0xbb;
inline constexpr std::uint8_t MechanismStatus = 0xbd;
inline constexpr std::uint8_t ReadCd = 0xbe;

[[nodiscard]] constexpr bool needsMedium(std::uint8_t code)
{
    switch (code) {
    case TestUnitReady:
    case ReadCapacity:
    case Read10:
    case Seek:
    case ReadToc:
    case ReadDiscInformation:
    case ReadTrackInformation:
    case Read12:
    case ReadDvdStructure:
    case ReadCdMsf:
    case ReadCd: return true;
    default: return false;
    }
}
} // namespace operation

[[nodiscard]] inline std::uint32_t big16(const std::array<std::uint8_t, 16>& packet, std::size_t at)
{
    return static_cast<std::uint32_t>(packet.at(at) << 8 | packet.at(at + 1));
}
[[nodiscard]] inline std::uint32_t big24(const std::array<std::uint8_t, 16>& packet, std::size_t at)
{
    return big16(packet, at) << 8 | packet.at(at + 2);
}
[[nodiscard]] inline std::uint32_t big32(const std::array<std::uint8_t, 16>& packet, std::size_t at)
{
    return big16(packet, at) << 16 | big16(packet, at + 2);
}

} // namespace engine::mmc
