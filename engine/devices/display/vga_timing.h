// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/display/vga_state.h"

#include <chrono>

namespace engine::display {

/// Where the beam would be.
struct BeamPosition {
    bool displayDisabled = false; ///< in a horizontal or vertical blanking interval
    bool verticalRetrace = false;
};

/// The beam at device time `now`, from the CRTC's totals and the dot clock (FreeVGA, "CRT Controller
/// Registers"). Registers that describe no possible monitor, and DISPI modes, count as 60 Hz.
[[nodiscard]] BeamPosition beamAt(const VgaState& state, std::chrono::nanoseconds now);

} // namespace engine::display
