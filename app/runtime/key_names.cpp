// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/key_names.h"

#include <linux/input-event-codes.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>

namespace app {

using engine::ErrorCode;
using engine::fail;
using engine::Result;

namespace {

struct NamedKey {
    std::string_view name;
    std::uint16_t code;
};

constexpr std::array NamedKeys{
    NamedKey{"ctrl", KEY_LEFTCTRL},
    NamedKey{"control", KEY_LEFTCTRL},
    NamedKey{"rightctrl", KEY_RIGHTCTRL},
    NamedKey{"alt", KEY_LEFTALT},
    NamedKey{"altgr", KEY_RIGHTALT},
    NamedKey{"shift", KEY_LEFTSHIFT},
    NamedKey{"rightshift", KEY_RIGHTSHIFT},
    NamedKey{"super", KEY_LEFTMETA},
    NamedKey{"win", KEY_LEFTMETA},
    NamedKey{"meta", KEY_LEFTMETA},
    NamedKey{"rightsuper", KEY_RIGHTMETA},
    NamedKey{"menu", KEY_COMPOSE},
    NamedKey{"delete", KEY_DELETE},
    NamedKey{"del", KEY_DELETE},
    NamedKey{"insert", KEY_INSERT},
    NamedKey{"home", KEY_HOME},
    NamedKey{"end", KEY_END},
    NamedKey{"pageup", KEY_PAGEUP},
    NamedKey{"pagedown", KEY_PAGEDOWN},
    NamedKey{"up", KEY_UP},
    NamedKey{"down", KEY_DOWN},
    NamedKey{"left", KEY_LEFT},
    NamedKey{"right", KEY_RIGHT},
    NamedKey{"enter", KEY_ENTER},
    NamedKey{"return", KEY_ENTER},
    NamedKey{"esc", KEY_ESC},
    NamedKey{"escape", KEY_ESC},
    NamedKey{"tab", KEY_TAB},
    NamedKey{"backspace", KEY_BACKSPACE},
    NamedKey{"space", KEY_SPACE},
    NamedKey{"capslock", KEY_CAPSLOCK},
    NamedKey{"numlock", KEY_NUMLOCK},
    NamedKey{"scrolllock", KEY_SCROLLLOCK},
    NamedKey{"print", KEY_SYSRQ},
    NamedKey{"sysrq", KEY_SYSRQ},
    NamedKey{"pause", KEY_PAUSE},
    NamedKey{"minus", KEY_MINUS},
    NamedKey{"kpenter", KEY_KPENTER},
    NamedKey{"f1", KEY_F1},
    NamedKey{"f2", KEY_F2},
    NamedKey{"f3", KEY_F3},
    NamedKey{"f4", KEY_F4},
    NamedKey{"f5", KEY_F5},
    NamedKey{"f6", KEY_F6},
    NamedKey{"f7", KEY_F7},
    NamedKey{"f8", KEY_F8},
    NamedKey{"f9", KEY_F9},
    NamedKey{"f10", KEY_F10},
    NamedKey{"f11", KEY_F11},
    NamedKey{"f12", KEY_F12},
};

/// The US layout: what each key types alone and with Shift.
struct TypingKey {
    char plain;
    char shifted;
    std::uint16_t code;
};

constexpr std::array TypingKeys{
    TypingKey{'1', '!', KEY_1},           TypingKey{'2', '@', KEY_2},
    TypingKey{'3', '#', KEY_3},           TypingKey{'4', '$', KEY_4},
    TypingKey{'5', '%', KEY_5},           TypingKey{'6', '^', KEY_6},
    TypingKey{'7', '&', KEY_7},           TypingKey{'8', '*', KEY_8},
    TypingKey{'9', '(', KEY_9},           TypingKey{'0', ')', KEY_0},
    TypingKey{'-', '_', KEY_MINUS},       TypingKey{'=', '+', KEY_EQUAL},
    TypingKey{'q', 'Q', KEY_Q},           TypingKey{'w', 'W', KEY_W},
    TypingKey{'e', 'E', KEY_E},           TypingKey{'r', 'R', KEY_R},
    TypingKey{'t', 'T', KEY_T},           TypingKey{'y', 'Y', KEY_Y},
    TypingKey{'u', 'U', KEY_U},           TypingKey{'i', 'I', KEY_I},
    TypingKey{'o', 'O', KEY_O},           TypingKey{'p', 'P', KEY_P},
    TypingKey{'[', '{', KEY_LEFTBRACE},   TypingKey{']', '}', KEY_RIGHTBRACE},
    TypingKey{'a', 'A', KEY_A},           TypingKey{'s', 'S', KEY_S},
    TypingKey{'d', 'D', KEY_D},           TypingKey{'f', 'F', KEY_F},
    TypingKey{'g', 'G', KEY_G},           TypingKey{'h', 'H', KEY_H},
    TypingKey{'j', 'J', KEY_J},           TypingKey{'k', 'K', KEY_K},
    TypingKey{'l', 'L', KEY_L},           TypingKey{';', ':', KEY_SEMICOLON},
    TypingKey{'\'', '"', KEY_APOSTROPHE}, TypingKey{'`', '~', KEY_GRAVE},
    TypingKey{'\\', '|', KEY_BACKSLASH},  TypingKey{'z', 'Z', KEY_Z},
    TypingKey{'x', 'X', KEY_X},           TypingKey{'c', 'C', KEY_C},
    TypingKey{'v', 'V', KEY_V},           TypingKey{'b', 'B', KEY_B},
    TypingKey{'n', 'N', KEY_N},           TypingKey{'m', 'M', KEY_M},
    TypingKey{',', '<', KEY_COMMA},       TypingKey{'.', '>', KEY_DOT},
    TypingKey{'/', '?', KEY_SLASH},       TypingKey{' ', ' ', KEY_SPACE},
    TypingKey{'\n', '\n', KEY_ENTER},     TypingKey{'\t', '\t', KEY_TAB},
};

std::optional<std::uint16_t> keyByName(const std::string& name)
{
    if (name.size() == 1)
        for (const TypingKey& key : TypingKeys)
            if (key.plain == name[0])
                return key.code;
    for (const NamedKey& key : NamedKeys)
        if (key.name == name)
            return key.code;
    return std::nullopt;
}

} // namespace

Result<KeyChord> parseKeyChord(std::string_view text)
{
    KeyChord chord;
    while (!text.empty()) {
        const auto end = text.find('-');
        std::string name(text.substr(0, end));
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
        std::ranges::transform(name, name.begin(),
                               [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        const auto code = keyByName(name);
        if (!code)
            return fail(ErrorCode::InvalidArgument,
                        "\"" + name + "\" is not a key; examples: ctrl-alt-delete, f12, enter, a");
        chord.push_back(*code);
    }
    constexpr std::size_t MostKeys = 8;
    if (chord.empty() || chord.size() > MostKeys)
        return fail(ErrorCode::InvalidArgument, "name one to eight keys, joined by '-'");
    return chord;
}

Result<KeyChord> chordForCharacter(char32_t character)
{
    for (const TypingKey& key : TypingKeys) {
        if (static_cast<char32_t>(key.plain) == character)
            return KeyChord{key.code};
        if (static_cast<char32_t>(key.shifted) == character)
            return KeyChord{KEY_LEFTSHIFT, key.code};
    }
    return fail(ErrorCode::InvalidArgument, "a US keyboard has no key for this character");
}

} // namespace app
