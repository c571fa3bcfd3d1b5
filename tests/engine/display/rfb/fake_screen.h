// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/input/input_sink.h"
#include "display/display_source.h"

#include <cstring>
#include <mutex>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace engine::display::test {

/// A screen whose pixels the test draws. Any thread.
class FakeScreen final : public DisplaySource {
public:
    FakeScreen(std::uint32_t width, std::uint32_t height) { resize(width, height); }

    void resize(std::uint32_t width, std::uint32_t height)
    {
        const std::uint32_t stride = width * 4 + 64; // rows that do not touch
        auto block = HostBlock::create("fake-screen", std::uint64_t{stride} * height + 4096);
        if (!block)
            throw std::runtime_error(block.error().message());
        const std::scoped_lock lock(m_mutex);
        m_frame = {.width = width,
                   .height = height,
                   .stride = stride,
                   .block = *block,
                   .offset = 1024,
                   .sequence = m_frame.sequence + 1};
        for (DisplayViewer* viewer : m_viewers)
            viewer->frameChanged(m_frame);
    }
    /// Shows a part of the present memory that starts elsewhere, as page flipping does.
    void flipTo(std::uint64_t offset, std::uint32_t height)
    {
        const std::scoped_lock lock(m_mutex);
        m_frame.offset = offset;
        m_frame.height = height;
        ++m_frame.sequence;
        for (DisplayViewer* viewer : m_viewers)
            viewer->frameChanged(m_frame);
    }
    void fill(const Rect& rect, std::uint32_t colour)
    {
        for (std::uint32_t y = rect.y; y < rect.bottom(); ++y)
            for (std::uint32_t x = rect.x; x < rect.right(); ++x)
                setPixel(x, y, colour);
        damage(rect);
    }
    void setPixel(std::uint32_t x, std::uint32_t y, std::uint32_t colour)
    {
        std::memcpy(m_frame.block->data() + m_frame.offset + std::size_t{y} * m_frame.stride
                        + std::size_t{x} * 4,
                    &colour, sizeof colour);
    }
    [[nodiscard]] std::uint32_t pixel(std::uint32_t x, std::uint32_t y) const
    {
        std::uint32_t colour = 0;
        std::memcpy(&colour,
                    m_frame.block->data() + m_frame.offset + std::size_t{y} * m_frame.stride
                        + std::size_t{x} * 4,
                    sizeof colour);
        return colour & 0xffffffU;
    }
    void damage(const Rect& rect)
    {
        const std::scoped_lock lock(m_mutex);
        const DamageRegion region(rect);
        for (DisplayViewer* viewer : m_viewers)
            viewer->damaged(m_frame, region);
    }
    void setCursor(const std::shared_ptr<const CursorShape>& cursor)
    {
        const std::scoped_lock lock(m_mutex);
        m_cursor = cursor;
        for (DisplayViewer* viewer : m_viewers)
            viewer->cursorChanged(cursor);
    }
    void movePointer(PointerPosition position)
    {
        const std::scoped_lock lock(m_mutex);
        m_position = position;
        for (DisplayViewer* viewer : m_viewers)
            viewer->pointerMoved(position);
    }
    /// Says that rows have moved and that the rest is new; the pixels are not looked at.
    void scroll(const RowMove& move, const Rect& fresh)
    {
        const std::scoped_lock lock(m_mutex);
        for (DisplayViewer* viewer : m_viewers) {
            viewer->moved(m_frame, move);
            viewer->damaged(m_frame, DamageRegion(fresh));
        }
    }
    [[nodiscard]] PointerPosition pointerPosition() const override { return locked(m_position); }
    [[nodiscard]] bool isVisible() const { return locked(m_visible); }
    [[nodiscard]] std::pair<std::uint32_t, std::uint32_t> requestedSize() const
    {
        return locked(m_requested);
    }
    [[nodiscard]] int activityCount() const { return locked(m_activity); }
    [[nodiscard]] int refreshCount() const { return locked(m_refreshes); }
    [[nodiscard]] int releaseCount() const { return locked(m_releases); }
    void setResizable(bool resizable) { m_resizable = resizable; }

    // DisplaySource
    [[nodiscard]] FrameDescriptor currentFrame() const override { return locked(m_frame); }
    [[nodiscard]] std::shared_ptr<const CursorShape> currentCursor() const override
    {
        return locked(m_cursor);
    }
    void addViewer(DisplayViewer& viewer) override
    {
        const std::scoped_lock lock(m_mutex);
        m_viewers.push_back(&viewer);
        m_visible = true;
        viewer.frameChanged(m_frame);
        if (m_cursor)
            viewer.cursorChanged(m_cursor);
    }
    void removeViewer(DisplayViewer& viewer) override
    {
        const std::scoped_lock lock(m_mutex);
        std::erase(m_viewers, &viewer);
    }
    void setVisible(DisplayViewer& viewer, bool visible) override
    {
        const std::scoped_lock lock(m_mutex);
        if (visible && !m_visible)
            viewer.frameChanged(m_frame);
        m_visible = visible;
    }
    FrameDescriptor refreshNow() override
    {
        const std::scoped_lock lock(m_mutex);
        ++m_refreshes;
        return m_frame;
    }
    void releasePicture() override
    {
        const std::scoped_lock lock(m_mutex);
        ++m_releases;
    }
    void expectActivity() override
    {
        const std::scoped_lock lock(m_mutex);
        ++m_activity;
    }
    bool requestSize(std::uint32_t width, std::uint32_t height) override
    {
        const std::scoped_lock lock(m_mutex);
        m_requested = {width, height};
        return m_resizable;
    }

private:
    template <class T>
    [[nodiscard]] T locked(const T& value) const
    {
        const std::scoped_lock lock(m_mutex);
        return value;
    }

    mutable std::mutex m_mutex;
    FrameDescriptor m_frame;
    std::shared_ptr<const CursorShape> m_cursor;
    PointerPosition m_position;
    std::vector<DisplayViewer*> m_viewers;
    bool m_visible = false;
    bool m_resizable = true;
    std::pair<std::uint32_t, std::uint32_t> m_requested;
    int m_refreshes = 0;
    int m_releases = 0;
    int m_activity = 0;
};

/// Writes down what arrives, one word an event: "+30" "-30". Any thread.
class RecordingKeyboard final : public KeyboardSink {
public:
    void key(KeyCode code, bool down) override
    {
        const std::scoped_lock lock(m_mutex);
        m_events.push_back((down ? "+" : "-") + std::to_string(code));
    }
    [[nodiscard]] KeyboardLeds leds() const override
    {
        const std::scoped_lock lock(m_mutex);
        return m_leds;
    }
    void setLeds(KeyboardLeds leds)
    {
        const std::scoped_lock lock(m_mutex);
        m_leds = leds;
    }
    /// The latest event; empty before the first.
    [[nodiscard]] std::string last() const
    {
        const std::scoped_lock lock(m_mutex);
        return m_events.empty() ? std::string() : m_events.back();
    }
    [[nodiscard]] std::vector<std::string> events() const
    {
        const std::scoped_lock lock(m_mutex);
        return m_events;
    }

private:
    mutable std::mutex m_mutex;
    std::vector<std::string> m_events;
    KeyboardLeds m_leds;
};

/// Writes down what arrives: "abs 100 200", "rel 1 -1", "left+", "wheel 1 0". Any thread.
class RecordingPointer final : public PointerSink {
public:
    [[nodiscard]] bool isAbsolute() const override
    {
        const std::scoped_lock lock(m_mutex);
        return m_absolute;
    }
    void setAbsolute(bool absolute)
    {
        const std::scoped_lock lock(m_mutex);
        m_absolute = absolute;
    }
    void moveRelative(std::int32_t dx, std::int32_t dy) override
    {
        add("rel " + std::to_string(dx) + " " + std::to_string(dy));
    }
    void moveAbsolute(std::uint16_t x, std::uint16_t y) override
    {
        add("abs " + std::to_string(x) + " " + std::to_string(y));
        const std::scoped_lock lock(m_mutex);
        m_position = {x, y};
    }
    void button(PointerButton button, bool down) override
    {
        constexpr const char* Names[] = {"left", "right", "middle", "side", "extra"};
        add(std::string(Names[static_cast<std::size_t>(button)]) + (down ? "+" : "-"));
    }
    void wheel(std::int32_t vertical, std::int32_t horizontal) override
    {
        add("wheel " + std::to_string(vertical) + " " + std::to_string(horizontal));
    }
    void sync() override {}
    /// The latest event; empty before the first.
    [[nodiscard]] std::string last() const
    {
        const std::scoped_lock lock(m_mutex);
        return m_events.empty() ? std::string() : m_events.back();
    }
    [[nodiscard]] std::vector<std::string> events() const
    {
        const std::scoped_lock lock(m_mutex);
        return m_events;
    }
    [[nodiscard]] std::pair<std::uint16_t, std::uint16_t> position() const
    {
        const std::scoped_lock lock(m_mutex);
        return m_position;
    }
    void clear()
    {
        const std::scoped_lock lock(m_mutex);
        m_events.clear();
    }

private:
    void add(std::string event)
    {
        const std::scoped_lock lock(m_mutex);
        m_events.push_back(std::move(event));
    }
    mutable std::mutex m_mutex;
    std::vector<std::string> m_events;
    std::pair<std::uint16_t, std::uint16_t> m_position{0, 0};
    bool m_absolute = true;
};

} // namespace engine::display::test
