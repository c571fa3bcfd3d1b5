// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/event_loop.h"
#include "display/display_source.h"
#include "display/scanout.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace engine::display {

/// Refreshes a Scanout and tells the viewers: 60 times a second while the picture changes, slower and
/// slower down to twice a second while it does not, at a cursor's blinking where there is one, and not
/// at all while nobody watches. A register access or user input brings the full rate back at once.
class DisplayPump final : public DisplaySource {
public:
    using Size = std::pair<std::uint32_t, std::uint32_t>;
    /// `loop`, which is not the caller's thread, `adapter` and `drawn` (may be null) outlive this object.
    DisplayPump(EventLoop& loop, VgaAdapter& adapter, DrawnScreen* drawn = nullptr);
    /// From any other thread than the loop's. All viewers are gone by now.
    ~DisplayPump() override;
    DisplayPump(const DisplayPump&) = delete;
    DisplayPump& operator=(const DisplayPump&) = delete;
    DisplayPump(DisplayPump&&) = delete;
    DisplayPump& operator=(DisplayPump&&) = delete;

    [[nodiscard]] FrameDescriptor currentFrame() const override;
    [[nodiscard]] std::shared_ptr<const CursorShape> currentCursor() const override;
    [[nodiscard]] PointerPosition pointerPosition() const override;
    void addViewer(DisplayViewer& viewer) override;
    void removeViewer(DisplayViewer& viewer) override;
    void setVisible(DisplayViewer& viewer, bool visible) override;
    void expectActivity() override;
    bool requestSize(std::uint32_t width, std::uint32_t height) override;

    /// Also for screenshots.
    [[nodiscard]] FrameDescriptor refreshNow() override;
    void releasePicture() override;
    /// How often the scan-out has looked so far; for tests and measurements.
    [[nodiscard]] std::uint64_t refreshCount() const { return m_refreshes.load(); }

    static constexpr std::chrono::microseconds FullRate{16'667};
    /// A device that says itself when its picture is new is looked at at once, but no more often than this.
    static constexpr std::chrono::microseconds ShortestPause{8'000};
    static constexpr std::chrono::milliseconds IdleRate{500};
    /// So long the full rate is kept after the last change or input.
    static constexpr std::chrono::milliseconds FullRateHold{500};
    /// A window that is being resized asks for many sizes; the guest hears of the one that it keeps.
    static constexpr std::chrono::milliseconds ResizeDelay{150};

private:
    using Clock = std::chrono::steady_clock;
    struct Viewer {
        DisplayViewer* viewer;
        bool visible = true;
        bool needsFrame = true;
        bool needsPointer = true;
        bool knowsPointer = false; ///< has been told of a pointer image
    };

    // Loop thread only.
    void tick();
    void schedule(std::chrono::nanoseconds delay);
    void changeMonitor();
    void refresh();
    void deliver(const Scanout::Update& update);
    void deliverChanges(const Viewer& viewer, const Scanout::Update& update) const;
    void deliverPointer(Viewer& viewer, bool shapeChanged, bool moved) const;
    void wake();
    [[nodiscard]] bool isWatched() const;
    /// nullopt: something will wake us.
    [[nodiscard]] std::optional<std::chrono::nanoseconds> nextDelay();
    [[nodiscard]] std::vector<Viewer>::iterator find(DisplayViewer& viewer);

    /// What a wake-up reaches, which may come while the pump is being destroyed.
    struct WakeTarget {
        std::mutex mutex;
        DisplayPump* pump = nullptr; // guarded by mutex; null once the pump is gone
    };

    EventLoop& m_loop;
    VgaAdapter& m_adapter;
    DrawnScreen* m_drawn;
    const Clock::time_point m_started = Clock::now();
    Scanout m_scanout;                              // loop thread only
    std::vector<Viewer> m_viewers;                  // loop thread only
    bool m_delivering = false;                      // loop thread only
    std::shared_ptr<const CursorShape> m_pointer;   // loop thread only; as the viewers know it
    PointerPosition m_pointerPosition;              // loop thread only
    Size m_wantedSize;                              // loop thread only
    EventLoop::TimerId m_resizeTimer = 0;           // loop thread only; 0: none
    EventLoop::TimerId m_timer = 0;                 // loop thread only; 0: none
    Clock::time_point m_due;                        // loop thread only: when the last look was to be
    Clock::time_point m_lastActivity;               // loop thread only
    std::chrono::nanoseconds m_idleDelay{FullRate}; // loop thread only
    std::atomic<std::uint64_t> m_refreshes{0};
    std::atomic<bool> m_wakePosted{false};
    mutable std::mutex m_mutex;
    FrameDescriptor m_published;                                  // guarded by m_mutex
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true); // loop thread only: posted tasks check it
    const std::shared_ptr<WakeTarget> m_wakeTarget = std::make_shared<WakeTarget>();
};

} // namespace engine::display
