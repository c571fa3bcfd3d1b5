// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/rfb/viewer_picture.h"

#include "display/pointer_overlay.h"
#include "display/rfb/cursor_encoding.h"

#include <algorithm>

namespace engine::display::rfb {
namespace {

constexpr std::uint32_t MaxSide = 0xffff; // RFB's numbers have 16 bits

FrameView viewOf(const FrameDescriptor& frame)
{
    const std::size_t bytes =
        std::size_t{frame.stride} * (frame.height - 1) + std::size_t{frame.width} * sizeof(std::uint32_t);
    return {std::span<const std::byte>(frame.block->data(), frame.block->sizeBytes())
                .subspan(frame.offset, bytes),
            frame.stride,
            frame.width,
            frame.height,
            nullptr,
            {}};
}

Rect pseudoRect(std::uint32_t x = 0, std::uint32_t y = 0, std::uint32_t width = 0, std::uint32_t height = 0)
{
    return {.x = x, .y = y, .width = width, .height = height};
}

std::unique_ptr<Encoder> makeEncoder(Encoding kind)
{
    if (kind == Encoding::Zrle)
        return std::make_unique<ZrleEncoder>();
    if (kind == Encoding::Tight)
        return std::make_unique<TightEncoder>();
    return std::make_unique<RawEncoder>();
}

void writeSharedFrameRect(ByteWriter& out, std::uint32_t state)
{
    writeRectHeader(out, pseudoRect(), Encoding::SharedFrame);
    out.u32(state);
}

/// Opens a FramebufferUpdate (RFC 7.6.1); returns where its number of rectangles goes.
std::size_t beginUpdate(ByteWriter& out)
{
    out.u8(static_cast<std::uint8_t>(ServerMessageType::FramebufferUpdate));
    out.zeros(1);
    out.u16(0);
    return out.size() - 2;
}

} // namespace

void ViewerPicture::setPixelFormat(const PixelFormat& format)
{
    m_converter = PixelConverter(format);
    m_colourMapPending = m_converter.needsColourMap();
    m_cursorPending = true;
}

void ViewerPicture::setEncodings(std::span<const std::int32_t> encodings, bool canShare, ByteWriter& out)
{
    m_features = featuresFrom(encodings);
    if (m_features.pixels != m_encoderKind) {
        m_encoder = makeEncoder(m_features.pixels);
        m_encoderKind = m_features.pixels;
    }
    m_encoder->setCompressionLevel(m_features.compressionLevel);
    m_cursorPending = m_namePending = true;
    m_pointerPending = m_features.pointerPosition;
    redrawPointer();
    m_layoutPending = m_features.extendedDesktopSize;
    m_keysPending = m_features.extendedKeys;
    m_buttonsPending = m_features.extendedMouseButtons;
    m_toldLeds.reset();
    m_toldAbsolute.reset();
    if (m_features.sharedFrame && m_sharing == Sharing::No)
        m_sharing = canShare ? Sharing::Offer : Sharing::Decline;
    if (m_features.fence && !m_saidFence) {
        out.u8(static_cast<std::uint8_t>(ServerMessageType::Fence));
        out.zeros(3);
        out.u32(FenceRequest);
        out.u8(0);
        m_saidFence = true;
    }
    if (m_features.continuousUpdates && !m_saidContinuous) {
        out.u8(static_cast<std::uint8_t>(ServerMessageType::EndOfContinuousUpdates));
        m_saidContinuous = true;
    }
}

void ViewerPicture::attachSharedFrame(UniqueFd sideSocket)
{
    m_sender.emplace(std::move(sideSocket));
    m_sharing = Sharing::NewFrame;
}

void ViewerPicture::damageAll()
{
    m_move.reset();
    m_damage = DamageRegion(pseudoRect(0, 0, m_width, m_height));
}

void ViewerPicture::request(const UpdateRequest& request)
{
    m_requested = true;
    if (request.incremental)
        return;
    m_damage.add(intersect(pseudoRect(request.x, request.y, request.width, request.height),
                           pseudoRect(0, 0, m_width, m_height)));
    m_layoutPending = m_features.extendedDesktopSize;
}

void ViewerPicture::setContinuous(const EnableContinuousUpdates& message, ByteWriter& out)
{
    // The rectangle is taken to be the whole screen; a viewer may get more than it asked for.
    if (m_continuous && !message.enable)
        out.u8(static_cast<std::uint8_t>(ServerMessageType::EndOfContinuousUpdates));
    m_continuous = message.enable;
}

void ViewerPicture::frameChanged()
{
    if (m_sharing == Sharing::Active)
        m_sharing = Sharing::NewFrame;
    damageAll();
}

void ViewerPicture::damaged(const DamageRegion& damage)
{
    m_damage.add(damage);
    m_damage.clip(m_width, m_height);
}

void ViewerPicture::moved(const RowMove& move)
{
    const auto& frame = m_screen.frame;
    const bool complete = m_damage.isEmpty() && !m_move && m_width == frame.width && m_height == frame.height;
    if (m_features.copyRect && complete && m_sharing != Sharing::Active && !drawsPointer())
        m_move = move;
    else
        damaged(DamageRegion({.x = 0, .y = move.to, .width = frame.width, .height = move.rows}));
}

/// The viewer draws no pointer, so the pixels that it gets have one.
bool ViewerPicture::drawsPointer() const
{
    return m_screen.cursor && !m_features.cursor && !m_features.alphaCursor;
}

void ViewerPicture::redrawPointer()
{
    Rect now;
    if (drawsPointer())
        now = pointerRect(*m_screen.cursor, m_screen.pointerAt, m_screen.frame.width, m_screen.frame.height);
    m_damage.add(std::exchange(m_drawnPointer, now));
    m_damage.add(now);
    m_damage.clip(m_width, m_height);
}

void ViewerPicture::cursorChanged()
{
    m_cursorPending = true;
    redrawPointer();
}

void ViewerPicture::pointerMoved()
{
    m_pointerPending = m_features.pointerPosition;
    redrawPointer();
}

void ViewerPicture::writeServerInit(ByteWriter& out)
{
    m_width = std::min(m_screen.frame.width, MaxSide);
    m_height = std::min(m_screen.frame.height, MaxSide);
    out.u16(static_cast<std::uint16_t>(m_width));
    out.u16(static_cast<std::uint16_t>(m_height));
    PixelFormat{}.write(out);
    out.u32(static_cast<std::uint32_t>(m_screen.name.size()));
    out.text(m_screen.name);
    damageAll();
}

bool ViewerPicture::hasNews() const
{
    const auto& f = m_features;
    const bool sizeDiffers = m_width != std::min(m_screen.frame.width, MaxSide)
                             || m_height != std::min(m_screen.frame.height, MaxSide);
    return !m_damage.isEmpty() || m_move || (m_pointerPending && m_screen.cursor)
           || (sizeDiffers && (f.desktopSize || f.extendedDesktopSize)) || m_layoutPending
           || m_resizeAnswer.has_value() || m_keysPending || m_buttonsPending
           || (m_cursorPending && (f.cursor || f.alphaCursor)) || (m_namePending && f.desktopName)
           || (f.ledState && m_toldLeds != m_screen.leds)
           || (f.pointerMotion && m_toldAbsolute != m_screen.absolutePointer) || m_sharing == Sharing::Offer
           || m_sharing == Sharing::Decline || m_sharing == Sharing::NewFrame;
}

unsigned ViewerPicture::writeExtendedSize(ByteWriter& out, ResizeReason reason, ResizeStatus status) const
{
    writeRectHeader(
        out,
        pseudoRect(static_cast<std::uint16_t>(reason), static_cast<std::uint16_t>(status), m_width, m_height),
        Encoding::ExtendedDesktopSize);
    out.u8(1);
    out.zeros(3);
    out.u32(1); // the screen's id: some viewers take 0 for "none"
    out.zeros(4);
    out.u16(static_cast<std::uint16_t>(m_width));
    out.u16(static_cast<std::uint16_t>(m_height));
    out.u32(0);
    return 1;
}

/// A new size travels alone: RFC 7.8.2 says that viewers throw away pixels that come with it.
bool ViewerPicture::writeSizeChange(ByteWriter& out)
{
    const std::uint32_t width = std::min(m_screen.frame.width, MaxSide);
    const std::uint32_t height = std::min(m_screen.frame.height, MaxSide);
    if ((width == m_width && height == m_height)
        || !(m_features.desktopSize || m_features.extendedDesktopSize))
        return false;
    m_width = width;
    m_height = height;
    damageAll();
    const std::size_t countAt = beginUpdate(out);
    out.patchU16(countAt, 1);
    m_layoutPending = false;
    if (m_features.extendedDesktopSize)
        (void)writeExtendedSize(out, ResizeReason::Server, ResizeStatus::Done);
    else
        writeRectHeader(out, pseudoRect(0, 0, width, height), Encoding::DesktopSize);
    return true;
}

unsigned ViewerPicture::writePseudoRects(ByteWriter& out)
{
    unsigned count = 0;
    if (m_resizeAnswer)
        count += writeExtendedSize(out, ResizeReason::ThisViewer, *m_resizeAnswer);
    else if (m_layoutPending)
        count += writeExtendedSize(out, ResizeReason::Server, ResizeStatus::Done);
    m_resizeAnswer.reset();
    m_layoutPending = false;
    if (std::exchange(m_keysPending, false)) {
        writeRectHeader(out, pseudoRect(), Encoding::ExtendedKeyEvent);
        ++count;
    }
    if (std::exchange(m_buttonsPending, false)) {
        writeRectHeader(out, pseudoRect(), Encoding::ExtendedMouseButtons);
        ++count;
    }
    if (m_features.ledState && m_toldLeds != m_screen.leds) {
        m_toldLeds = m_screen.leds;
        writeRectHeader(out, pseudoRect(), Encoding::LedState);
        out.u8(static_cast<std::uint8_t>((m_toldLeds->scrollLock ? LedScrollLock : 0U)
                                         | (m_toldLeds->numLock ? LedNumLock : 0U)
                                         | (m_toldLeds->capsLock ? LedCapsLock : 0U)));
        ++count;
    }
    if (m_features.pointerMotion && m_toldAbsolute != m_screen.absolutePointer) {
        m_toldAbsolute = m_screen.absolutePointer;
        // No width: some viewers check that the rectangle, moved right by one, is on the screen.
        writeRectHeader(out, pseudoRect(*m_toldAbsolute ? 1 : 0), Encoding::PointerMotionChange);
        ++count;
    }
    if (std::exchange(m_namePending, false) && m_features.desktopName) {
        writeRectHeader(out, pseudoRect(), Encoding::DesktopName);
        out.u32(static_cast<std::uint32_t>(m_screen.name.size()));
        out.text(m_screen.name);
        ++count;
    }
    if (std::exchange(m_cursorPending, false))
        count += writeCursor(out);
    if (std::exchange(m_pointerPending, false) && m_screen.cursor) {
        // The hot spot; a pointer that the guest has put off the screen stays at its edge.
        const auto inside = [](std::int64_t at, std::uint32_t side) {
            return static_cast<std::uint32_t>(
                std::clamp<std::int64_t>(at, 0, std::int64_t{std::max(side, 1U)} - 1));
        };
        const CursorShape& shape = *m_screen.cursor;
        writeRectHeader(out,
                        pseudoRect(inside(std::int64_t{m_screen.pointerAt.x} + shape.hotspotX, m_width),
                                   inside(std::int64_t{m_screen.pointerAt.y} + shape.hotspotY, m_height)),
                        Encoding::PointerPosition);
        ++count;
    }
    return count;
}

unsigned ViewerPicture::writeCursor(ByteWriter& out)
{
    if (!m_features.alphaCursor && !m_features.cursor)
        return 0;
    static const CursorShape none{.visible = false};
    if (!m_screen.cursor && !m_toldCursor)
        return 0; // the viewer keeps the pointer that it began with
    const CursorShape& shape = m_screen.cursor ? *m_screen.cursor : none;
    m_toldCursor = m_screen.cursor != nullptr;
    if (m_features.alphaCursor)
        writeAlphaCursor(shape, out);
    else
        writeMaskedCursor(shape, m_converter, out);
    return 1;
}

unsigned ViewerPicture::writeSharedFrame(ByteWriter& out)
{
    switch (m_sharing) {
    case Sharing::Offer:
        m_sharing = Sharing::Offered;
        writeSharedFrameRect(out, SharedFrameOffer);
        return 1;
    case Sharing::Decline:
        m_sharing = Sharing::Declined;
        writeSharedFrameRect(out, SharedFrameNever);
        return 1;
    case Sharing::NewFrame: {
        const std::uint16_t serial = m_sender ? m_sender->announce(m_screen.frame) : std::uint16_t{0};
        m_sharing = serial != 0 ? Sharing::Active : Sharing::Declined;
        writeSharedFrameRect(out, serial != 0 ? serial : SharedFrameNever);
        damageAll();
        return 1;
    }
    default: return 0;
    }
}

unsigned ViewerPicture::writeDamage(ByteWriter& out)
{
    unsigned count = 0;
    // A viewer that cannot follow a change of size keeps what fits.
    m_damage.clip(std::min(m_width, m_screen.frame.width), std::min(m_height, m_screen.frame.height));
    FrameView view = viewOf(m_screen.frame);
    if (drawsPointer()) {
        view.pointer = m_screen.cursor.get();
        view.pointerAt = m_screen.pointerAt;
    }
    if (const auto move = std::exchange(m_move, std::nullopt)) {
        writeRectHeader(out, pseudoRect(0, move->to, m_width, move->rows), Encoding::CopyRect);
        out.u16(0);
        out.u16(static_cast<std::uint16_t>(move->from));
        ++count;
    }
    for (const Rect& rect : m_damage.rects()) {
        if (m_sharing == Sharing::Active) {
            writeRectHeader(out, rect, Encoding::SharedDamage);
            ++count;
        } else {
            count += m_encoder->encode(view, rect, m_converter, out);
        }
    }
    m_damage.clear();
    return count;
}

void ViewerPicture::writeUpdate(ByteWriter& out)
{
    if (!isWaiting() || !hasNews())
        return;
    if (std::exchange(m_colourMapPending, false))
        PixelConverter::writeColourMap(out);
    if (!writeSizeChange(out)) {
        const std::size_t start = out.size();
        const std::size_t countAt = beginUpdate(out);
        unsigned count = writePseudoRects(out);
        count += writeSharedFrame(out);
        // A local viewer is about to attach; pixels would be sent twice.
        if (m_sharing != Sharing::Offered || count == 0)
            count += writeDamage(out);
        if (count == 0) {
            out.shrinkTo(start);
            return;
        }
        out.patchU16(countAt, static_cast<std::uint16_t>(count));
    }
    m_requested = false;
}

} // namespace engine::display::rfb
