// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "display/rfb/transport.h"

#include <memory>
#include <string>

namespace engine::display::rfb {

/// What the server shows to prove who it is. Immutable; any thread.
class TlsCredentials {
public:
    /// Encryption without a certificate: keeps listeners out, but not somebody who sits in between.
    [[nodiscard]] static Result<std::shared_ptr<TlsCredentials>> createAnonymous();
    /// PEM files. A missing or unsuitable file is the user's to mend; the error says which.
    [[nodiscard]] static Result<std::shared_ptr<TlsCredentials>>
    createX509(const std::string& certificateFile, const std::string& keyFile);
    ~TlsCredentials();
    TlsCredentials(const TlsCredentials&) = delete;
    TlsCredentials& operator=(const TlsCredentials&) = delete;
    TlsCredentials(TlsCredentials&&) = delete;
    TlsCredentials& operator=(TlsCredentials&&) = delete;

    [[nodiscard]] bool hasCertificate() const { return m_certificate != nullptr; }

private:
    TlsCredentials() = default;
    friend class TlsTransport;
    void* m_anonymous = nullptr;   // gnutls_anon_server_credentials_t
    void* m_certificate = nullptr; // gnutls_certificate_credentials_t
};

/// TLS over `socket` (the caller's), server side. Nothing may pass before advanceTlsHandshake() says
/// so.
[[nodiscard]] std::unique_ptr<Transport> makeTlsTransport(int socket,
                                                          std::shared_ptr<TlsCredentials> credentials);

/// True when the handshake stands, false when it waits for the socket. `transport` comes from
/// makeTlsTransport().
[[nodiscard]] Result<bool> advanceTlsHandshake(Transport& transport);

} // namespace engine::display::rfb
