// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace app {

/// Keys to press in order and release in reverse, as Linux evdev codes.
using KeyChord = std::vector<std::uint16_t>;

/// "ctrl-alt-delete", "f12", "shift-a": names joined by '-', in any case. The error names the part
/// that is not a key.
[[nodiscard]] engine::Result<KeyChord> parseKeyChord(std::string_view text);

/// The chord that types `character` on a US keyboard; an error for what it does not have.
[[nodiscard]] engine::Result<KeyChord> chordForCharacter(char32_t character);

} // namespace app
