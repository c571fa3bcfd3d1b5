// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

namespace engine::display {

/// The Unicode code point that code page 437's glyph looks like (IBM graphic character set 00212). 0
/// and 255 are blanks.
[[nodiscard]] char32_t cp437ToUnicode(std::uint8_t code);

/// Appends one code point as UTF-8.
void appendUtf8(std::string& text, char32_t codePoint);

} // namespace engine::display
