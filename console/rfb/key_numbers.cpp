// SPDX-License-Identifier: GPL-3.0-or-later
#include "rfb/key_numbers.h"

#include <linux/input-event-codes.h>

#include <algorithm>
#include <array>

namespace console {
namespace {

struct Entry {
    std::uint32_t evdev;
    std::uint32_t scanCode;
};

constexpr std::uint32_t Prefixed = 0x80;

constexpr auto Entries = std::to_array<Entry>({
    {KEY_ZENKAKUHANKAKU, 0x76},
    {KEY_RO, 0x73},
    {KEY_KATAKANA, 0x78},
    {KEY_HIRAGANA, 0x77},
    {KEY_HENKAN, 0x79},
    {KEY_KATAKANAHIRAGANA, 0x70},
    {KEY_MUHENKAN, 0x7b},
    {KEY_KPJPCOMMA, 0x5c},
    {KEY_KPENTER, Prefixed | 0x1c},
    {KEY_RIGHTCTRL, Prefixed | 0x1d},
    {KEY_KPSLASH, Prefixed | 0x35},
    {KEY_SYSRQ, Prefixed | 0x37},
    {KEY_RIGHTALT, Prefixed | 0x38},
    {KEY_HOME, Prefixed | 0x47},
    {KEY_UP, Prefixed | 0x48},
    {KEY_PAGEUP, Prefixed | 0x49},
    {KEY_LEFT, Prefixed | 0x4b},
    {KEY_RIGHT, Prefixed | 0x4d},
    {KEY_END, Prefixed | 0x4f},
    {KEY_DOWN, Prefixed | 0x50},
    {KEY_PAGEDOWN, Prefixed | 0x51},
    {KEY_INSERT, Prefixed | 0x52},
    {KEY_DELETE, Prefixed | 0x53},
    {KEY_MUTE, Prefixed | 0x20},
    {KEY_VOLUMEDOWN, Prefixed | 0x2e},
    {KEY_VOLUMEUP, Prefixed | 0x30},
    {KEY_POWER, Prefixed | 0x5e},
    {KEY_KPEQUAL, 0x59},
    {KEY_PAUSE, Prefixed | 0x46},
    {KEY_KPCOMMA, 0x7e},
    {KEY_HANGEUL, 0x72},
    {KEY_HANJA, 0x71},
    {KEY_YEN, 0x7d},
    {KEY_LEFTMETA, Prefixed | 0x5b},
    {KEY_RIGHTMETA, Prefixed | 0x5c},
    {KEY_COMPOSE, Prefixed | 0x5d},
    {KEY_STOP, Prefixed | 0x68},
    {KEY_CALC, Prefixed | 0x21},
    {KEY_SLEEP, Prefixed | 0x5f},
    {KEY_WAKEUP, Prefixed | 0x63},
    {KEY_MAIL, Prefixed | 0x6c},
    {KEY_BOOKMARKS, Prefixed | 0x66},
    {KEY_COMPUTER, Prefixed | 0x6b},
    {KEY_BACK, Prefixed | 0x6a},
    {KEY_FORWARD, Prefixed | 0x69},
    {KEY_NEXTSONG, Prefixed | 0x19},
    {KEY_PLAYPAUSE, Prefixed | 0x22},
    {KEY_PREVIOUSSONG, Prefixed | 0x10},
    {KEY_STOPCD, Prefixed | 0x24},
    {KEY_HOMEPAGE, Prefixed | 0x32},
    {KEY_REFRESH, Prefixed | 0x67},
    {KEY_SEARCH, Prefixed | 0x65},
    {KEY_MEDIA, Prefixed | 0x6d},
});

} // namespace

std::optional<std::uint32_t> scanCodeFromEvdev(std::uint32_t evdevCode)
{
    // The first evdev codes are the scan codes of the AT keyboard.
    if ((evdevCode >= KEY_ESC && evdevCode <= KEY_KPDOT) || (evdevCode >= KEY_102ND && evdevCode <= KEY_F12))
        return evdevCode;
    const auto found = std::ranges::find(Entries, evdevCode, &Entry::evdev);
    return found == Entries.end() ? std::nullopt : std::optional(found->scanCode);
}

} // namespace console
