// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

/// Command codes (ACS-3, table A.2; DEVICE RESET and the obsolete ones: ATA/ATAPI-7).
namespace engine::ata::command {

inline constexpr std::uint8_t DataSetManagement = 0x06;
inline constexpr std::uint8_t DeviceReset = 0x08;
inline constexpr std::uint8_t Recalibrate = 0x10;
inline constexpr std::uint8_t ReadSectors = 0x20;
inline constexpr std::uint8_t ReadSectorsExt = 0x24;
inline constexpr std::uint8_t ReadDmaExt = 0x25;
inline constexpr std::uint8_t ReadMultipleExt = 0x29;
inline constexpr std::uint8_t ReadLogExt = 0x2f;
inline constexpr std::uint8_t WriteSectors = 0x30;
inline constexpr std::uint8_t WriteSectorsExt = 0x34;
inline constexpr std::uint8_t WriteDmaExt = 0x35;
inline constexpr std::uint8_t WriteMultipleExt = 0x39;
inline constexpr std::uint8_t WriteDmaFuaExt = 0x3d;
inline constexpr std::uint8_t ReadVerify = 0x40;
inline constexpr std::uint8_t ReadVerifyExt = 0x42;
inline constexpr std::uint8_t ReadLogDmaExt = 0x47;
inline constexpr std::uint8_t ReadFpdmaQueued = 0x60;
inline constexpr std::uint8_t WriteFpdmaQueued = 0x61;
inline constexpr std::uint8_t Seek = 0x70;
inline constexpr std::uint8_t ExecuteDiagnostic = 0x90;
inline constexpr std::uint8_t InitializeParameters = 0x91;
inline constexpr std::uint8_t Packet = 0xa0;
inline constexpr std::uint8_t IdentifyPacketDevice = 0xa1;
inline constexpr std::uint8_t Smart = 0xb0;
inline constexpr std::uint8_t ReadMultiple = 0xc4;
inline constexpr std::uint8_t WriteMultiple = 0xc5;
inline constexpr std::uint8_t SetMultipleMode = 0xc6;
inline constexpr std::uint8_t ReadDma = 0xc8;
inline constexpr std::uint8_t WriteDma = 0xca;
inline constexpr std::uint8_t StandbyImmediate = 0xe0;
inline constexpr std::uint8_t IdleImmediate = 0xe1;
inline constexpr std::uint8_t Standby = 0xe2;
inline constexpr std::uint8_t Idle = 0xe3;
inline constexpr std::uint8_t CheckPowerMode = 0xe5;
inline constexpr std::uint8_t Sleep = 0xe6;
inline constexpr std::uint8_t FlushCache = 0xe7;
inline constexpr std::uint8_t FlushCacheExt = 0xea;
inline constexpr std::uint8_t IdentifyDevice = 0xec;
inline constexpr std::uint8_t SetFeatures = 0xef;

} // namespace engine::ata::command
