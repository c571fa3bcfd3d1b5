// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/display/edid.h"
#include "display/damage_region.h"
#include "display/display_source.h"
#include "display/frame_descriptor.h"

#include <functional>
#include <memory>
#include <mutex>

namespace engine::display {

/// A screen whose pictures a device hands over finished, with the damage that it knows of: the place
/// where a virtio-gpu device and the scan-out meet. Any thread; no call waits for another.
class DrawnScreen {
public:
    // --- for the device
    /// From now on `frame` is the picture; an invalid one is a dark screen.
    void show(const FrameDescriptor& frame);
    /// The device no longer drives the screen: what lies below it (the VGA) shows again.
    void release();
    /// These pixels of the present frame are new; cut at its edges.
    void damage(const Rect& rect);
    /// Null: there is no pointer plane.
    void setPointer(std::shared_ptr<const CursorShape> shape, PointerPosition position);
    void movePointer(PointerPosition position);
    /// Called, without a lock, when the user's window wants another size. Before the first request.
    void setMonitorListener(std::function<void(const EdidDescription&)> listener);

    // --- for the scan-out
    struct Update {
        bool inCharge = false; ///< the device drives the screen
        FrameDescriptor frame; ///< what shows; its sequence means nothing
        DamageRegion damage;   ///< since the last take()
    };
    /// What one caller takes another does not see.
    [[nodiscard]] Update take();
    [[nodiscard]] bool isInCharge() const;
    [[nodiscard]] std::shared_ptr<const CursorShape> pointerShape() const;
    [[nodiscard]] PointerPosition pointerPosition() const;
    /// The next change calls `wake` once, on the thread that made it and without a lock.
    void setWakeUp(std::function<void()> wake);
    /// False, and nothing armed, when something has changed since the last take().
    [[nodiscard]] bool armWakeUp();
    void requestMonitor(const EdidDescription& description);

private:
    template <class Change>
    void change(Change apply);

    mutable std::mutex m_mutex;
    bool m_inCharge = false; // guarded by m_mutex, as all that follows
    FrameDescriptor m_frame;
    DamageRegion m_damage;
    std::shared_ptr<const CursorShape> m_pointer;
    PointerPosition m_position;
    bool m_changed = false;
    bool m_armed = false;
    std::function<void()> m_wake;
    std::function<void(const EdidDescription&)> m_monitorListener;
};

} // namespace engine::display
