// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

/// Where the register blocks lie and what their bits are (xHCI 1.2, chapters 5 and 7).
namespace engine::usb::xhci::reg {

inline constexpr std::uint32_t OperationalBase = 0x40; ///< CAPLENGTH
inline constexpr std::uint32_t Ports = 0x440;
inline constexpr std::uint32_t PortStride = 0x10;
inline constexpr std::uint32_t Extended = 0x800;
inline constexpr std::uint32_t Runtime = 0x1000; ///< RTSOFF
inline constexpr std::uint32_t Interrupters = 0x1020;
inline constexpr std::uint32_t Doorbells = 0x2000; ///< DBOFF

// Offsets in the operational block.
inline constexpr std::uint32_t UsbCommand = 0x00;
inline constexpr std::uint32_t UsbStatus = 0x04;
inline constexpr std::uint32_t PageSize = 0x08;
inline constexpr std::uint32_t Notification = 0x14;
inline constexpr std::uint32_t CommandRingLow = 0x18;
inline constexpr std::uint32_t CommandRingHigh = 0x1c;
inline constexpr std::uint32_t ContextArrayLow = 0x30;
inline constexpr std::uint32_t ContextArrayHigh = 0x34;
inline constexpr std::uint32_t Config = 0x38;

namespace command {
inline constexpr std::uint32_t Run = 1U << 0;
inline constexpr std::uint32_t Reset = 1U << 1;
inline constexpr std::uint32_t InterrupterEnable = 1U << 2;
inline constexpr std::uint32_t SaveState = 1U << 8;
inline constexpr std::uint32_t RestoreState = 1U << 9;
inline constexpr std::uint32_t WrapEvents = 1U << 10; ///< EWE
inline constexpr std::uint32_t Kept = 0x0000'0c0d;    ///< R/S, INTE, HSEE, EWE, EU3S
} // namespace command

namespace status {
inline constexpr std::uint32_t Halted = 1U << 0;
inline constexpr std::uint32_t HostSystemError = 1U << 2;
inline constexpr std::uint32_t EventInterrupt = 1U << 3;
inline constexpr std::uint32_t PortChange = 1U << 4;
inline constexpr std::uint32_t SaveRestoreError = 1U << 10;
inline constexpr std::uint32_t ControllerError = 1U << 12;
inline constexpr std::uint32_t Clearable = HostSystemError | EventInterrupt | PortChange | SaveRestoreError;
} // namespace status

} // namespace engine::usb::xhci::reg
