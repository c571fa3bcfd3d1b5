// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/rfb/viewer_input.h"

#include "display/rfb/key_numbers.h"
#include "display/rfb/protocol.h"

#include <algorithm>
#include <array>

namespace engine::display::rfb {

std::uint16_t absolutePosition(std::uint32_t pixel, std::uint32_t size)
{
    constexpr std::uint64_t Range = std::uint64_t{PointerSink::AbsoluteMax} + 1;
    if (size == 0)
        return 0;
    const std::uint64_t inside = std::min(pixel, size - 1);
    return static_cast<std::uint16_t>((2 * inside + 1) * Range / (2 * std::uint64_t{size}));
}

void ViewerInput::key(const KeyEvent& event)
{
    std::optional<KeyCode> code;
    if (event.scanCode)
        code = keyFromScanCode(*event.scanCode);
    if (!code)
        code = keyFromKeysym(event.keysym);
    if (!code)
        return;
    if (event.down)
        m_held.insert(*code);
    else if (m_held.erase(*code) == 0)
        return; // released twice, or pressed before this viewer came
    m_keyboard.key(*code, event.down);
}

void ViewerInput::move(const PointerEvent& event, std::uint32_t width, std::uint32_t height,
                       bool reportsMotion)
{
    if (reportsMotion) {
        const int dx = int{event.x} - RelativePointerZero;
        const int dy = int{event.y} - RelativePointerZero;
        if (dx != 0 || dy != 0)
            m_pointer.moveRelative(dx, dy);
        m_last.reset();
        return;
    }
    const auto previous = std::exchange(m_last, event);
    if (previous && previous->x == event.x && previous->y == event.y)
        return;
    if (m_pointer.isAbsolute())
        m_pointer.moveAbsolute(absolutePosition(event.x, width), absolutePosition(event.y, height));
    else if (previous)
        m_pointer.moveRelative(int{event.x} - previous->x, int{event.y} - previous->y);
}

void ViewerInput::buttons(std::uint16_t now)
{
    struct Button {
        std::uint16_t bit;
        PointerButton button;
    };
    constexpr auto Buttons = std::to_array<Button>({{1U << 0U, PointerButton::Left},
                                                    {1U << 1U, PointerButton::Middle},
                                                    {1U << 2U, PointerButton::Right},
                                                    {1U << 7U, PointerButton::Side},
                                                    {1U << 8U, PointerButton::Extra}});
    struct Wheel {
        std::uint16_t bit;
        int vertical, horizontal;
    };
    constexpr auto Wheels =
        std::to_array<Wheel>({{1U << 3U, 1, 0}, {1U << 4U, -1, 0}, {1U << 5U, 0, -1}, {1U << 6U, 0, 1}});

    const auto changed = static_cast<std::uint16_t>(now ^ m_buttons);
    for (const Button& button : Buttons)
        if ((changed & button.bit) != 0)
            m_pointer.button(button.button, (now & button.bit) != 0);
    for (const Wheel& wheel : Wheels)
        if ((changed & now & wheel.bit) != 0)
            m_pointer.wheel(wheel.vertical, wheel.horizontal);
    m_buttons = now;
}

void ViewerInput::pointer(const PointerEvent& event, std::uint32_t width, std::uint32_t height,
                          bool reportsMotion)
{
    move(event, width, height, reportsMotion);
    buttons(event.buttons);
    m_pointer.sync();
}

void ViewerInput::releaseAll()
{
    for (const KeyCode code : m_held)
        m_keyboard.key(code, false);
    m_held.clear();
    if (m_buttons != 0) {
        buttons(0);
        m_pointer.sync();
    }
}

} // namespace engine::display::rfb
