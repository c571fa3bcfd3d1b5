// SPDX-License-Identifier: GPL-3.0-or-later
// The keyboard and the pointers among the virtio input devices.
#include "devices/virtio/input_device.h"

#include <linux/input-event-codes.h>

#include <algorithm>
#include <array>
#include <utility>

namespace engine::virtio {

namespace {

constexpr std::uint32_t KeyboardClass = 0x090000;
constexpr std::uint32_t MouseClass = 0x090200;
constexpr std::uint16_t KeyboardProduct = 1;
constexpr std::uint16_t MouseProduct = 2;
constexpr std::uint16_t TabletProduct = 3;

/// In the order of PointerButton.
constexpr std::array<std::uint16_t, 5> Buttons{BTN_LEFT, BTN_RIGHT, BTN_MIDDLE, BTN_SIDE, BTN_EXTRA};

std::vector<std::uint16_t> allKeys(KeyCode count)
{
    std::vector<std::uint16_t> keys;
    for (KeyCode code = KEY_ESC; code < count; ++code)
        keys.push_back(code);
    return keys;
}

std::vector<std::uint16_t> allButtons()
{
    return {Buttons.begin(), Buttons.end()};
}

} // namespace

InputKeyboard::InputKeyboard(EventLoop& loop)
    : InputDevice(loop, {.name = "Guesthouse Virtio Keyboard",
                         .product = KeyboardProduct,
                         .pciClass = KeyboardClass,
                         .events = {{EV_KEY, allKeys(KeyCount)},
                                    {EV_LED, {LED_NUML, LED_CAPSL, LED_SCROLLL}},
                                    {EV_REP, {REP_DELAY, REP_PERIOD}}}})
{}

void InputKeyboard::key(KeyCode code, bool down)
{
    {
        std::scoped_lock lock(m_keyMutex);
        // The driver repeats keys by itself (EV_REP): a key that goes down twice went down once.
        if (code == 0 || code >= KeyCount || !isInUse() || m_held.test(code) == down)
            return;
        m_held.set(code, down);
    }
    send({{.type = EV_KEY, .code = code, .value = down ? 1U : 0U}}, false);
}

KeyboardLeds InputKeyboard::leds() const
{
    std::scoped_lock lock(m_keyMutex);
    return m_leds;
}

void InputKeyboard::statusEvent(const Event& event)
{
    if (event.type != EV_LED)
        return;
    {
        std::scoped_lock lock(m_keyMutex);
        switch (event.code) {
        case LED_NUML: m_leds.numLock = event.value != 0; break;
        case LED_CAPSL: m_leds.capsLock = event.value != 0; break;
        case LED_SCROLLL: m_leds.scrollLock = event.value != 0; break;
        default: return;
        }
    }
    if (m_onLeds)
        m_onLeds();
}

void InputKeyboard::useChanged()
{
    std::scoped_lock lock(m_keyMutex);
    m_held.reset();
}

InputPointer::InputPointer(EventLoop& loop, Kind kind)
    : InputDevice(loop, kind == Kind::Tablet
                            ? Description{.name = "Guesthouse Virtio Tablet",
                                          .product = TabletProduct,
                                          .pciClass = MouseClass,
                                          .events = {{EV_KEY, allButtons()},
                                                     {EV_REL, {REL_WHEEL, REL_HWHEEL}},
                                                     {EV_ABS, {ABS_X, ABS_Y}}},
                                          .axes = {{.code = ABS_X, .maximum = AbsoluteMax},
                                                   {.code = ABS_Y, .maximum = AbsoluteMax}}}
                            : Description{.name = "Guesthouse Virtio Mouse",
                                          .product = MouseProduct,
                                          .pciClass = MouseClass,
                                          .events = {{EV_KEY, allButtons()},
                                                     {EV_REL, {REL_X, REL_Y, REL_WHEEL, REL_HWHEEL}}}}),
      m_kind(kind)
{}

void InputPointer::add(std::uint16_t type, std::uint16_t code, std::int32_t value)
{
    m_group.push_back({.type = type, .code = code, .value = static_cast<std::uint32_t>(value)});
    m_onlyPosition = m_onlyPosition && type == EV_ABS;
}

void InputPointer::moveRelative(std::int32_t dx, std::int32_t dy)
{
    if (m_kind != Kind::Mouse)
        return;
    std::scoped_lock lock(m_groupMutex);
    if (dx != 0)
        add(EV_REL, REL_X, dx);
    if (dy != 0)
        add(EV_REL, REL_Y, dy);
}

void InputPointer::moveAbsolute(std::uint16_t x, std::uint16_t y)
{
    if (m_kind != Kind::Tablet)
        return;
    std::scoped_lock lock(m_groupMutex);
    add(EV_ABS, ABS_X, std::min(x, AbsoluteMax));
    add(EV_ABS, ABS_Y, std::min(y, AbsoluteMax));
}

void InputPointer::button(PointerButton button, bool down)
{
    {
        std::scoped_lock lock(m_groupMutex);
        const unsigned bit = 1U << std::to_underlying(button);
        if (!isInUse() || ((m_buttons & bit) != 0) == down)
            return;
        m_buttons = static_cast<std::uint8_t>(down ? m_buttons | bit : m_buttons & ~bit);
        add(EV_KEY, Buttons.at(std::to_underlying(button)), down ? 1 : 0);
    }
    sync(); // each press and each release is a group of its own, or a fast click would be lost
}

void InputPointer::wheel(std::int32_t vertical, std::int32_t horizontal)
{
    std::scoped_lock lock(m_groupMutex);
    if (vertical != 0)
        add(EV_REL, REL_WHEEL, vertical);
    if (horizontal != 0)
        add(EV_REL, REL_HWHEEL, horizontal);
}

void InputPointer::sync()
{
    std::vector<Event> group;
    bool onlyPosition = false;
    {
        std::scoped_lock lock(m_groupMutex);
        group.swap(m_group);
        onlyPosition = std::exchange(m_onlyPosition, true);
    }
    if (!group.empty())
        send(std::move(group), onlyPosition);
}

void InputPointer::useChanged()
{
    std::scoped_lock lock(m_groupMutex);
    m_group.clear();
    m_onlyPosition = true;
    m_buttons = 0;
}

} // namespace engine::virtio
