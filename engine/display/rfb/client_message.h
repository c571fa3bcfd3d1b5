// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "display/rfb/pixel_format.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <variant>
#include <vector>

namespace engine::display::rfb {

/// RFC 7.5.1. Checked: only formats that PixelConverter can produce get here.
struct SetPixelFormat {
    PixelFormat format;
};
/// RFC 7.5.2. Numbers in the viewer's order of preference.
struct SetEncodings {
    std::vector<std::int32_t> encodings;
};
/// RFC 7.5.3.
struct UpdateRequest {
    bool incremental = false;
    std::uint16_t x = 0, y = 0, width = 0, height = 0;
};
/// RFC 7.5.4, and the QEMU extended key event, which adds `scanCode`.
struct KeyEvent {
    bool down = false;
    std::uint32_t keysym = 0;
    std::optional<std::uint32_t> scanCode; ///< XT set 1; 0x80 added for E0-prefixed keys
};
/// RFC 7.5.5. Bit n of `buttons` is button n + 1; bits 7 and 8 are "back" and "forward" where the
/// viewer uses ExtendedMouseButtons.
struct PointerEvent {
    std::uint16_t buttons = 0;
    std::uint16_t x = 0, y = 0;
};
/// RFC 7.5.6 (Latin-1), or the extended clipboard's framing, whose content we do not use yet.
struct CutText {
    bool extended = false;
    std::vector<std::byte> text;
};
struct EnableContinuousUpdates {
    bool enable = false;
    std::uint16_t x = 0, y = 0, width = 0, height = 0;
};
struct Fence {
    std::uint32_t flags = 0;
    std::vector<std::byte> payload; ///< at most FenceMaxPayload bytes
};
/// Community "SetDesktopSize". Screen layouts beyond the first screen are ignored.
struct SetDesktopSize {
    std::uint16_t width = 0, height = 0;
    std::uint8_t screens = 0;
};
/// Ours (docs/rfb-shared-frame.md). The side socket comes as ancillary data of Attach.
struct SharedFrameControl {
    enum class Operation : std::uint8_t { Attach = 0, Hide = 1, Show = 2 };
    Operation operation = Operation::Attach;
};

using ClientMessage =
    std::variant<SetPixelFormat, SetEncodings, UpdateRequest, KeyEvent, PointerEvent, CutText,
                 EnableContinuousUpdates, Fence, SetDesktopSize, SharedFrameControl>;

struct ParsedMessage {
    ClientMessage message;
    std::size_t length = 0; ///< bytes of the input that it took
};

/// How a viewer's messages are laid out depends on what has been agreed.
struct ParserOptions {
    bool extendedMouseButtons = false;
};

/// No client message is longer; a viewer that announces more is broken or hostile.
inline constexpr std::size_t MaxClientMessage = std::size_t{512} * 1024;

/// Reads one message from the front of `input`; nullopt when it is not complete yet. Corrupt for
/// anything that no viewer may say. Pure.
[[nodiscard]] Result<std::optional<ParsedMessage>> parseClientMessage(std::span<const std::byte> input,
                                                                      ParserOptions options);

} // namespace engine::display::rfb
