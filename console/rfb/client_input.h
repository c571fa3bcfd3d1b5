// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace console {

/// A key: by position where we know it, by meaning for servers that know no positions.
struct KeyInput {
    std::optional<std::uint32_t> evdevCode; ///< linux/input-event-codes.h
    std::uint32_t keysym = 0;               ///< X keysym, 0: none
    bool down = false;
};
/// A position on the server's screen. Bits of `buttons`: left, middle, right, wheel up, down, left,
/// right, back, forward.
struct PointerInput {
    std::uint16_t buttons = 0;
    int x = 0, y = 0;
};
/// Motion, for guests without an absolute pointer.
struct MotionInput {
    std::uint16_t buttons = 0;
    int dx = 0, dy = 0;
};
struct ClipboardInput {
    std::string text; ///< UTF-8
};
/// Asks the server for another screen size.
struct ResizeInput {
    int width = 0, height = 0;
};
/// Nobody sees the picture (false) or somebody does again.
struct VisibilityInput {
    bool visible = true;
};
using ClientInput =
    std::variant<KeyInput, PointerInput, MotionInput, ClipboardInput, ResizeInput, VisibilityInput>;

/// How to speak with a server.
struct ConnectionOptions {
    std::string serverHost; ///< for the certificate of a TLS server; empty for local sockets
    bool shareFrame = true; ///< take the picture as shared memory where the server offers it
    /// RFB number of the encoding to prefer; nullopt: raw on this machine, tight over a network.
    std::optional<std::int32_t> encoding;
};

} // namespace console
