// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "library/guest_library.h"

#include <string>
#include <string_view>

namespace app {

/// The names that set understands, for its help.
[[nodiscard]] std::string settingNames();

/// Applies one "name=value" word of set to a guest's description; the error says what would be right.
[[nodiscard]] engine::Result<> applySetting(GuestDescription& guest, std::string_view word);

} // namespace app
