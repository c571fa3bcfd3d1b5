// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

/// Messages that we write ourselves because libvncclient 0.9.14 has no function for them or a wrong
/// one. Numbers from RFC 6143 and the RFB community specification.
namespace console::rfb {

using Bytes = std::vector<char>;

enum Encoding : std::int32_t {
    Raw = 0,
    CopyRect = 1,
    Hextile = 5,
    Tight = 7,
    Zrle = 16,
    DesktopSize = -223,
    LastRect = -224,
    PointerPosition = -232,
    Cursor = -239,
    XCursor = -240,
    CompressLevel1 = -255,
    PointerMotionChange = -257,
    ExtendedKeyEvent = -258,
    LedState = -261,
    DesktopName = -307,
    ExtendedDesktopSize = -308,
    Fence = -312,
    AlphaCursor = -314,
    ExtendedMouseButtons = -316,
    SharedFrame = 0x47480001,  ///< docs/rfb-shared-frame.md
    SharedDamage = 0x47480002, ///< docs/rfb-shared-frame.md
};

inline constexpr std::uint32_t SharedFrameOffer = 0;
inline constexpr std::uint32_t SharedFrameNever = 0xffffffff;
inline constexpr std::uint8_t FenceMessage = 248;
inline constexpr std::uint8_t EndOfContinuousUpdatesMessage = 150;
/// Relative motion is sent as an offset from this position.
inline constexpr int RelativePointerZero = 0x7fff;

enum class SharedFrameOperation : std::uint8_t { Attach = 0, Hide = 1, Show = 2 };

/// RFC 7.5.2.
[[nodiscard]] Bytes setEncodings(std::span<const std::int32_t> encodings);
/// Community SetDesktopSize with one screen. (The library's own sends uninitialised bytes.)
[[nodiscard]] Bytes setDesktopSize(std::uint16_t width, std::uint16_t height, std::uint32_t screenId);
/// The answer to a fence request.
[[nodiscard]] Bytes fenceReply(std::uint32_t flags, std::span<const char> payload);
/// RFC 7.5.5; with `extended` (ExtendedMouseButtons) bits 7 and 8 of `buttons` travel too.
[[nodiscard]] Bytes pointerEvent(std::uint16_t buttons, std::uint16_t x, std::uint16_t y, bool extended);
/// RFC 7.5.6. Characters beyond Latin-1 become '?'.
[[nodiscard]] Bytes clientCutText(const std::string& utf8);
[[nodiscard]] Bytes sharedFrameControl(SharedFrameOperation operation);

[[nodiscard]] std::string latin1ToUtf8(std::span<const char> text);

} // namespace console::rfb
