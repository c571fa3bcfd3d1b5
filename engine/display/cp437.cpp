// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/cp437.h"

#include <string_view>

namespace engine::display {

namespace {

constexpr std::u32string_view LowGlyphs = U" ☺☻♥♦♣♠•◘○◙♂♀♪♫☼►◄↕‼¶§▬↨↑↓→←∟↔▲▼";
constexpr std::u32string_view HighGlyphs =
    U"⌂ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐"
    U"└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■ ";
constexpr std::uint8_t FirstHigh = 0x7f;
static_assert(LowGlyphs.size() == 0x20);
static_assert(HighGlyphs.size() == 0x100 - FirstHigh);

} // namespace

char32_t cp437ToUnicode(std::uint8_t code)
{
    if (code < LowGlyphs.size())
        return LowGlyphs[code];
    return code >= FirstHigh ? HighGlyphs[code - FirstHigh] : char32_t{code};
}

void appendUtf8(std::string& text, char32_t codePoint)
{
    const auto append = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
    const auto continuation = [&](unsigned shift) { append(0x80U | (codePoint >> shift & 0x3fU)); };
    if (codePoint < 0x80) {
        append(codePoint);
    } else if (codePoint < 0x800) {
        append(0xc0U | codePoint >> 6);
        continuation(0);
    } else if (codePoint < 0x10000) {
        append(0xe0U | codePoint >> 12);
        continuation(6);
        continuation(0);
    } else {
        append(0xf0U | (codePoint >> 18 & 7U));
        continuation(12);
        continuation(6);
        continuation(0);
    }
}

} // namespace engine::display
