// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/display/vga_state.h"

#include <cstdint>

namespace engine::display {

/// CRTC values that are spread over several registers (FreeVGA, "CRT Controller Registers").

[[nodiscard]] inline std::uint32_t word(std::uint8_t high, std::uint8_t low)
{
    return std::uint32_t{high} << 8 | low;
}

/// Vertical Display End plus one: scan lines that show memory.
[[nodiscard]] inline std::uint32_t displayedLines(const VgaState& state)
{
    const std::uint32_t overflow = state.crtc[crtc::Overflow];
    return (state.crtc[crtc::VerticalDisplayEnd] | (overflow & 0x02) << 7 | (overflow & 0x40) << 3) + 1;
}

/// The scan line after which the address counter starts again at 0.
[[nodiscard]] inline std::uint32_t lineCompare(const VgaState& state)
{
    return state.crtc[crtc::LineCompare] | (state.crtc[crtc::Overflow] & 0x10U) << 4
           | (state.crtc[crtc::MaximumScanLine] & 0x40U) << 3;
}

/// Whole characters scrolled out at the left (CR8 bits 5-6).
[[nodiscard]] inline std::uint32_t bytePanning(const VgaState& state)
{
    return state.crtc[crtc::PresetRowScan] >> 5 & 3U;
}

} // namespace engine::display
