// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "rfb/connection_observer.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

/// Payloads of the rectangles that libvncclient leaves to extensions. Everything read is a server's
/// word: sizes are checked before memory is taken.
namespace console::rfb {

/// Reads exactly `size` bytes from the server; false when the connection breaks.
using ReadBytes = std::function<bool(char* into, std::size_t size)>;

inline constexpr int MaxCursorSide = 1024;
inline constexpr std::uint32_t MaxNameLength = 64 * 1024;

/// Community "Cursor With Alpha" in raw encoding. nullopt: broken connection or content.
[[nodiscard]] std::optional<CursorImage> readAlphaCursor(int hotspotX, int hotspotY, int width, int height,
                                                         const ReadBytes& read);
[[nodiscard]] std::optional<LockLights> readLedState(const ReadBytes& read);
[[nodiscard]] std::optional<std::string> readDesktopName(const ReadBytes& read);
[[nodiscard]] std::optional<std::uint32_t> readNumber(const ReadBytes& read);

struct ServerFence {
    bool isRequest = false;
    std::uint32_t flags = 0;
    std::vector<char> payload;
};
/// Community "Fence", after the message's type. A payload of more than 64 bytes is an error.
[[nodiscard]] std::optional<ServerFence> readFence(const ReadBytes& read);

/// A cursor from 32-bit pixels and a mask of one byte a pixel, as libvncclient decodes it.
[[nodiscard]] CursorImage maskedCursor(int hotspotX, int hotspotY, int width, int height,
                                       const std::uint8_t* pixels, const std::uint8_t* mask);

} // namespace console::rfb
