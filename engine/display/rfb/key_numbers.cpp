// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/rfb/key_numbers.h"

#include <linux/input-event-codes.h>

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

namespace engine::display::rfb {
namespace {

struct Entry {
    std::uint32_t from;
    KeyCode to;
};

std::optional<KeyCode> find(std::span<const Entry> table, std::uint32_t from)
{
    const auto found = std::ranges::find(table, from, &Entry::from);
    return found == table.end() ? std::nullopt : std::optional(found->to);
}

/// Scan codes beyond those whose number is also the evdev code (1 ... 0x53, 0x56 ... 0x58).
constexpr auto ScanCodes = std::to_array<Entry>({
    {0x54, KEY_SYSRQ},
    {0x59, KEY_KPEQUAL},
    {0x5c, KEY_KPJPCOMMA},
    {0x70, KEY_KATAKANAHIRAGANA},
    {0x71, KEY_HANJA},
    {0x72, KEY_HANGEUL},
    {0x73, KEY_RO},
    {0x76, KEY_ZENKAKUHANKAKU},
    {0x77, KEY_HIRAGANA},
    {0x78, KEY_KATAKANA},
    {0x79, KEY_HENKAN},
    {0x7b, KEY_MUHENKAN},
    {0x7d, KEY_YEN},
    {0x7e, KEY_KPCOMMA},
    {0x80 | 0x10, KEY_PREVIOUSSONG},
    {0x80 | 0x19, KEY_NEXTSONG},
    {0x80 | 0x1c, KEY_KPENTER},
    {0x80 | 0x1d, KEY_RIGHTCTRL},
    {0x80 | 0x20, KEY_MUTE},
    {0x80 | 0x21, KEY_CALC},
    {0x80 | 0x22, KEY_PLAYPAUSE},
    {0x80 | 0x24, KEY_STOPCD},
    {0x80 | 0x2e, KEY_VOLUMEDOWN},
    {0x80 | 0x30, KEY_VOLUMEUP},
    {0x80 | 0x32, KEY_HOMEPAGE},
    {0x80 | 0x35, KEY_KPSLASH},
    {0x80 | 0x37, KEY_SYSRQ},
    {0x80 | 0x38, KEY_RIGHTALT},
    {0x80 | 0x45, KEY_NUMLOCK},
    {0x80 | 0x46, KEY_PAUSE},
    {0x80 | 0x47, KEY_HOME},
    {0x80 | 0x48, KEY_UP},
    {0x80 | 0x49, KEY_PAGEUP},
    {0x80 | 0x4b, KEY_LEFT},
    {0x80 | 0x4d, KEY_RIGHT},
    {0x80 | 0x4f, KEY_END},
    {0x80 | 0x50, KEY_DOWN},
    {0x80 | 0x51, KEY_PAGEDOWN},
    {0x80 | 0x52, KEY_INSERT},
    {0x80 | 0x53, KEY_DELETE},
    {0x80 | 0x5b, KEY_LEFTMETA},
    {0x80 | 0x5c, KEY_RIGHTMETA},
    {0x80 | 0x5d, KEY_COMPOSE},
    {0x80 | 0x5e, KEY_POWER},
    {0x80 | 0x5f, KEY_SLEEP},
    {0x80 | 0x63, KEY_WAKEUP},
    {0x80 | 0x65, KEY_SEARCH},
    {0x80 | 0x66, KEY_BOOKMARKS},
    {0x80 | 0x67, KEY_REFRESH},
    {0x80 | 0x68, KEY_STOP},
    {0x80 | 0x69, KEY_FORWARD},
    {0x80 | 0x6a, KEY_BACK},
    {0x80 | 0x6b, KEY_COMPUTER},
    {0x80 | 0x6c, KEY_MAIL},
    {0x80 | 0x6d, KEY_MEDIA},
});

/// X11/keysymdef.h names in the comments where they say more than the key's.
constexpr auto Keysyms = std::to_array<Entry>({
    {0xff08, KEY_BACKSPACE},  {0xff09, KEY_TAB},
    {0xff0d, KEY_ENTER},      {0xff13, KEY_PAUSE},
    {0xff14, KEY_SCROLLLOCK}, {0xff15, KEY_SYSRQ},
    {0xff1b, KEY_ESC},        {0xff50, KEY_HOME},
    {0xff51, KEY_LEFT},       {0xff52, KEY_UP},
    {0xff53, KEY_RIGHT},      {0xff54, KEY_DOWN},
    {0xff55, KEY_PAGEUP},     {0xff56, KEY_PAGEDOWN},
    {0xff57, KEY_END},        {0xff61, KEY_SYSRQ},   // Print
    {0xff63, KEY_INSERT},     {0xff67, KEY_COMPOSE}, // Menu
    {0xff6b, KEY_PAUSE},                             // Break
    {0xff7f, KEY_NUMLOCK},    {0xff8d, KEY_KPENTER},
    {0xff95, KEY_KP7}, // KP_Home and so on: the pad without Num Lock
    {0xff96, KEY_KP4},        {0xff97, KEY_KP8},
    {0xff98, KEY_KP6},        {0xff99, KEY_KP2},
    {0xff9a, KEY_KP9},        {0xff9b, KEY_KP3},
    {0xff9c, KEY_KP1},        {0xff9d, KEY_KP5},
    {0xff9e, KEY_KP0},        {0xff9f, KEY_KPDOT},
    {0xffaa, KEY_KPASTERISK}, {0xffab, KEY_KPPLUS},
    {0xffac, KEY_KPCOMMA},    {0xffad, KEY_KPMINUS},
    {0xffae, KEY_KPDOT},      {0xffaf, KEY_KPSLASH},
    {0xffb0, KEY_KP0},        {0xffb1, KEY_KP1},
    {0xffb2, KEY_KP2},        {0xffb3, KEY_KP3},
    {0xffb4, KEY_KP4},        {0xffb5, KEY_KP5},
    {0xffb6, KEY_KP6},        {0xffb7, KEY_KP7},
    {0xffb8, KEY_KP8},        {0xffb9, KEY_KP9},
    {0xffbd, KEY_KPEQUAL},    {0xffc8, KEY_F11},
    {0xffc9, KEY_F12},        {0xffe1, KEY_LEFTSHIFT},
    {0xffe2, KEY_RIGHTSHIFT}, {0xffe3, KEY_LEFTCTRL},
    {0xffe4, KEY_RIGHTCTRL},  {0xffe5, KEY_CAPSLOCK},
    {0xffe7, KEY_LEFTALT}, // Meta_L
    {0xffe8, KEY_RIGHTALT},   {0xffe9, KEY_LEFTALT},
    {0xffea, KEY_RIGHTALT},   {0xffeb, KEY_LEFTMETA}, // Super_L
    {0xffec, KEY_RIGHTMETA},  {0xffff, KEY_DELETE},
    {0xfe03, KEY_RIGHTALT}, // ISO_Level3_Shift
    {0xfe20, KEY_TAB},      // ISO_Left_Tab
});

/// The US keyboard, row by row: which characters the keys from a given code on make.
struct Row {
    KeyCode first;
    std::string_view plain;
    std::string_view shifted;
};
constexpr auto Rows = std::to_array<Row>({
    {KEY_1, "1234567890-=", "!@#$%^&*()_+"},
    {KEY_Q, "qwertyuiop[]", "QWERTYUIOP{}"},
    {KEY_A, "asdfghjkl;'`", "ASDFGHJKL:\"~"},
    {KEY_BACKSLASH, "\\zxcvbnm,./", "|ZXCVBNM<>?"},
    {KEY_SPACE, " ", " "},
});

} // namespace

std::optional<KeyCode> keyFromScanCode(std::uint32_t scanCode)
{
    constexpr std::uint32_t LastMainKey = 0x53;
    if ((scanCode >= 1 && scanCode <= LastMainKey) || (scanCode >= 0x56 && scanCode <= 0x58))
        return static_cast<KeyCode>(scanCode);
    return find(ScanCodes, scanCode);
}

std::optional<KeyCode> keyFromKeysym(std::uint32_t keysym)
{
    constexpr std::uint32_t F1 = 0xffbe;
    constexpr std::uint32_t F10 = 0xffc7;
    if (keysym >= F1 && keysym <= F10)
        return static_cast<KeyCode>(KEY_F1 + (keysym - F1));
    if (keysym > 0x7e)
        return find(Keysyms, keysym);
    const auto character = static_cast<char>(keysym);
    for (const Row& row : Rows) {
        for (const std::string_view keys : {row.plain, row.shifted}) {
            if (const auto at = keys.find(character); at != std::string_view::npos)
                return static_cast<KeyCode>(row.first + at);
        }
    }
    return std::nullopt;
}

} // namespace engine::display::rfb
