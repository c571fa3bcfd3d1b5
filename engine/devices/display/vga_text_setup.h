// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/display/vga_adapter.h"

#include <cstddef>
#include <span>

namespace engine::display {

/// 256 glyphs of 16 rows.
inline constexpr std::size_t TextFontBytes = 256 * std::size_t{16};

/// Where the 8x16 font lies in a VGA BIOS; empty when there is none.
[[nodiscard]] std::span<const std::byte> findTextFont(std::span<const std::byte> rom);

/// Puts the adapter into text mode 3 (80x25, 9x16 dots, 16 colours) with a cleared screen, as a VGA BIOS
/// does, for kernels that start without one and expect to find a screen. Without `font` characters stay
/// invisible until the guest loads its own.
void enterTextMode(VgaAdapter& adapter, std::span<const std::byte> font);

} // namespace engine::display
