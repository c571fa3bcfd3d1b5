// SPDX-License-Identifier: GPL-3.0-or-later
#include "view/keyboard.h"

#include <linux/input-event-codes.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace console {
namespace {

/// X and Wayland number keys as the kernel does, plus 8.
constexpr std::uint32_t FirstKeycode = 8;

struct KeysymEntry {
    int qtKey;
    std::uint32_t keysym; ///< X11/keysymdef.h
};

constexpr auto Keysyms = std::to_array<KeysymEntry>({
    {Qt::Key_Escape, 0xff1b},    {Qt::Key_Tab, 0xff09},     {Qt::Key_Backtab, 0xfe20},
    {Qt::Key_Backspace, 0xff08}, {Qt::Key_Return, 0xff0d},  {Qt::Key_Enter, 0xff8d},
    {Qt::Key_Insert, 0xff63},    {Qt::Key_Delete, 0xffff},  {Qt::Key_Pause, 0xff13},
    {Qt::Key_Print, 0xff61},     {Qt::Key_SysReq, 0xff15},  {Qt::Key_Home, 0xff50},
    {Qt::Key_End, 0xff57},       {Qt::Key_Left, 0xff51},    {Qt::Key_Up, 0xff52},
    {Qt::Key_Right, 0xff53},     {Qt::Key_Down, 0xff54},    {Qt::Key_PageUp, 0xff55},
    {Qt::Key_PageDown, 0xff56},  {Qt::Key_Shift, 0xffe1},   {Qt::Key_Control, 0xffe3},
    {Qt::Key_Meta, 0xffeb},      {Qt::Key_Alt, 0xffe9},     {Qt::Key_AltGr, 0xfe03},
    {Qt::Key_CapsLock, 0xffe5},  {Qt::Key_NumLock, 0xff7f}, {Qt::Key_ScrollLock, 0xff14},
    {Qt::Key_Super_L, 0xffeb},   {Qt::Key_Super_R, 0xffec}, {Qt::Key_Menu, 0xff67},
    {Qt::Key_Multi_key, 0xff20},
});

bool isSameKey(const KeyInput& a, const KeyInput& b)
{
    return a.evdevCode ? a.evdevCode == b.evdevCode : !b.evdevCode && a.keysym == b.keysym;
}

} // namespace

std::uint32_t keysymFromQt(int qtKey, const QString& text)
{
    if (qtKey >= Qt::Key_F1 && qtKey <= Qt::Key_F35)
        return 0xffbeU + static_cast<std::uint32_t>(qtKey - Qt::Key_F1);
    const auto found = std::ranges::find(Keysyms, qtKey, &KeysymEntry::qtKey);
    if (found != Keysyms.end())
        return found->keysym;
    const auto characters = text.toUcs4();
    std::uint32_t character = 0;
    if (!characters.isEmpty() && characters.first() >= 0x20)
        character = characters.first();
    else if (qtKey >= Qt::Key_Space && qtKey <= Qt::Key_ydiaeresis) // with Ctrl the text is a control code
        character = static_cast<std::uint32_t>(QChar::toLower(static_cast<char32_t>(qtKey)));
    // Latin-1 is its own keysym, the rest of Unicode has an offset.
    return character == 0 || character < 0x100 ? character : 0x01000000U + character;
}

std::uint32_t keysymFromEvdev(std::uint32_t evdevCode)
{
    struct Entry {
        std::uint32_t evdev, keysym;
    };
    constexpr auto Named = std::to_array<Entry>({
        {KEY_ESC, 0xff1b},      {KEY_BACKSPACE, 0xff08}, {KEY_TAB, 0xff09},        {KEY_ENTER, 0xff0d},
        {KEY_LEFTCTRL, 0xffe3}, {KEY_RIGHTCTRL, 0xffe4}, {KEY_LEFTSHIFT, 0xffe1},  {KEY_RIGHTSHIFT, 0xffe2},
        {KEY_LEFTALT, 0xffe9},  {KEY_RIGHTALT, 0xffea},  {KEY_LEFTMETA, 0xffeb},   {KEY_RIGHTMETA, 0xffec},
        {KEY_CAPSLOCK, 0xffe5}, {KEY_NUMLOCK, 0xff7f},   {KEY_SCROLLLOCK, 0xff14}, {KEY_SYSRQ, 0xff61},
        {KEY_PAUSE, 0xff13},    {KEY_INSERT, 0xff63},    {KEY_DELETE, 0xffff},     {KEY_HOME, 0xff50},
        {KEY_END, 0xff57},      {KEY_PAGEUP, 0xff55},    {KEY_PAGEDOWN, 0xff56},   {KEY_LEFT, 0xff51},
        {KEY_UP, 0xff52},       {KEY_RIGHT, 0xff53},     {KEY_DOWN, 0xff54},       {KEY_COMPOSE, 0xff67},
        {KEY_SPACE, 0x20},      {KEY_F11, 0xffc8},       {KEY_F12, 0xffc9},
    });
    struct Row {
        std::uint32_t first;
        std::string_view keys;
    };
    constexpr auto Rows = std::to_array<Row>({{KEY_1, "1234567890-="},
                                              {KEY_Q, "qwertyuiop[]"},
                                              {KEY_A, "asdfghjkl;'`"},
                                              {KEY_BACKSLASH, "\\zxcvbnm,./"}});
    if (evdevCode >= KEY_F1 && evdevCode <= KEY_F10)
        return 0xffbeU + (evdevCode - KEY_F1);
    if (const auto found = std::ranges::find(Named, evdevCode, &Entry::evdev); found != Named.end())
        return found->keysym;
    for (const Row& row : Rows)
        if (evdevCode >= row.first && evdevCode < row.first + row.keys.size())
            return static_cast<std::uint8_t>(row.keys[evdevCode - row.first]);
    return 0;
}

std::optional<KeyInput> keyInputFrom(const QKeyEvent& event)
{
    KeyInput key;
    key.down = event.type() == QEvent::KeyPress;
    // Keycode 8 is no key: input tools borrow it for characters that the layout lacks.
    if (event.nativeScanCode() > FirstKeycode)
        key.evdevCode = event.nativeScanCode() - FirstKeycode;
    key.keysym = event.nativeVirtualKey();
    if (key.keysym == 0)
        key.keysym = keysymFromQt(event.key(), event.text());
    if (!key.evdevCode && key.keysym == 0)
        return std::nullopt;
    return key;
}

bool KeyboardState::isDown(const KeyInput& key) const
{
    return std::ranges::any_of(m_down, [&](const KeyInput& held) { return isSameKey(held, key); });
}

bool KeyboardState::isAnyDown(std::uint32_t first, std::uint32_t second) const
{
    return std::ranges::any_of(
        m_down, [&](const KeyInput& held) { return held.evdevCode == first || held.evdevCode == second; });
}

bool KeyboardState::isChordKey(const KeyInput& key) const
{
    const std::uint32_t code = key.evdevCode.value_or(0);
    switch (m_chord) {
    case ReleaseChord::CtrlAlt:
        return code == KEY_LEFTCTRL || code == KEY_RIGHTCTRL || code == KEY_LEFTALT || code == KEY_RIGHTALT;
    case ReleaseChord::RightCtrl: return code == KEY_RIGHTCTRL;
    case ReleaseChord::CtrlShift:
        return code == KEY_LEFTCTRL || code == KEY_RIGHTCTRL || code == KEY_LEFTSHIFT
               || code == KEY_RIGHTSHIFT;
    case ReleaseChord::None: break;
    }
    return false;
}

bool KeyboardState::isChordComplete() const
{
    const bool ctrl = isAnyDown(KEY_LEFTCTRL, KEY_RIGHTCTRL);
    switch (m_chord) {
    case ReleaseChord::CtrlAlt: return ctrl && isAnyDown(KEY_LEFTALT, KEY_RIGHTALT);
    case ReleaseChord::RightCtrl: return isAnyDown(KEY_RIGHTCTRL, KEY_RIGHTCTRL);
    case ReleaseChord::CtrlShift: return ctrl && isAnyDown(KEY_LEFTSHIFT, KEY_RIGHTSHIFT);
    case ReleaseChord::None: break;
    }
    return false;
}

bool KeyboardState::note(const KeyInput& key)
{
    if (key.down) {
        if (isDown(key))
            return false; // auto-repeat
        m_down.append(key);
        m_armed = isChordComplete()
                  && std::ranges::all_of(m_down, [this](const KeyInput& held) { return isChordKey(held); });
        return false;
    }
    const bool completed = m_armed && isChordKey(key);
    m_down.removeIf([&](const KeyInput& held) { return isSameKey(held, key); });
    m_armed = false;
    return completed;
}

QList<KeyInput> KeyboardState::takeReleases()
{
    QList<KeyInput> releases = std::exchange(m_down, {});
    std::ranges::reverse(releases);
    for (KeyInput& key : releases)
        key.down = false;
    m_armed = false;
    return releases;
}

} // namespace console
