// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "display/damage_region.h"
#include "display/display_source.h"

#include <cstdint>
#include <span>

namespace engine::display {

/// Where the image lies on a frame of this size; empty when it is hidden or outside.
[[nodiscard]] Rect pointerRect(const CursorShape& shape, PointerPosition at, std::uint32_t frameWidth,
                               std::uint32_t frameHeight);

/// Draws the pointer over `pixels` (0x00RRGGBB, row by row), a copy of `area` of the frame. For pictures
/// that are to show it and whose reader does not draw it: screenshots, simple viewers.
void drawPointer(const CursorShape& shape, PointerPosition at, const Rect& area,
                 std::span<std::uint32_t> pixels);

} // namespace engine::display
