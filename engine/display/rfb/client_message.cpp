// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/rfb/client_message.h"

#include "display/rfb/byte_order.h"
#include "display/rfb/protocol.h"

namespace engine::display::rfb {
namespace {

using Parsed = Result<std::optional<ParsedMessage>>;

Parsed incomplete()
{
    return std::optional<ParsedMessage>();
}

Parsed done(ClientMessage message, std::size_t length)
{
    return ParsedMessage{std::move(message), length};
}

Parsed parseSetPixelFormat(std::span<const std::byte> input)
{
    constexpr std::size_t Length = 20;
    if (input.size() < Length)
        return incomplete();
    const auto format = VM_TRY(PixelFormat::parse(input.subspan<4, PixelFormat::WireSize>()));
    return done(SetPixelFormat{format}, Length);
}

Parsed parseSetEncodings(std::span<const std::byte> input)
{
    constexpr std::size_t Header = 4;
    if (input.size() < Header)
        return incomplete();
    ByteReader reader(input);
    reader.skip(2);
    const std::size_t count = reader.u16();
    const std::size_t length = Header + count * 4;
    if (input.size() < length)
        return incomplete();
    SetEncodings message;
    message.encodings.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
        message.encodings.push_back(reader.s32());
    return done(std::move(message), length);
}

Parsed parseUpdateRequest(std::span<const std::byte> input)
{
    constexpr std::size_t Length = 10;
    if (input.size() < Length)
        return incomplete();
    ByteReader reader(input.subspan(1));
    UpdateRequest message;
    message.incremental = reader.u8() != 0;
    message.x = reader.u16();
    message.y = reader.u16();
    message.width = reader.u16();
    message.height = reader.u16();
    return done(message, Length);
}

Parsed parseKeyEvent(std::span<const std::byte> input)
{
    constexpr std::size_t Length = 8;
    if (input.size() < Length)
        return incomplete();
    ByteReader reader(input.subspan(1));
    KeyEvent message;
    message.down = reader.u8() != 0;
    reader.skip(2);
    message.keysym = reader.u32();
    return done(message, Length);
}

/// Community "PointerEvent" with ExtendedMouseButtons: bit 7 announces one more byte of buttons.
Parsed parsePointerEvent(std::span<const std::byte> input, ParserOptions options)
{
    constexpr std::size_t Length = 6;
    constexpr std::uint16_t MoreButtons = 0x80;
    if (input.size() < Length)
        return incomplete();
    ByteReader reader(input.subspan(1));
    PointerEvent message;
    message.buttons = reader.u8();
    message.x = reader.u16();
    message.y = reader.u16();
    if (!options.extendedMouseButtons || (message.buttons & MoreButtons) == 0)
        return done(message, Length);
    if (input.size() < Length + 1)
        return incomplete();
    message.buttons = static_cast<std::uint16_t>((message.buttons & 0x7fU) | (reader.u8() & 3U) << 7U);
    return done(message, Length + 1);
}

/// A negative length is the extended clipboard's; the magnitude counts either way.
Parsed parseCutText(std::span<const std::byte> input)
{
    constexpr std::size_t Header = 8;
    if (input.size() < Header)
        return incomplete();
    ByteReader reader(input.subspan(4));
    const std::int64_t signedLength = reader.s32();
    const auto length = static_cast<std::size_t>(signedLength < 0 ? -signedLength : signedLength);
    if (length > MaxClientMessage - Header)
        return fail(ErrorCode::Corrupt, "The viewer's clipboard text is longer than 512 KiB.");
    if (input.size() < Header + length)
        return incomplete();
    const auto text = reader.bytes(length);
    return done(CutText{signedLength < 0, {text.begin(), text.end()}}, Header + length);
}

Parsed parseEnableContinuousUpdates(std::span<const std::byte> input)
{
    constexpr std::size_t Length = 10;
    if (input.size() < Length)
        return incomplete();
    ByteReader reader(input.subspan(1));
    EnableContinuousUpdates message;
    message.enable = reader.u8() != 0;
    message.x = reader.u16();
    message.y = reader.u16();
    message.width = reader.u16();
    message.height = reader.u16();
    return done(message, Length);
}

Parsed parseFence(std::span<const std::byte> input)
{
    constexpr std::size_t Header = 9;
    if (input.size() < Header)
        return incomplete();
    ByteReader reader(input.subspan(4));
    Fence message;
    message.flags = reader.u32();
    const std::size_t length = reader.u8();
    if (length > FenceMaxPayload)
        return fail(ErrorCode::Corrupt, "The viewer's fence is longer than 64 bytes.");
    if (input.size() < Header + length)
        return incomplete();
    const auto payload = reader.bytes(length);
    message.payload.assign(payload.begin(), payload.end());
    return done(std::move(message), Header + length);
}

Parsed parseSetDesktopSize(std::span<const std::byte> input)
{
    constexpr std::size_t Header = 8;
    constexpr std::size_t ScreenSize = 16;
    if (input.size() < Header)
        return incomplete();
    ByteReader reader(input.subspan(2));
    SetDesktopSize message;
    message.width = reader.u16();
    message.height = reader.u16();
    message.screens = reader.u8();
    const std::size_t length = Header + message.screens * ScreenSize;
    if (input.size() < length)
        return incomplete();
    return done(message, length);
}

/// Community "QEMU client message"; submessage 0 is the extended key event.
Parsed parseQemu(std::span<const std::byte> input)
{
    constexpr std::size_t Length = 12;
    if (input.size() < 2)
        return incomplete();
    ByteReader reader(input.subspan(1));
    if (reader.u8() != 0)
        return fail(ErrorCode::Corrupt, "The viewer sent a QEMU message that was never offered.");
    if (input.size() < Length)
        return incomplete();
    KeyEvent message;
    message.down = reader.u16() != 0;
    message.keysym = reader.u32();
    message.scanCode = reader.u32();
    return done(message, Length);
}

Parsed parseSharedFrameControl(std::span<const std::byte> input)
{
    constexpr std::size_t Length = 2;
    if (input.size() < Length)
        return incomplete();
    const auto operation = std::to_integer<std::uint8_t>(input[1]);
    if (operation > static_cast<std::uint8_t>(SharedFrameControl::Operation::Show))
        return fail(ErrorCode::Corrupt, "The viewer sent an unknown shared-frame operation.");
    return done(SharedFrameControl{static_cast<SharedFrameControl::Operation>(operation)}, Length);
}

} // namespace

Result<std::optional<ParsedMessage>> parseClientMessage(std::span<const std::byte> input,
                                                        ParserOptions options)
{
    if (input.empty())
        return incomplete();
    switch (static_cast<ClientMessageType>(std::to_integer<std::uint8_t>(input[0]))) {
    case ClientMessageType::SetPixelFormat: return parseSetPixelFormat(input);
    case ClientMessageType::SetEncodings: return parseSetEncodings(input);
    case ClientMessageType::FramebufferUpdateRequest: return parseUpdateRequest(input);
    case ClientMessageType::KeyEvent: return parseKeyEvent(input);
    case ClientMessageType::PointerEvent: return parsePointerEvent(input, options);
    case ClientMessageType::ClientCutText: return parseCutText(input);
    case ClientMessageType::EnableContinuousUpdates: return parseEnableContinuousUpdates(input);
    case ClientMessageType::Fence: return parseFence(input);
    case ClientMessageType::SetDesktopSize: return parseSetDesktopSize(input);
    case ClientMessageType::Qemu: return parseQemu(input);
    case ClientMessageType::SharedFrameControl: return parseSharedFrameControl(input);
    }
    return fail(ErrorCode::Corrupt, "The viewer sent a message of an unknown type.");
}

} // namespace engine::display::rfb
