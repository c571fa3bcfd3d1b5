// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace engine {

/// The 16 bytes of a UUID's text ("xxxxxxxx-xxxx-..."), in the order of the text; digits that are not
/// there read as zeros.
[[nodiscard]] std::array<std::byte, 16> parseUuid(std::string_view text);

} // namespace engine
