// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "library/guest_library.h"

#include <nlohmann/json_fwd.hpp>

namespace app {

enum class WhichGuests : std::uint8_t { All, Running };

/// Guests as JSON objects, sorted by name: "name", "id", "state" (off, damaged, or what the running guest
/// says; "unreachable" when it does not answer). Stored ones have "folder", running ones "pid" and more.
[[nodiscard]] nlohmann::json listOfGuests(WhichGuests which);

/// Everything about one guest, stored or running.
[[nodiscard]] engine::Result<nlohmann::json> detailsOfGuest(const std::string& name);

/// The same for people.
void printGuestLine(const nlohmann::json& guest);
void printDetails(const nlohmann::json& guest);

} // namespace app
