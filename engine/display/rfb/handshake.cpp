// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/rfb/handshake.h"

#include "display/rfb/protocol.h"

#include <string_view>

namespace engine::display::rfb {
namespace {

constexpr std::size_t VersionLength = 12;

/// RFC 7.1.1. "RFB 003.003", ".007" or ".008"; every other version is spoken to as 3.3.
std::optional<unsigned> minorOf(std::span<const std::byte> piece)
{
    std::string text;
    for (const std::byte b : piece)
        text += static_cast<char>(b);
    if (!text.starts_with("RFB ") || text.at(7) != '.' || text.back() != '\n')
        return std::nullopt;
    if (text == "RFB 003.007\n")
        return 7;
    return text == "RFB 003.008\n" ? 8 : 3;
}

void writeReason(ByteWriter& out, std::string_view reason)
{
    out.u32(static_cast<std::uint32_t>(reason.size()));
    out.text(reason);
}

} // namespace

void Handshake::begin(ByteWriter& out)
{
    out.text("RFB 003.008\n");
}

std::uint8_t Handshake::offeredType() const
{
    const SecurityType type = m_policy.tls        ? SecurityType::VeNCrypt
                              : m_policy.password ? SecurityType::VncAuthentication
                                                  : SecurityType::None;
    return static_cast<std::uint8_t>(type);
}

/// Community "VeNCrypt": subtypes.
std::uint32_t Handshake::veNCryptType() const
{
    constexpr std::uint32_t TlsNone = 257;
    constexpr std::uint32_t TlsVnc = 258;
    constexpr std::uint32_t X509None = 260;
    constexpr std::uint32_t X509Vnc = 261;
    if (m_policy.certificate)
        return m_policy.password ? X509Vnc : X509None;
    return m_policy.password ? TlsVnc : TlsNone;
}

std::size_t Handshake::wanted() const
{
    switch (m_state) {
    case State::Version: return VersionLength;
    case State::SecurityChoice: return 1;
    case State::VeNCryptVersion: return 2;
    case State::VeNCryptChoice: return 4;
    case State::Challenge: return std::tuple_size_v<VncChallenge>;
    case State::ClientInit: return 1;
    case State::StartingTls:
    case State::Finished: break;
    }
    return 0;
}

Result<std::size_t> Handshake::advance(std::span<const std::byte> input, ByteWriter& out)
{
    std::size_t taken = 0;
    while (wanted() != 0 && input.size() - taken >= wanted()) {
        const auto piece = input.subspan(taken, wanted());
        taken += piece.size();
        VM_TRY(step(piece, out));
    }
    return taken;
}

Result<> Handshake::step(std::span<const std::byte> piece, ByteWriter& out)
{
    switch (m_state) {
    case State::Version: return takeVersion(piece, out);
    case State::SecurityChoice: return takeSecurityChoice(std::to_integer<std::uint8_t>(piece[0]), out);
    case State::VeNCryptVersion:
        if (piece[0] != std::byte{0} || piece[1] != std::byte{2}) {
            out.u8(255);
            return fail(ErrorCode::Unsupported, "The viewer speaks an unknown version of VeNCrypt.");
        }
        out.u8(0);
        out.u8(1);
        out.u32(veNCryptType());
        m_state = State::VeNCryptChoice;
        return {};
    case State::VeNCryptChoice: return takeVeNCryptChoice(ByteReader(piece).u32(), out);
    case State::Challenge: return takeAnswer(piece, out);
    case State::ClientInit: // The shared flag: viewers always share here.
        m_state = State::Finished;
        return {};
    case State::StartingTls:
    case State::Finished: break;
    }
    return {};
}

Result<> Handshake::takeVersion(std::span<const std::byte> piece, ByteWriter& out)
{
    const auto minor = minorOf(piece);
    if (!minor)
        return fail(ErrorCode::Corrupt, "The viewer does not speak RFB.");
    m_minor = *minor;
    if (m_minor >= 7) {
        out.u8(1);
        out.u8(offeredType());
        m_state = State::SecurityChoice;
        return {};
    }
    if (m_policy.tls) {
        out.u32(static_cast<std::uint32_t>(SecurityType::Invalid));
        writeReason(out, "This server wants TLS, which needs RFB 3.7 or newer.");
        return fail(ErrorCode::Unsupported, "The viewer is too old for TLS.");
    }
    // RFC 7.1.2, version 3.3: the server decides.
    out.u32(offeredType());
    if (m_policy.password)
        startAuthentication(out);
    else
        m_state = State::ClientInit;
    return {};
}

Result<> Handshake::takeSecurityChoice(std::uint8_t choice, ByteWriter& out)
{
    if (choice != offeredType())
        return fail(ErrorCode::Denied, "The viewer chose a security type that was not offered.");
    if (m_policy.tls) {
        out.u8(0);
        out.u8(2);
        m_state = State::VeNCryptVersion;
    } else {
        startAuthentication(out);
    }
    return {};
}

Result<> Handshake::takeVeNCryptChoice(std::uint32_t choice, ByteWriter& out)
{
    if (choice != veNCryptType()) {
        out.u8(0);
        return fail(ErrorCode::Denied, "The viewer chose a VeNCrypt type that was not offered.");
    }
    out.u8(1);
    m_state = State::StartingTls;
    return {};
}

void Handshake::tlsStarted(ByteWriter& out)
{
    startAuthentication(out);
}

void Handshake::startAuthentication(ByteWriter& out)
{
    if (m_policy.password) {
        m_challenge = makeVncChallenge();
        out.bytes(m_challenge);
        m_state = State::Challenge;
        return;
    }
    if (m_minor >= 8)
        out.u32(0); // SecurityResult; before 3.8 there is none for the type None
    m_state = State::ClientInit;
}

Result<> Handshake::takeAnswer(std::span<const std::byte> piece, ByteWriter& out)
{
    if (isSameAnswer(answerVncChallenge(m_challenge, *m_policy.password), piece.first<16>())) {
        out.u32(0);
        m_state = State::ClientInit;
        return {};
    }
    m_refused = true;
    out.u32(1);
    if (m_minor >= 8)
        writeReason(out, "The password is wrong.");
    return fail(ErrorCode::Denied, "The viewer's password is wrong.");
}

} // namespace engine::display::rfb
