// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/chipset/ps2_keyboard.h"

#include "devices/chipset/ps2_scan_codes.h"

#include <algorithm>

namespace engine {

namespace {

constexpr std::uint8_t SetLeds = 0xed;
constexpr std::uint8_t Echo = 0xee;
constexpr std::uint8_t ScanCodeSet = 0xf0;
constexpr std::uint8_t ReadId = 0xf2;
constexpr std::uint8_t SetTypematic = 0xf3;
constexpr std::uint8_t Enable = 0xf4;
constexpr std::uint8_t DefaultDisable = 0xf5;
constexpr std::uint8_t SetDefault = 0xf6;
constexpr std::uint8_t AllRepeat = 0xf7;
constexpr std::uint8_t AllMakeBreak = 0xf8;
constexpr std::uint8_t AllMake = 0xf9;
constexpr std::uint8_t AllRepeatMakeBreak = 0xfa;
constexpr std::uint8_t KeyRepeat = 0xfb;
constexpr std::uint8_t KeyMakeBreak = 0xfc;
constexpr std::uint8_t KeyMake = 0xfd;
constexpr std::uint8_t Resend = 0xfe;
constexpr std::uint8_t Reset = 0xff;

constexpr std::uint8_t Acknowledge = 0xfa;
constexpr std::uint8_t SelfTestPassed = 0xaa;
constexpr std::uint8_t BreakPrefix = 0xf0;
constexpr std::uint8_t ExtendedPrefix = 0xe0;
constexpr std::uint8_t Set1Break = 0x80;
constexpr std::uint8_t FirstCommand = SetLeds;

constexpr std::uint8_t LedScroll = 1 << 0;
constexpr std::uint8_t LedNum = 1 << 1;
constexpr std::uint8_t LedCaps = 1 << 2;

constexpr KeyCode LeftCtrl = 29;
constexpr KeyCode LeftShift = 42;
constexpr KeyCode RightShift = 54;
constexpr KeyCode LeftAlt = 56;
constexpr KeyCode RightCtrl = 97;
constexpr KeyCode RightAlt = 100;
constexpr std::uint8_t Set3PrintScreen = 0x57;
constexpr std::uint8_t Set3Pause = 0x62;
constexpr std::uint8_t HangulCode = 0xf2; // both sent once when pressed, never when released
constexpr std::uint8_t HanjaCode = 0xf1;

} // namespace

void Ps2Keyboard::setDefaults()
{
    m_typematic = 0x2b;
    setAllKeys(true, true);
}

void Ps2Keyboard::setAllKeys(bool repeats, bool breaks)
{
    repeats ? m_set3Repeats.set() : m_set3Repeats.reset();
    breaks ? m_set3Breaks.set() : m_set3Breaks.reset();
}

void Ps2Keyboard::reply(std::initializer_list<std::uint8_t> bytes)
{
    m_replies.push(bytes);
}

void Ps2Keyboard::write(std::uint8_t value)
{
    if (!takeArgument(value))
        runCommand(value);
}

bool Ps2Keyboard::takeArgument(std::uint8_t value)
{
    const std::uint8_t command = std::exchange(m_pendingCommand, std::uint8_t{0});
    if (command == 0 || value >= FirstCommand) // a new command ends the one that waits
        return false;
    switch (command) {
    case SetLeds:
        m_leds = value & (LedScroll | LedNum | LedCaps);
        reply({Acknowledge});
        break;
    case SetTypematic:
        m_typematic = value & 0x7f;
        reply({Acknowledge});
        break;
    case ScanCodeSet: selectScanCodeSet(value); break;
    default: // the three that list keys of set 3 go on until the next command
        m_set3Repeats[value] = command == KeyRepeat;
        m_set3Breaks[value] = command == KeyMakeBreak;
        m_pendingCommand = command;
        reply({Acknowledge});
        break;
    }
    return true;
}

void Ps2Keyboard::selectScanCodeSet(std::uint8_t number)
{
    if (number == 0) {
        reply({Acknowledge, m_scanCodeSet});
    } else if (number <= 3) {
        m_scanCodeSet = number;
        m_scanCodes.clear();
        reply({Acknowledge});
    } else {
        reply({Resend});
    }
}

void Ps2Keyboard::runCommand(std::uint8_t command)
{
    switch (command) {
    case Echo: reply({Echo}); return;
    case Resend: reply({m_lastSent}); return;
    case ReadId: reply({Acknowledge, 0xab, 0x83}); return;
    case SetLeds:
    case ScanCodeSet:
    case SetTypematic:
    case KeyRepeat:
    case KeyMakeBreak:
    case KeyMake: m_pendingCommand = command; break;
    case Enable:
        m_scanning = true;
        m_enabled = true;
        m_scanCodes.clear();
        break;
    case DefaultDisable:
        m_scanning = false;
        m_scanCodes.clear();
        setDefaults();
        break;
    case SetDefault:
        m_scanCodes.clear();
        setDefaults();
        break;
    case AllRepeat: setAllKeys(true, false); break;
    case AllMakeBreak: setAllKeys(false, true); break;
    case AllMake: setAllKeys(false, false); break;
    case AllRepeatMakeBreak: setAllKeys(true, true); break;
    case Reset:
        reset();
        reply({Acknowledge, SelfTestPassed});
        return;
    default: reply({Resend}); return;
    }
    reply({Acknowledge});
}

bool Ps2Keyboard::isHeld(std::initializer_list<KeyCode> keys) const
{
    return std::ranges::any_of(keys, [this](KeyCode key) { return m_held[key]; });
}

void Ps2Keyboard::rememberHeld(KeyCode code, bool down)
{
    if (code < CodeCount)
        m_held[code] = down;
}

void Ps2Keyboard::key(KeyCode code, bool down)
{
    const bool isRepeat = down && code < CodeCount && m_held[code];
    rememberHeld(code, down);
    if (!m_scanning)
        return;
    if (code == KeyPrintScreen) {
        m_scanCodeSet == 3 ? sendSet3(Set3PrintScreen, down, isRepeat) : sendPrintScreen(down);
    } else if (code == KeyPause) {
        if (m_scanCodeSet == 3)
            sendSet3(Set3Pause, down, isRepeat);
        else if (down)
            sendPause();
    } else if (code == KeyHangul || code == KeyHanja) {
        if (down)
            m_scanCodes.push({code == KeyHangul ? HangulCode : HanjaCode});
    } else if (const auto codes = ps2ScanCodes(code)) {
        m_scanCodeSet == 3 ? sendSet3(codes->set3, down, isRepeat) : sendCode(codes->set1, codes->set2, down);
    }
}

void Ps2Keyboard::sendSet3(std::uint8_t code, bool down, bool isRepeat)
{
    if (code == 0 || (isRepeat && !m_set3Repeats[code]) || (!down && !m_set3Breaks[code]))
        return;
    if (down)
        m_scanCodes.push({code});
    else
        m_scanCodes.push({BreakPrefix, code});
}

void Ps2Keyboard::sendCode(std::uint16_t set1, std::uint16_t set2, bool down)
{
    std::array<std::uint8_t, 3> bytes{};
    std::size_t count = 0;
    const std::uint16_t code = m_scanCodeSet == 1 ? set1 : set2;
    if (code >> 8)
        bytes.at(count++) = ExtendedPrefix;
    auto last = static_cast<std::uint8_t>(code & 0xff);
    if (!down && m_scanCodeSet == 1)
        last |= Set1Break;
    else if (!down)
        bytes.at(count++) = BreakPrefix;
    bytes.at(count++) = last;
    m_scanCodes.push(std::span(bytes).first(count));
}

void Ps2Keyboard::sendPrintScreen(bool down)
{
    if (isHeld({LeftAlt, RightAlt})) { // SysRq, a code of its own
        sendCode(0x54, 0x84, down);
        return;
    }
    const bool plain = !isHeld({LeftCtrl, RightCtrl, LeftShift, RightShift});
    // Without Ctrl and Shift an extended left Shift comes along.
    if (plain && down)
        sendCode(0xe02a, 0xe012, true);
    sendCode(0xe037, 0xe07c, down);
    if (plain && !down)
        sendCode(0xe02a, 0xe012, false);
}

void Ps2Keyboard::sendPause()
{
    const bool isBreak = isHeld({LeftCtrl, RightCtrl});
    if (isBreak) {
        sendCode(0xe046, 0xe07e, true);
        sendCode(0xe046, 0xe07e, false);
    } else if (m_scanCodeSet == 1) {
        m_scanCodes.push({0xe1, 0x1d, 0x45, 0xe1, 0x9d, 0xc5});
    } else {
        m_scanCodes.push({0xe1, 0x14, 0x77, 0xe1, 0xf0, 0x14, 0xf0, 0x77});
    }
}

KeyboardLeds Ps2Keyboard::leds() const
{
    return {.scrollLock = (m_leds & LedScroll) != 0,
            .numLock = (m_leds & LedNum) != 0,
            .capsLock = (m_leds & LedCaps) != 0};
}

std::optional<Ps2Byte> Ps2Keyboard::take()
{
    if (const auto byte = m_replies.pop()) {
        m_lastSent = *byte;
        return Ps2Byte{*byte, true};
    }
    if (const auto byte = m_scanCodes.pop()) {
        m_lastSent = *byte;
        return Ps2Byte{*byte, false};
    }
    return std::nullopt;
}

void Ps2Keyboard::reset()
{
    const auto held = m_held; // the person's fingers stay where they are
    *this = Ps2Keyboard();
    m_held = held;
}

void Ps2Keyboard::save(StateWriter& out) const
{
    m_replies.save(out);
    m_scanCodes.save(out);
    for (const std::uint8_t value : {m_pendingCommand, m_lastSent, m_leds, m_typematic, m_scanCodeSet})
        out.integer(value);
    out.boolean(m_scanning);
    for (std::size_t code = 0; code < CodeCount; ++code)
        out.integer(static_cast<std::uint8_t>((m_set3Repeats[code] ? 1 : 0) | (m_set3Breaks[code] ? 2 : 0)));
}

Ps2Keyboard Ps2Keyboard::restore(StateReader& in)
{
    Ps2Keyboard keyboard;
    keyboard.m_replies.restore(in);
    keyboard.m_scanCodes.restore(in);
    keyboard.m_pendingCommand = in.integer<std::uint8_t>();
    keyboard.m_lastSent = in.integer<std::uint8_t>();
    keyboard.m_leds = in.integer<std::uint8_t>() & (LedScroll | LedNum | LedCaps);
    keyboard.m_typematic = in.integer<std::uint8_t>() & 0x7f;
    keyboard.m_scanCodeSet = std::clamp<std::uint8_t>(in.integer<std::uint8_t>(), 1, 3);
    keyboard.m_scanning = in.boolean();
    for (std::size_t code = 0; code < CodeCount; ++code) {
        const auto flags = in.integer<std::uint8_t>();
        keyboard.m_set3Repeats[code] = (flags & 1) != 0;
        keyboard.m_set3Breaks[code] = (flags & 2) != 0;
    }
    return keyboard;
}

} // namespace engine
