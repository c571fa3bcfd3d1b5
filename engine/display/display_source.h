// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "display/damage_region.h"
#include "display/frame_descriptor.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace engine::display {

/// A pointer image that the viewer draws itself, over the frame, where the user's pointer is. An
/// immutable value. Sides are at most 512 pixels.
struct CursorShape {
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    std::uint32_t hotspotX = 0; ///< pixels from the left edge, below width
    std::uint32_t hotspotY = 0;
    bool visible = true;               ///< false: the guest hides the pointer
    std::vector<std::uint32_t> pixels; ///< 0xAARRGGBB, alpha not premultiplied, row by row
    bool operator==(const CursorShape&) const = default;
};

/// Rows of the frame that have wandered up or down as a whole, as they do when text scrolls.
struct RowMove {
    std::uint32_t from = 0; ///< first row before
    std::uint32_t to = 0;   ///< and after
    std::uint32_t rows = 0;
    bool operator==(const RowMove&) const = default;
};

/// Where the guest has put its pointer: the upper left corner of the image, in pixels of the frame. May
/// lie outside of it.
struct PointerPosition {
    std::int32_t x = 0;
    std::int32_t y = 0;
    bool operator==(const PointerPosition&) const = default;
};

/// Somebody who shows a guest's screen: an RFB session, a recorder. All calls come on the source's
/// event loop, one after the other; they must not block and may call back into the source.
class DisplayViewer {
public:
    virtual ~DisplayViewer() = default;
    /// The picture has a new size or place; all of it is to be drawn again. Also the first call
    /// after addViewer(), possibly with an invalid frame (no picture yet).
    virtual void frameChanged(const FrameDescriptor& frame) = 0;
    /// These pixels of `frame` (the one of the last frameChanged()) are new. Clipped to the frame
    /// and never empty.
    virtual void damaged(const FrameDescriptor& frame, const DamageRegion& damage) = 0;
    /// These rows of `frame` have moved; what else has changed comes with the damaged() that follows, if
    /// any. A viewer that does not care takes the place where they are now for damage.
    virtual void moved(const FrameDescriptor& frame, const RowMove& move)
    {
        damaged(frame, DamageRegion({.x = 0, .y = move.to, .width = frame.width, .height = move.rows}));
    }
    /// The viewer's own pointer image; null: the guest draws its pointer into the frame.
    virtual void cursorChanged(const std::shared_ptr<const CursorShape>& cursor) = 0;
    /// The guest has moved its pointer; only while there is a pointer image.
    virtual void pointerMoved(PointerPosition /*position*/) {}
};

/// A guest's screen as viewers see it. Any number of viewers; with none that is visible the source
/// does no work at all.
class DisplaySource {
public:
    virtual ~DisplaySource() = default;

    /// Any thread. The latest published picture; invalid before the first one.
    [[nodiscard]] virtual FrameDescriptor currentFrame() const = 0;
    /// Any thread. Null: the guest draws its pointer into the frame.
    [[nodiscard]] virtual std::shared_ptr<const CursorShape> currentCursor() const = 0;
    /// Any thread. Means something only while there is a pointer image.
    [[nodiscard]] virtual PointerPosition pointerPosition() const { return {}; }

    /// Any thread. `viewer` starts visible and gets frameChanged() (and cursorChanged() where there
    /// is a cursor) soon. It must be removed before it dies and before the source does.
    virtual void addViewer(DisplayViewer& viewer) = 0;
    /// Any thread. No call to `viewer` is running or follows when this returns; from inside a call of
    /// that viewer's, none follows. Not while holding a lock that a viewer's callback takes.
    virtual void removeViewer(DisplayViewer& viewer) = 0;
    /// Any thread. A viewer that shows nothing just now (hidden window, no outstanding update request)
    /// costs nothing. When it becomes visible again it gets frameChanged().
    virtual void setVisible(DisplayViewer& viewer, bool visible) = 0;

    /// Any thread but the source's loop. Brings the picture up to date now and returns it; for a viewer's
    /// first look after releasePicture().
    [[nodiscard]] virtual FrameDescriptor refreshNow() { return currentFrame(); }
    /// Any thread. Nobody has the picture on a screen just now, visible or hidden: its memory may be given
    /// back. Until the next refresh the pixels of currentFrame() are undefined. Ignored while a viewer is
    /// visible.
    virtual void releasePicture() {}

    /// Any thread. The user has sent input or looks closely: refreshes at full rate for a while, so
    /// that the answer of an idle guest is seen at once.
    virtual void expectActivity() = 0;
    /// Any thread. Asks the guest for another size (through EDID); it follows, or not, in its own
    /// time. Values that make no sense are clamped. False: this screen cannot change its size.
    virtual bool requestSize(std::uint32_t width, std::uint32_t height) = 0;
};

} // namespace engine::display
