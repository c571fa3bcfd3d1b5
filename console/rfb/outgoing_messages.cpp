// SPDX-License-Identifier: GPL-3.0-or-later
#include "rfb/outgoing_messages.h"

#include <algorithm>
#include <concepts>

namespace console::rfb {
namespace {

template <std::unsigned_integral T>
void put(Bytes& out, T value)
{
    for (std::size_t i = sizeof(T); i-- > 0;)
        out.push_back(static_cast<char>(value >> (8 * i)));
}

void put8(Bytes& out, std::uint8_t value)
{
    out.push_back(static_cast<char>(value));
}

std::string utf8ToLatin1(const std::string& utf8)
{
    std::string out;
    for (std::size_t i = 0; i < utf8.size(); ++i) {
        const auto byte = static_cast<std::uint8_t>(utf8[i]);
        if (byte < 0x80) {
            out += utf8[i];
        } else if ((byte == 0xc2 || byte == 0xc3) && i + 1 < utf8.size()) {
            const auto next = static_cast<std::uint8_t>(utf8[++i]);
            out += static_cast<char>((byte & 3U) << 6U | (next & 0x3fU));
        } else if (byte >= 0xc0) { // first byte of a longer sequence; the rest is passed over
            out += '?';
        }
    }
    return out;
}

} // namespace

Bytes setEncodings(std::span<const std::int32_t> encodings)
{
    Bytes out;
    put8(out, 2);
    put8(out, 0);
    put(out, static_cast<std::uint16_t>(encodings.size()));
    for (const std::int32_t encoding : encodings)
        put(out, static_cast<std::uint32_t>(encoding));
    return out;
}

Bytes setDesktopSize(std::uint16_t width, std::uint16_t height, std::uint32_t screenId)
{
    Bytes out;
    put8(out, 251);
    put8(out, 0);
    put(out, width);
    put(out, height);
    put8(out, 1);
    put8(out, 0);
    put(out, screenId);
    put(out, std::uint32_t{0}); // x, y
    put(out, width);
    put(out, height);
    put(out, std::uint32_t{0}); // flags
    return out;
}

Bytes fenceReply(std::uint32_t flags, std::span<const char> payload)
{
    constexpr std::uint32_t Known = 7; // block before, block after, sync next
    Bytes out;
    put8(out, FenceMessage);
    out.resize(4);
    put(out, flags & Known);
    put8(out, static_cast<std::uint8_t>(payload.size()));
    out.insert(out.end(), payload.begin(), payload.end());
    return out;
}

Bytes pointerEvent(std::uint16_t buttons, std::uint16_t x, std::uint16_t y, bool extended)
{
    const auto more = static_cast<std::uint8_t>(buttons >> 7U);
    Bytes out;
    put8(out, 5);
    if (extended)
        put8(out, static_cast<std::uint8_t>((buttons & 0x7fU) | (more != 0 ? 0x80U : 0U)));
    else
        put8(out, static_cast<std::uint8_t>(buttons));
    put(out, x);
    put(out, y);
    if (extended && more != 0)
        put8(out, more);
    return out;
}

Bytes clientCutText(const std::string& utf8)
{
    const std::string text = utf8ToLatin1(utf8);
    Bytes out;
    put8(out, 6);
    out.resize(4);
    put(out, static_cast<std::uint32_t>(text.size()));
    out.insert(out.end(), text.begin(), text.end());
    return out;
}

Bytes sharedFrameControl(SharedFrameOperation operation)
{
    Bytes out;
    put8(out, 231);
    put8(out, static_cast<std::uint8_t>(operation));
    return out;
}

std::string latin1ToUtf8(std::span<const char> text)
{
    std::string out;
    out.reserve(text.size());
    for (const char character : text) {
        const auto byte = static_cast<std::uint8_t>(character);
        if (byte < 0x80) {
            out += character;
        } else {
            out += static_cast<char>(0xc0U | byte >> 6U);
            out += static_cast<char>(0x80U | (byte & 0x3fU));
        }
    }
    return out;
}

} // namespace console::rfb
