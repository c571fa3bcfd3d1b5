// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>

/// Numbers of the remote framebuffer protocol: RFC 6143 ("RFC"), the RFB community specification
/// ("community") and Guesthouse's own extension ("ours"; docs/rfb-shared-frame.md).
namespace engine::display::rfb {

/// RFC 7.5, community 7.5: what the viewer says first in each message.
enum class ClientMessageType : std::uint8_t {
    SetPixelFormat = 0,
    SetEncodings = 2,
    FramebufferUpdateRequest = 3,
    KeyEvent = 4,
    PointerEvent = 5,
    ClientCutText = 6,
    EnableContinuousUpdates = 150, ///< community, with ContinuousUpdates (-313)
    SharedFrameControl = 231,      ///< ours: attach (with a side socket), hide, show
    Fence = 248,                   ///< community, with Fence (-312)
    SetDesktopSize = 251,          ///< community, with ExtendedDesktopSize (-308)
    Qemu = 255,                    ///< community, "QEMU client message"
};

/// RFC 7.6 and community.
enum class ServerMessageType : std::uint8_t {
    FramebufferUpdate = 0,
    EndOfContinuousUpdates = 150,
    Fence = 248,
};

/// RFC 7.7, 7.8 and community. Negative numbers are pseudo-encodings.
enum class Encoding : std::int32_t {
    Raw = 0,
    CopyRect = 1,
    Tight = 7,
    Zrle = 16,
    DesktopSize = -223,
    PointerPosition = -232, ///< where the guest has put its pointer
    Cursor = -239,
    PointerMotionChange = -257, ///< QEMU: the guest's pointer became absolute or relative
    ExtendedKeyEvent = -258,    ///< QEMU: keys carry XT scan codes
    LedState = -261,            ///< QEMU: lock lights
    DesktopName = -307,
    ExtendedDesktopSize = -308,
    Fence = -312,
    ContinuousUpdates = -313,
    AlphaCursor = -314,
    ExtendedMouseButtons = -316,
    CompressLevel0 = -256, ///< -256 ... -247: zlib level 0 ... 9
    CompressLevel9 = -247,
    SharedFrame = 0x47480001,  ///< ours: which frame is the picture (a number, see SharedFrameOffer)
    SharedDamage = 0x47480002, ///< ours: the rectangle of the shared frame has changed; no payload
};

/// Payload of a SharedFrame rectangle; the values between are serial numbers of frames.
inline constexpr std::uint32_t SharedFrameOffer = 0;          ///< the picture is ordinary; attach to share it
inline constexpr std::uint32_t SharedFrameNever = 0xffffffff; ///< no sharing on this connection

/// RFC 7.1.2 and community (VeNCrypt).
enum class SecurityType : std::uint8_t { Invalid = 0, None = 1, VncAuthentication = 2, VeNCrypt = 19 };

/// Lock lights in the QEMU LED state pseudo-encoding.
inline constexpr std::uint8_t LedScrollLock = 1U << 0U;
inline constexpr std::uint8_t LedNumLock = 1U << 1U;
inline constexpr std::uint8_t LedCapsLock = 1U << 2U;

/// Fence flags; the rest are reserved.
inline constexpr std::uint32_t FenceBlockBefore = 1U << 0U;
inline constexpr std::uint32_t FenceBlockAfter = 1U << 1U;
inline constexpr std::uint32_t FenceSyncNext = 1U << 2U;
inline constexpr std::uint32_t FenceRequest = 1U << 31U;
inline constexpr std::size_t FenceMaxPayload = 64;

/// ExtendedDesktopSize: who caused a change (x-position) and what came of a request (y-position).
enum class ResizeReason : std::uint16_t { Server = 0, ThisViewer = 1, OtherViewer = 2 };
enum class ResizeStatus : std::uint16_t {
    Done = 0,
    Prohibited = 1,
    OutOfResources = 2,
    InvalidLayout = 3,
    Forwarded = 4
}; ///< 4: the guest decides

/// A relative pointer report (PointerMotionChange) sends motion as an offset from this position.
inline constexpr int RelativePointerZero = 0x7fff;

} // namespace engine::display::rfb
