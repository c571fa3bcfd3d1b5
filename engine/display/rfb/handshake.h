// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "display/rfb/byte_order.h"
#include "display/rfb/vnc_password.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace engine::display::rfb {

/// Who may connect through one listening socket.
struct SecurityPolicy {
    /// VNC authentication with this password (at most eight bytes count); nullopt: no question asked.
    std::optional<std::string> password;
    /// Offer VeNCrypt (TLS). When set, nothing else is offered.
    bool tls = false;
    /// The TLS credentials hold a certificate (X509...); otherwise anonymous (TLS...).
    bool certificate = false;
};

/// The conversation before normal messages: version, security, the viewer's and our greeting
/// (RFC 6143 sections 7.1 to 7.3; community "VeNCrypt"). A pure state machine: bytes in, bytes out.
class Handshake {
public:
    explicit Handshake(SecurityPolicy policy) : m_policy(std::move(policy)) {}

    /// Our first words.
    void begin(ByteWriter& out);
    /// Takes what it can from the front of `input` and returns how much that was. After an error
    /// `out` may hold a last answer; the connection ends.
    [[nodiscard]] Result<std::size_t> advance(std::span<const std::byte> input, ByteWriter& out);

    /// The viewer has said ClientInit: send ServerInit, normal messages follow.
    [[nodiscard]] bool isFinished() const { return m_state == State::Finished; }
    /// Everything in `out` goes in clear; then TLS starts, and tlsStarted() is called when it stands.
    [[nodiscard]] bool wantsTls() const { return m_state == State::StartingTls; }
    void tlsStarted(ByteWriter& out);
    /// The viewer's password was wrong (the error of advance() says the same in words).
    [[nodiscard]] bool wasRefused() const { return m_refused; }

private:
    enum class State : std::uint8_t {
        Version,
        SecurityChoice,
        VeNCryptVersion,
        VeNCryptChoice,
        StartingTls,
        Challenge,
        ClientInit,
        Finished,
    };
    [[nodiscard]] std::size_t wanted() const;
    [[nodiscard]] Result<> step(std::span<const std::byte> piece, ByteWriter& out);
    [[nodiscard]] Result<> takeVersion(std::span<const std::byte> piece, ByteWriter& out);
    [[nodiscard]] Result<> takeSecurityChoice(std::uint8_t choice, ByteWriter& out);
    [[nodiscard]] Result<> takeVeNCryptChoice(std::uint32_t choice, ByteWriter& out);
    [[nodiscard]] Result<> takeAnswer(std::span<const std::byte> piece, ByteWriter& out);
    void startAuthentication(ByteWriter& out);
    [[nodiscard]] std::uint8_t offeredType() const;
    [[nodiscard]] std::uint32_t veNCryptType() const;

    SecurityPolicy m_policy;
    State m_state = State::Version;
    unsigned m_minor = 8;
    bool m_refused = false;
    VncChallenge m_challenge{};
};

} // namespace engine::display::rfb
