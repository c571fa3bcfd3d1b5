// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/rfb/tls_transport.h"

#include "display/rfb/gnutls_library.h"

#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace engine::display::rfb {
namespace {

ssize_t pull(gnutls_transport_ptr_t socket, void* into, size_t size)
{
    return ::recv(static_cast<int>(reinterpret_cast<std::intptr_t>(socket)), into, size, MSG_DONTWAIT);
}

ssize_t push(gnutls_transport_ptr_t socket, const void* from, size_t size)
{
    return ::send(static_cast<int>(reinterpret_cast<std::intptr_t>(socket)), from, size,
                  MSG_DONTWAIT | MSG_NOSIGNAL);
}

/// For what exists only once credentials have been made, which loads the library.
const GnutlsLibrary& tls()
{
    return **GnutlsLibrary::get();
}

std::unexpected<Error> failTls(const char* what, int code, ErrorCode kind)
{
    return fail(kind, std::string(what) + ": " + tls().gnutls_strerror(code) + ".");
}

} // namespace

Result<std::shared_ptr<TlsCredentials>> TlsCredentials::createAnonymous()
{
    (void)VM_TRY(GnutlsLibrary::get());
    std::shared_ptr<TlsCredentials> made(new TlsCredentials);
    gnutls_anon_server_credentials_t handle = nullptr;
    if (const int code = tls().gnutls_anon_allocate_server_credentials(&handle); code < 0)
        return failTls("Cannot prepare TLS", code, ErrorCode::System);
    made->m_anonymous = handle;
    tls().gnutls_anon_set_server_known_dh_params(handle, GNUTLS_SEC_PARAM_MEDIUM);
    return made;
}

Result<std::shared_ptr<TlsCredentials>> TlsCredentials::createX509(const std::string& certificateFile,
                                                                   const std::string& keyFile)
{
    (void)VM_TRY(GnutlsLibrary::get());
    std::shared_ptr<TlsCredentials> made(new TlsCredentials);
    gnutls_certificate_credentials_t handle = nullptr;
    if (const int code = tls().gnutls_certificate_allocate_credentials(&handle); code < 0)
        return failTls("Cannot prepare TLS", code, ErrorCode::System);
    made->m_certificate = handle;
    const int code = tls().gnutls_certificate_set_x509_key_file(handle, certificateFile.c_str(),
                                                                keyFile.c_str(), GNUTLS_X509_FMT_PEM);
    if (code < 0)
        return fail(ErrorCode::InvalidArgument,
                    "The TLS certificate '" + certificateFile + "' and key '" + keyFile + "' cannot be used: "
                        + tls().gnutls_strerror(code) + ". Both must be PEM files that belong together.");
    tls().gnutls_certificate_set_known_dh_params(handle, GNUTLS_SEC_PARAM_MEDIUM);
    return made;
}

TlsCredentials::~TlsCredentials()
{
    if (m_anonymous)
        tls().gnutls_anon_free_server_credentials(static_cast<gnutls_anon_server_credentials_t>(m_anonymous));
    if (m_certificate)
        tls().gnutls_certificate_free_credentials(
            static_cast<gnutls_certificate_credentials_t>(m_certificate));
}

class TlsTransport final : public Transport {
public:
    TlsTransport(int socket, std::shared_ptr<TlsCredentials> credentials)
        : m_credentials(std::move(credentials))
    {
        m_error = tls().gnutls_init(&m_session, GNUTLS_SERVER | GNUTLS_NONBLOCK);
        if (m_error < 0)
            return;
        // Anonymous key exchange exists up to TLS 1.2 only.
        const char* priority =
            m_credentials->hasCertificate() ? "NORMAL" : "NORMAL:-VERS-TLS1.3:+ANON-ECDH:+ANON-DH";
        m_error = tls().gnutls_priority_set_direct(m_session, priority, nullptr);
        if (m_error >= 0 && m_credentials->hasCertificate())
            m_error =
                tls().gnutls_credentials_set(m_session, GNUTLS_CRD_CERTIFICATE, m_credentials->m_certificate);
        else if (m_error >= 0)
            m_error = tls().gnutls_credentials_set(m_session, GNUTLS_CRD_ANON, m_credentials->m_anonymous);
        // SAFETY: GnuTLS hands the value back to pull() and push() and does not follow it.
        tls().gnutls_transport_set_ptr(m_session,
                                       reinterpret_cast<void*>(static_cast<std::intptr_t>(socket)));
        tls().gnutls_transport_set_pull_function(m_session, pull);
        tls().gnutls_transport_set_push_function(m_session, push);
    }
    ~TlsTransport() override
    {
        if (!m_session)
            return;
        if (m_standing)
            tls().gnutls_bye(m_session, GNUTLS_SHUT_WR);
        tls().gnutls_deinit(m_session);
    }
    TlsTransport(const TlsTransport&) = delete;
    TlsTransport& operator=(const TlsTransport&) = delete;
    TlsTransport(TlsTransport&&) = delete;
    TlsTransport& operator=(TlsTransport&&) = delete;

    Result<bool> handshake()
    {
        if (m_error >= 0)
            m_error = tls().gnutls_handshake(m_session);
        if (m_error == GNUTLS_E_SUCCESS) {
            m_standing = true;
            return true;
        }
        if (tls().gnutls_error_is_fatal(m_error) == 0) {
            m_error = 0;
            return false;
        }
        return failTls("The TLS handshake failed", m_error, ErrorCode::Denied);
    }

    IoResult read(std::span<std::byte> into, std::vector<UniqueFd>& /*received*/) override
    {
        const ssize_t count = tls().gnutls_record_recv(m_session, into.data(), into.size());
        if (count > 0)
            return {static_cast<std::size_t>(count), IoState::Ready};
        return {0, stateOf(count)};
    }

    IoResult write(std::span<const std::byte> from) override
    {
        // After a refusal GnuTLS wants the same bytes again; our output stays in place, so it gets them.
        const ssize_t count = tls().gnutls_record_send(m_session, from.data(), from.size());
        if (count >= 0)
            return {static_cast<std::size_t>(count), IoState::Ready};
        return {0, stateOf(count)};
    }

    [[nodiscard]] bool hasBufferedInput() const override
    {
        return tls().gnutls_record_check_pending(m_session) != 0;
    }

private:
    static IoState stateOf(ssize_t code)
    {
        return code == GNUTLS_E_AGAIN || code == GNUTLS_E_INTERRUPTED ? IoState::WouldBlock : IoState::Closed;
    }

    std::shared_ptr<TlsCredentials> m_credentials;
    gnutls_session_t m_session = nullptr;
    int m_error = 0;
    bool m_standing = false;
};

std::unique_ptr<Transport> makeTlsTransport(int socket, std::shared_ptr<TlsCredentials> credentials)
{
    return std::make_unique<TlsTransport>(socket, std::move(credentials));
}

Result<bool> advanceTlsHandshake(Transport& transport)
{
    return static_cast<TlsTransport&>(transport).handshake();
}

} // namespace engine::display::rfb
