// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/display/vga_state.h"

#include <array>
#include <cstdint>

namespace engine::display {

/// 256 DAC colours as 0x00RRGGBB, through the pixel mask. Six-bit components are widened by repeating their
/// lowest bit, as the reference emulator does, so that pictures can be compared byte by byte.
[[nodiscard]] std::array<std::uint32_t, 256> palette256(const VgaState& state);

/// What the attribute controller makes of its 16 inputs: colour plane enable, palette registers and
/// colour select, then the DAC (FreeVGA, "Attribute Controller Registers").
[[nodiscard]] std::array<std::uint32_t, 16> palette16(const VgaState& state);

} // namespace engine::display
