// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/display_pump.h"

#include <algorithm>

namespace engine::display {

namespace {
/// The rate halves with each look that finds nothing.
constexpr int IdleBackOff = 2;
} // namespace

DisplayPump::DisplayPump(EventLoop& loop, VgaAdapter& adapter, DrawnScreen* drawn)
    : m_loop(loop), m_adapter(adapter), m_drawn(drawn), m_scanout(adapter, drawn), m_lastActivity(m_started)
{
    m_wakeTarget->pump = this;
    const auto wakeUp = [target = m_wakeTarget] {
        std::scoped_lock lock(target->mutex);
        if (target->pump)
            target->pump->expectActivity();
    };
    m_adapter.setWakeUp(wakeUp);
    if (m_drawn)
        m_drawn->setWakeUp(wakeUp);
}

DisplayPump::~DisplayPump()
{
    m_adapter.setWakeUp({});
    if (m_drawn)
        m_drawn->setWakeUp({});
    {
        std::scoped_lock lock(m_wakeTarget->mutex);
        m_wakeTarget->pump = nullptr;
    }
    m_loop.runAndWait([this] {
        *m_alive = false;
        for (const auto timer : {m_timer, m_resizeTimer})
            if (timer != 0)
                m_loop.stopTimer(timer);
    });
}

std::shared_ptr<const CursorShape> DisplayPump::currentCursor() const
{
    return m_drawn ? m_drawn->pointerShape() : nullptr;
}

PointerPosition DisplayPump::pointerPosition() const
{
    return m_drawn ? m_drawn->pointerPosition() : PointerPosition{};
}

FrameDescriptor DisplayPump::currentFrame() const
{
    std::scoped_lock lock(m_mutex);
    return m_published;
}

std::vector<DisplayPump::Viewer>::iterator DisplayPump::find(DisplayViewer& viewer)
{
    return std::ranges::find(m_viewers, &viewer, &Viewer::viewer);
}

void DisplayPump::addViewer(DisplayViewer& viewer)
{
    m_loop.post([this, alive = m_alive, &viewer] {
        if (!*alive)
            return;
        m_viewers.push_back({.viewer = &viewer});
        wake();
    });
}

void DisplayPump::removeViewer(DisplayViewer& viewer)
{
    m_loop.runAndWait([this, &viewer] {
        // During delivery the list is walked by index: only mark it, deliver() sweeps.
        if (const auto it = find(viewer); it != m_viewers.end()) {
            if (m_delivering)
                it->viewer = nullptr;
            else
                m_viewers.erase(it);
        }
    });
}

void DisplayPump::setVisible(DisplayViewer& viewer, bool visible)
{
    m_loop.post([this, alive = m_alive, target = &viewer, visible] {
        if (!*alive)
            return;
        const auto it = std::ranges::find(m_viewers, target, &Viewer::viewer);
        if (it == m_viewers.end() || it->visible == visible)
            return;
        it->visible = visible;
        it->needsFrame = visible;
        it->needsPointer = visible;
        if (visible)
            wake();
    });
}

void DisplayPump::expectActivity()
{
    // A burst of wake-ups makes one task.
    if (m_wakePosted.exchange(true))
        return;
    m_loop.post([this, alive = m_alive] {
        if (!*alive)
            return;
        m_wakePosted.store(false);
        wake();
    });
}

bool DisplayPump::requestSize(std::uint32_t width, std::uint32_t height)
{
    m_loop.post([this, alive = m_alive, width, height] {
        if (!*alive)
            return;
        m_wantedSize = {width, height};
        if (m_resizeTimer != 0)
            m_loop.stopTimer(m_resizeTimer);
        m_resizeTimer = m_loop.startTimer(Clock::now() + ResizeDelay, [this] { changeMonitor(); });
    });
    return true;
}

void DisplayPump::changeMonitor()
{
    m_resizeTimer = 0;
    EdidDescription monitor{.preferredWidth = m_wantedSize.first, .preferredHeight = m_wantedSize.second};
    m_adapter.setEdid(monitor);
    if (!m_drawn)
        return;
    monitor.wholeCharacters = false;
    m_drawn->requestMonitor(monitor);
}

FrameDescriptor DisplayPump::refreshNow()
{
    m_loop.runAndWait([this] { refresh(); });
    return currentFrame();
}

void DisplayPump::releasePicture()
{
    m_loop.post([this, alive = m_alive] {
        if (*alive && !isWatched())
            m_scanout.release();
    });
}

bool DisplayPump::isWatched() const
{
    return std::ranges::any_of(m_viewers, [](const Viewer& v) { return v.viewer && v.visible; });
}

void DisplayPump::wake()
{
    m_lastActivity = Clock::now();
    m_idleDelay = FullRate;
    if (isWatched())
        schedule(std::chrono::nanoseconds(0));
}

void DisplayPump::schedule(std::chrono::nanoseconds delay)
{
    if (m_timer != 0)
        m_loop.stopTimer(m_timer);
    // From look to look, whatever one takes, so that 60 times a second are 60.
    const auto now = Clock::now();
    const auto pause = m_scanout.showsDrawn() ? ShortestPause : std::chrono::microseconds(0);
    const auto due =
        delay == FullRate ? std::max(m_due + FullRate, now) : std::max(now + delay, m_due + pause);
    m_timer = m_loop.startTimer(due, [this, due] {
        m_timer = 0;
        m_due = std::max(due, Clock::now() - FullRate);
        tick();
    });
}

void DisplayPump::tick()
{
    if (!isWatched())
        return; // the next visible viewer starts the ticking again
    refresh();
    if (!isWatched() || m_timer != 0)
        return;
    if (const auto delay = nextDelay())
        schedule(*delay);
}

std::optional<std::chrono::nanoseconds> DisplayPump::nextDelay()
{
    const auto now = Clock::now();
    if (m_drawn && m_scanout.showsDrawn()) // it wakes us when there is something to see
        return m_drawn->armWakeUp() ? std::nullopt : std::optional<std::chrono::nanoseconds>(0);
    if (now - m_lastActivity < FullRateHold)
        return FullRate;
    if (m_drawn && !m_drawn->armWakeUp())
        return FullRate;
    // Asleep: the next access to the adapter wakes us; direct writes to memory are found by looking.
    m_adapter.armWakeUp();
    m_idleDelay = std::min<std::chrono::nanoseconds>(m_idleDelay * IdleBackOff, IdleRate);
    if (const auto blink = m_scanout.nextBlink(now - m_started))
        return std::min(m_idleDelay, *blink);
    return m_idleDelay;
}

void DisplayPump::refresh()
{
    ++m_refreshes;
    const auto now = Clock::now();
    const Scanout::Update update = m_scanout.refresh(now - m_started);
    if (update.frameReplaced) {
        std::scoped_lock lock(m_mutex);
        m_published = m_scanout.frame();
    }
    // A blinking cursor alone is no reason to look 60 times a second.
    if (!update.isEmpty() && !update.onlyBlinking) {
        m_lastActivity = now;
        m_idleDelay = FullRate;
    }
    deliver(update);
}

void DisplayPump::deliver(const Scanout::Update& update)
{
    const FrameDescriptor& frame = m_scanout.frame();
    const auto pointer = currentCursor();
    const auto position = pointerPosition();
    const bool shapeChanged = pointer != m_pointer;
    const bool moved = pointer && position != m_pointerPosition;
    m_pointer = pointer;
    m_pointerPosition = position;
    if (shapeChanged || moved)
        m_lastActivity = Clock::now();
    m_delivering = true;
    for (std::size_t i = 0; i < m_viewers.size(); ++i) {
        if (!m_viewers[i].viewer || !m_viewers[i].visible)
            continue;
        if (update.frameReplaced)
            m_viewers[i].needsFrame = true;
        if (std::exchange(m_viewers[i].needsFrame, false))
            m_viewers[i].viewer->frameChanged(frame);
        else
            deliverChanges(m_viewers[i], update);
        if (m_viewers[i].viewer)
            deliverPointer(m_viewers[i], shapeChanged, moved);
    }
    m_delivering = false;
    std::erase_if(m_viewers, [](const Viewer& v) { return v.viewer == nullptr; });
}

void DisplayPump::deliverChanges(const Viewer& viewer, const Scanout::Update& update) const
{
    if (update.move)
        viewer.viewer->moved(m_scanout.frame(), *update.move);
    if (!update.damage.isEmpty() && viewer.viewer) // it may have left meanwhile
        viewer.viewer->damaged(m_scanout.frame(), update.damage);
}

void DisplayPump::deliverPointer(Viewer& viewer, bool shapeChanged, bool moved) const
{
    if (shapeChanged)
        viewer.needsPointer = true;
    if (std::exchange(viewer.needsPointer, false) && (m_pointer || viewer.knowsPointer)) {
        viewer.knowsPointer = m_pointer != nullptr;
        viewer.viewer->cursorChanged(m_pointer);
        moved = m_pointer != nullptr;
    }
    if (moved && viewer.viewer)
        viewer.viewer->pointerMoved(m_pointerPosition);
}

} // namespace engine::display
