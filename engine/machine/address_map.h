// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

/// Where everything is on this board. Ports follow the ICH9 datasheet (316972), chapter 9; addresses
/// in memory follow the Q35 datasheet (316966), chapter 3, and what SeaBIOS and OVMF expect.
namespace engine::address_map {

inline constexpr std::uint64_t LegacyVideoBase = 0xa'0000; ///< A0000h to BFFFFh: the VGA window
inline constexpr std::uint64_t ExpansionAreaBase = 0xc'0000;
inline constexpr std::uint64_t OneMebibyte = 0x10'0000;
inline constexpr std::uint64_t FourGibibytes = std::uint64_t{1} << 32;
/// RAM below 4 GiB ends here at the latest; the memory-mapped configuration space follows.
inline constexpr std::uint64_t LowRamLimit = 0xb000'0000;
/// With more RAM than fits below that, this much stays low, so that the PCI window is large.
inline constexpr std::uint64_t LowRamOfLargeGuests = 0x8000'0000;
inline constexpr std::uint64_t EcamBase = 0xb000'0000;
inline constexpr std::uint64_t PciWindowBase = 0xc000'0000;
inline constexpr std::uint64_t PciWindowEnd = 0xfec0'0000; ///< the I/O APIC's page
inline constexpr std::uint64_t FlashEnd = FourGibibytes;

inline constexpr std::uint16_t Dma1 = 0x00;
inline constexpr std::uint16_t KeyboardController = 0x60; ///< 60h data, 64h command
inline constexpr std::uint16_t KeyboardCommand = 0x64;
inline constexpr std::uint16_t SystemControlB = 0x61;
inline constexpr std::uint16_t RealTimeClock = 0x70;
inline constexpr std::uint16_t Post = 0x80;
inline constexpr std::uint16_t DmaPages = 0x81;
inline constexpr std::uint16_t SystemControlA = 0x92;
inline constexpr std::uint16_t Apm = 0xb2;
inline constexpr std::uint16_t Dma2 = 0xc0;
inline constexpr std::uint16_t Com2 = 0x2f8;
inline constexpr std::uint16_t Lpt1 = 0x378;
inline constexpr std::uint16_t Com1 = 0x3f8;
inline constexpr std::uint16_t DebugConsole = 0x402;
inline constexpr std::uint16_t FwCfgPorts = 0x510;
inline constexpr std::uint16_t FwCfgDma = 0x514;
/// Where firmware puts the power management block, and we do when there is no firmware.
inline constexpr std::uint16_t PowerBlock = 0x600;

inline constexpr unsigned KeyboardIrq = 1;
inline constexpr unsigned Com2Irq = 3;
inline constexpr unsigned Com1Irq = 4;
inline constexpr unsigned RtcIrq = 8;
inline constexpr unsigned SciIrq = 9;
inline constexpr unsigned MouseIrq = 12;

} // namespace engine::address_map
