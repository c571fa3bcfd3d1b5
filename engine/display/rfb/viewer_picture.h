// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/input/input_sink.h"
#include "display/display_source.h"
#include "display/rfb/client_message.h"
#include "display/rfb/encoder.h"
#include "display/rfb/shared_frame_sender.h"
#include "display/rfb/viewer_features.h"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace engine::display::rfb {

/// What is on the guest's screen and desk just now; the server keeps one for all viewers.
struct Screen {
    FrameDescriptor frame; ///< always valid: a blank one stands in before the guest draws
    std::shared_ptr<const CursorShape> cursor;
    PointerPosition pointerAt; ///< of the cursor's upper left corner
    KeyboardLeds leds;
    bool absolutePointer = true;
    std::string name;
};

/// One viewer's knowledge of the screen: what it understands, what it has been told, what it still
/// has to be told; writes the updates that close the gap. A pure model: no socket, no clock.
class ViewerPicture {
public:
    explicit ViewerPicture(const Screen& screen) : m_screen(screen) {}

    void setPixelFormat(const PixelFormat& format);
    /// Writes the messages that acknowledge extensions to `out`.
    void setEncodings(std::span<const std::int32_t> encodings, bool canShare, ByteWriter& out);
    void attachSharedFrame(UniqueFd sideSocket);
    void request(const UpdateRequest& request);
    void setContinuous(const EnableContinuousUpdates& message, ByteWriter& out);
    void answerResize(ResizeStatus status) { m_resizeAnswer = status; }

    /// The screen has changed in this respect since the last call.
    void frameChanged();
    void damaged(const DamageRegion& damage);
    void moved(const RowMove& move);
    void cursorChanged();
    void pointerMoved();
    void nameChanged() { m_namePending = true; }

    /// RFC 7.3.2. Also fixes the size that the viewer knows.
    void writeServerInit(ByteWriter& out);
    /// Appends one FramebufferUpdate if the viewer waits for one and there is something to say.
    void writeUpdate(ByteWriter& out);

    [[nodiscard]] const ViewerFeatures& features() const { return m_features; }
    /// The viewer takes updates now or as they come.
    [[nodiscard]] bool isWaiting() const { return m_requested || m_continuous; }
    [[nodiscard]] std::uint32_t width() const { return m_width; }
    [[nodiscard]] std::uint32_t height() const { return m_height; }
    /// The viewer has been told that the pointer reports motion.
    [[nodiscard]] bool reportsMotion() const { return m_toldAbsolute == false; }

private:
    [[nodiscard]] bool hasNews() const;
    [[nodiscard]] bool writeSizeChange(ByteWriter& out);
    [[nodiscard]] unsigned writeExtendedSize(ByteWriter& out, ResizeReason reason, ResizeStatus status) const;
    [[nodiscard]] unsigned writePseudoRects(ByteWriter& out);
    [[nodiscard]] unsigned writeCursor(ByteWriter& out);
    [[nodiscard]] bool drawsPointer() const;
    void redrawPointer();
    [[nodiscard]] unsigned writeSharedFrame(ByteWriter& out);
    [[nodiscard]] unsigned writeDamage(ByteWriter& out);
    void damageAll();

    const Screen& m_screen;
    ViewerFeatures m_features;
    PixelConverter m_converter;
    std::unique_ptr<Encoder> m_encoder = std::make_unique<RawEncoder>();
    Encoding m_encoderKind = Encoding::Raw;
    DamageRegion m_damage;
    std::optional<RowMove> m_move; ///< before m_damage; only while the viewer shows all that was there
    Rect m_drawnPointer;           ///< where the pixels that the viewer has show the pointer
    std::uint32_t m_width = 0, m_height = 0; ///< as the viewer knows them
    bool m_requested = false;
    bool m_continuous = false;
    bool m_colourMapPending = false;
    bool m_layoutPending = false; ///< ExtendedDesktopSize without a change of size
    bool m_keysPending = false, m_buttonsPending = false;
    bool m_cursorPending = false, m_pointerPending = false, m_namePending = false;
    bool m_toldCursor = false;
    bool m_saidFence = false, m_saidContinuous = false;
    std::optional<ResizeStatus> m_resizeAnswer;
    std::optional<KeyboardLeds> m_toldLeds;
    std::optional<bool> m_toldAbsolute;
    enum class Sharing : std::uint8_t {
        No,
        Offer,
        Offered,
        Decline,
        Declined,
        NewFrame,
        Active
    } m_sharing = Sharing::No;
    std::optional<SharedFrameSender> m_sender;
};

} // namespace engine::display::rfb
