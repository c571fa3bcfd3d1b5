// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/drawn_screen.h"

#include <utility>

namespace engine::display {

/// Applies a change and wakes a sleeping scan-out, once.
template <class Change>
void DrawnScreen::change(Change apply)
{
    std::function<void()> wake;
    {
        std::scoped_lock lock(m_mutex);
        apply();
        m_changed = true;
        if (std::exchange(m_armed, false))
            wake = m_wake;
    }
    if (wake)
        wake();
}

void DrawnScreen::show(const FrameDescriptor& frame)
{
    change([&] {
        m_inCharge = true;
        m_frame = frame.isValid() && isContained(frame) ? frame : FrameDescriptor{};
        m_damage.clear();
    });
}

void DrawnScreen::release()
{
    change([&] {
        m_inCharge = false;
        m_frame = {};
        m_damage.clear();
        m_pointer = nullptr;
    });
}

void DrawnScreen::damage(const Rect& rect)
{
    change([&] {
        m_damage.add(rect);
        m_damage.clip(m_frame.width, m_frame.height);
    });
}

void DrawnScreen::setPointer(std::shared_ptr<const CursorShape> shape, PointerPosition position)
{
    change([&] {
        m_pointer = std::move(shape);
        m_position = position;
    });
}

void DrawnScreen::movePointer(PointerPosition position)
{
    change([&] { m_position = position; });
}

void DrawnScreen::setMonitorListener(std::function<void(const EdidDescription&)> listener)
{
    std::scoped_lock lock(m_mutex);
    m_monitorListener = std::move(listener);
}

DrawnScreen::Update DrawnScreen::take()
{
    std::scoped_lock lock(m_mutex);
    m_changed = false;
    return {.inCharge = m_inCharge, .frame = m_frame, .damage = std::exchange(m_damage, {})};
}

bool DrawnScreen::isInCharge() const
{
    std::scoped_lock lock(m_mutex);
    return m_inCharge;
}

std::shared_ptr<const CursorShape> DrawnScreen::pointerShape() const
{
    std::scoped_lock lock(m_mutex);
    return m_pointer;
}

PointerPosition DrawnScreen::pointerPosition() const
{
    std::scoped_lock lock(m_mutex);
    return m_position;
}

void DrawnScreen::setWakeUp(std::function<void()> wake)
{
    std::scoped_lock lock(m_mutex);
    m_wake = std::move(wake);
}

bool DrawnScreen::armWakeUp()
{
    std::scoped_lock lock(m_mutex);
    m_armed = !m_changed;
    return m_armed;
}

void DrawnScreen::requestMonitor(const EdidDescription& description)
{
    std::function<void(const EdidDescription&)> listener;
    {
        std::scoped_lock lock(m_mutex);
        listener = m_monitorListener;
    }
    if (listener)
        listener(description);
}

} // namespace engine::display
