// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "library/new_guest.h"

namespace app {

/// The built-in demo guest's CD: beside the program (a build folder) or installed with it. Empty: this
/// installation has none.
[[nodiscard]] std::filesystem::path findDemoMedium();

/// Little enough for every computer, and enough that each slider has something to show. Keeps name and
/// medium.
void applyDemoDefaults(NewGuest& guest, const HostResources& host);

} // namespace app
