// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/usb/hid/hid_keyboard.h"

#include "devices/usb/hid/hid_usages.h"

#include <algorithm>

namespace engine::usb {

namespace {

constexpr std::uint8_t FirstModifier = 0xe0;
constexpr std::uint8_t LastModifier = 0xe7;
constexpr std::size_t ReportedKeys = 6;
constexpr unsigned ErrorRollOver = 0x01;
constexpr std::size_t MostWaiting = 64;

// The report descriptor of a boot keyboard (HID 1.11, appendix B.1 describes the layout).
Bytes reportDescriptor()
{
    return bytesOf({
        0x05, 0x01,       // Usage Page (Generic Desktop)
        0x09, 0x06,       // Usage (Keyboard)
        0xa1, 0x01,       // Collection (Application)
        0x05, 0x07,       //   Usage Page (Keyboard)
        0x19, 0xe0,       //   Usage Minimum (left Control)
        0x29, 0xe7,       //   Usage Maximum (right GUI)
        0x15, 0x00,       //   Logical Minimum (0)
        0x25, 0x01,       //   Logical Maximum (1)
        0x75, 0x01,       //   Report Size (1)
        0x95, 0x08,       //   Report Count (8)
        0x81, 0x02,       //   Input (Data, Variable, Absolute)
        0x75, 0x08,       //   Report Size (8)
        0x95, 0x01,       //   Report Count (1)
        0x81, 0x01,       //   Input (Constant)
        0x05, 0x08,       //   Usage Page (LEDs)
        0x19, 0x01,       //   Usage Minimum (Num Lock)
        0x29, 0x05,       //   Usage Maximum (Kana)
        0x75, 0x01,       //   Report Size (1)
        0x95, 0x05,       //   Report Count (5)
        0x91, 0x02,       //   Output (Data, Variable, Absolute)
        0x75, 0x03,       //   Report Size (3)
        0x95, 0x01,       //   Report Count (1)
        0x91, 0x01,       //   Output (Constant)
        0x05, 0x07,       //   Usage Page (Keyboard)
        0x19, 0x00,       //   Usage Minimum (0)
        0x2a, 0xff, 0x00, //   Usage Maximum (255)
        0x15, 0x00,       //   Logical Minimum (0)
        0x26, 0xff, 0x00, //   Logical Maximum (255)
        0x75, 0x08,       //   Report Size (8)
        0x95, 0x06,       //   Report Count (6)
        0x81, 0x00,       //   Input (Data, Array)
        0xc0,             // End Collection
    });
}

bool isModifier(std::uint8_t usage)
{
    return usage >= FirstModifier && usage <= LastModifier;
}

} // namespace

HidKeyboard::HidKeyboard(DeviceClock& clock)
    : HidDevice(
          clock,
          {.identity = {.vendor = 0x0627, .product = 0x0001, .strings = {"Guesthouse", "USB Keyboard", "K1"}},
           .function = {.classCode = 3, .subclass = 1, .protocol = 1},
           .report = reportDescriptor(),
           .endpoint = {.address = 0x81, .maxPacket = 8, .interval = 4},
           .hasProtocol = true,
           .idleRate = 125}) // 500 ms (HID 1.11, 7.2.4)
{}

void HidKeyboard::key(KeyCode code, bool down)
{
    const auto usage = keyboardUsage(code);
    if (!usage)
        return;
    {
        std::scoped_lock lock(mutex());
        if (!isInUse() || m_input.held.test(*usage) == down
            || (down && m_input.waiting.size() >= MostWaiting))
            return;
        m_input.held.set(*usage, down);
        m_input.waiting.push_back({.usage = *usage, .down = down});
    }
    reportReady();
}

KeyboardLeds HidKeyboard::leds() const
{
    std::scoped_lock lock(mutex());
    return {.scrollLock = (m_input.leds & 4) != 0,
            .numLock = (m_input.leds & 1) != 0,
            .capsLock = (m_input.leds & 2) != 0};
}

bool HidKeyboard::takeChange()
{
    if (m_input.waiting.empty())
        return false;
    const Change change = m_input.waiting.front();
    m_input.waiting.pop_front();
    if (isModifier(change.usage)) {
        const unsigned bit = 1U << (change.usage - FirstModifier);
        m_input.modifiers =
            static_cast<std::uint8_t>(change.down ? m_input.modifiers | bit : m_input.modifiers & ~bit);
    } else {
        std::erase(m_input.pressed, change.usage);
        if (change.down)
            m_input.pressed.push_back(change.usage);
    }
    return true;
}

Bytes HidKeyboard::inputReport() const
{
    Bytes report = bytesOf({m_input.modifiers, 0, 0, 0, 0, 0, 0, 0});
    const bool tooMany = m_input.pressed.size() > ReportedKeys;
    for (std::size_t i = 0; i < ReportedKeys; ++i) {
        if (tooMany)
            report.at(2 + i) = std::byte{ErrorRollOver};
        else if (i < m_input.pressed.size())
            report.at(2 + i) = std::byte{m_input.pressed[i]};
    }
    return report;
}

bool HidKeyboard::setOutput(std::span<const std::byte> report)
{
    constexpr std::uint8_t Lights = 0x1f;
    if (report.empty())
        return false;
    m_input.leds = std::to_integer<std::uint8_t>(report.front()) & Lights;
    if (m_onLeds)
        m_onLeds();
    return true;
}

void HidKeyboard::clearInput()
{
    m_input = {.waiting = {}, .held = {}, .pressed = {}, .modifiers = 0, .leds = m_input.leds};
}

void HidKeyboard::saveInput(StateWriter& out) const
{
    // Keys are released across a restore: what is held belongs to a person who may be gone. The lights and
    // what the guest believes to be down are kept, with the releases that it has to hear of.
    out.integer(m_input.leds);
    out.integer(m_input.modifiers);
    out.bytes(std::as_bytes(std::span(m_input.pressed)));
}

void HidKeyboard::readInput(StateReader& in)
{
    m_restored = {};
    m_restored.leds = in.integer<std::uint8_t>() & 0x1f;
    m_restored.modifiers = in.integer<std::uint8_t>();
    for (const std::byte byte : in.bytes(std::size_t{256})) {
        const auto usage = std::to_integer<std::uint8_t>(byte);
        std::erase(m_restored.pressed, usage);
        m_restored.pressed.push_back(usage);
        m_restored.waiting.push_back({.usage = usage, .down = false});
    }
    for (std::uint8_t usage = FirstModifier; usage <= LastModifier; ++usage)
        if (m_restored.modifiers >> (usage - FirstModifier) & 1)
            m_restored.waiting.push_back({.usage = usage, .down = false});
}

} // namespace engine::usb
