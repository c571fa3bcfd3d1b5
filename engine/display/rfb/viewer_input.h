// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/input/input_sink.h"
#include "display/rfb/client_message.h"

#include <cstdint>
#include <optional>
#include <set>

namespace engine::display::rfb {

/// One viewer's hands: turns its key and pointer messages into the guest's, and lets go of
/// everything it still holds when the viewer leaves. One thread (the server's).
class ViewerInput {
public:
    ViewerInput(KeyboardSink& keyboard, PointerSink& pointer) : m_keyboard(keyboard), m_pointer(pointer) {}
    ViewerInput(const ViewerInput&) = delete;
    ViewerInput& operator=(const ViewerInput&) = delete;
    ViewerInput(ViewerInput&&) = delete;
    ViewerInput& operator=(ViewerInput&&) = delete;
    ~ViewerInput() { releaseAll(); }

    void key(const KeyEvent& event);
    /// `width` and `height` are the screen's as this viewer knows it. `reportsMotion`: the viewer has
    /// been told that the pointer is relative and sends offsets from RelativePointerZero.
    void pointer(const PointerEvent& event, std::uint32_t width, std::uint32_t height, bool reportsMotion);
    void releaseAll();

private:
    void move(const PointerEvent& event, std::uint32_t width, std::uint32_t height, bool reportsMotion);
    void buttons(std::uint16_t now);

    KeyboardSink& m_keyboard;
    PointerSink& m_pointer;
    std::set<KeyCode> m_held;
    std::uint16_t m_buttons = 0;
    std::optional<PointerEvent> m_last; ///< for viewers that know absolute positions only
};

/// The middle of a pixel in the range of an absolute pointing device, so that every way of rounding
/// leads back to that pixel.
[[nodiscard]] std::uint16_t absolutePosition(std::uint32_t pixel, std::uint32_t size);

} // namespace engine::display::rfb
