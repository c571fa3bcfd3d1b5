// SPDX-License-Identifier: GPL-3.0-or-later
#include "rfb/rect_payloads.h"

#include <array>
#include <cstring>

namespace console::rfb {

std::optional<std::uint32_t> readNumber(const ReadBytes& read)
{
    std::array<char, 4> bytes{};
    if (!read(bytes.data(), bytes.size()))
        return std::nullopt;
    std::uint32_t value = 0;
    for (const char byte : bytes)
        value = value << 8U | static_cast<std::uint8_t>(byte);
    return value;
}

std::optional<CursorImage> readAlphaCursor(int hotspotX, int hotspotY, int width, int height,
                                           const ReadBytes& read)
{
    const auto encoding = readNumber(read);
    if (encoding != 0U || width > MaxCursorSide || height > MaxCursorSide)
        return std::nullopt;
    CursorImage cursor{
        .width = width, .height = height, .hotspotX = hotspotX, .hotspotY = hotspotY, .pixels = {}};
    const auto count = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
    std::vector<char> bytes(count * 4);
    if (count != 0 && !read(bytes.data(), bytes.size()))
        return std::nullopt;
    cursor.pixels.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
        const auto part = [&](std::size_t n) {
            return std::uint32_t{static_cast<std::uint8_t>(bytes[i * 4 + n])};
        };
        cursor.pixels[i] = part(3) << 24U | part(0) << 16U | part(1) << 8U | part(2);
    }
    return cursor;
}

std::optional<LockLights> readLedState(const ReadBytes& read)
{
    char state = 0;
    if (!read(&state, 1))
        return std::nullopt;
    const auto bits = static_cast<std::uint8_t>(state);
    return LockLights{.scroll = (bits & 1U) != 0, .num = (bits & 2U) != 0, .caps = (bits & 4U) != 0};
}

std::optional<std::string> readDesktopName(const ReadBytes& read)
{
    const auto length = readNumber(read);
    if (!length || *length > MaxNameLength)
        return std::nullopt;
    std::string name(*length, '\0');
    if (*length != 0 && !read(name.data(), name.size()))
        return std::nullopt;
    return name;
}

std::optional<ServerFence> readFence(const ReadBytes& read)
{
    constexpr std::uint32_t Request = 1U << 31U;
    constexpr std::size_t MaxPayload = 64;
    std::array<char, 3> padding{};
    if (!read(padding.data(), padding.size()))
        return std::nullopt;
    const auto flags = readNumber(read);
    char length = 0;
    if (!flags || !read(&length, 1) || static_cast<std::uint8_t>(length) > MaxPayload)
        return std::nullopt;
    ServerFence fence{.isRequest = (*flags & Request) != 0, .flags = *flags, .payload = {}};
    fence.payload.resize(static_cast<std::uint8_t>(length));
    if (!fence.payload.empty() && !read(fence.payload.data(), fence.payload.size()))
        return std::nullopt;
    return fence;
}

CursorImage maskedCursor(int hotspotX, int hotspotY, int width, int height, const std::uint8_t* pixels,
                         const std::uint8_t* mask)
{
    CursorImage cursor{
        .width = width, .height = height, .hotspotX = hotspotX, .hotspotY = hotspotY, .pixels = {}};
    const auto count = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
    cursor.pixels.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
        std::uint32_t pixel = 0;
        std::memcpy(&pixel, pixels + i * 4, sizeof pixel);
        cursor.pixels[i] = mask[i] != 0 ? 0xff000000U | (pixel & 0xffffffU) : 0U;
    }
    return cursor;
}

} // namespace console::rfb
