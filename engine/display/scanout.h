// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/display/vga_adapter.h"
#include "display/damage_region.h"
#include "display/drawn_screen.h"
#include "display/frame_buffer.h"
#include "display/frame_descriptor.h"
#include "display/graphics_renderer.h"
#include "display/text_renderer.h"

#include <chrono>
#include <optional>

namespace engine::display {

/// Turns what the guest put into the VGA's registers and memory into one picture. Nothing is copied
/// when nothing has changed, and nothing at all where the guest's memory is the picture already
/// (DISPI, 32 bits): then the frame is that memory. A DrawnScreen that is in charge lies over all of it.
/// One thread; the adapter and the drawn screen outlive it.
class Scanout {
public:
    /// Cursor and characters blink with half periods of 16 frames at 60 Hz.
    static constexpr std::chrono::milliseconds BlinkHalfPeriod{267};

    /// `drawn` may be null.
    explicit Scanout(VgaAdapter& adapter, DrawnScreen* drawn = nullptr) : m_adapter(adapter), m_drawn(drawn)
    {}

    struct Update {
        bool frameReplaced = false;  ///< the descriptor is a new one, all of it is to be drawn
        std::optional<RowMove> move; ///< happened before the damage; none when frameReplaced
        DamageRegion damage;         ///< what else is new; empty when frameReplaced
        bool onlyBlinking = false;   ///< the guest has done nothing, time has
        [[nodiscard]] bool isEmpty() const { return !frameReplaced && !move && damage.isEmpty(); }
    };
    /// Looks at everything that may have changed. `now` only drives blinking.
    [[nodiscard]] Update refresh(std::chrono::nanoseconds now);
    /// Gives the memory of our own picture back, whose pixels are undefined until the next refresh().
    void release();
    /// The present picture; invalid before the first refresh().
    [[nodiscard]] const FrameDescriptor& frame() const { return m_frame; }
    /// How long the picture stays the same if the guest does nothing; nullopt: for ever.
    [[nodiscard]] std::optional<std::chrono::nanoseconds> nextBlink(std::chrono::nanoseconds now) const;
    /// The picture is a DrawnScreen's, so nothing changes that it does not announce.
    [[nodiscard]] bool showsDrawn() const { return m_showsDrawn; }

private:
    [[nodiscard]] Update showDrawn(const DrawnScreen::Update& drawn);
    [[nodiscard]] bool replaceFrame(const FrameDescriptor& wanted);
    [[nodiscard]] bool prepareOwnFrame(std::uint32_t width, std::uint32_t height);
    [[nodiscard]] Update showBlank();
    [[nodiscard]] Update showText(BlinkPhase phase);
    [[nodiscard]] Update showGraphics(const DirtyPages& dirty);
    [[nodiscard]] Update showLinear(const GraphicsMode& mode, const DirtyPages& dirty);
    [[nodiscard]] BlinkPhase phaseAt(std::chrono::nanoseconds now) const;

    VgaAdapter& m_adapter;
    DrawnScreen* m_drawn;
    bool m_showsDrawn = false;
    FrameDescriptor m_frame;
    FrameBuffer m_buffer;
    TextRenderer m_text;
    GraphicsRenderer m_graphics;
    std::uint64_t m_generation = 0; ///< of the registers in m_state; 0: none yet
    VgaState m_state{256 * 1024};
    PictureKind m_kind = PictureKind::Blank;
    BlinkPhase m_phase;
};

/// The damage that dirty pages mean for a linear 32-bit picture.
[[nodiscard]] DamageRegion linearDamage(const DirtyPages& dirty, const FrameDescriptor& frame);

} // namespace engine::display
