// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <gnutls/gnutls.h>

namespace engine::display::rfb {

/// The functions of GnuTLS that we use, under their names. Loaded when somebody asks for encrypted viewers
/// on the network: it is large, and most guests never need it.
struct GnutlsLibrary {
    decltype(&::gnutls_anon_allocate_server_credentials) gnutls_anon_allocate_server_credentials = nullptr;
    decltype(&::gnutls_anon_free_server_credentials) gnutls_anon_free_server_credentials = nullptr;
    decltype(&::gnutls_anon_set_server_known_dh_params) gnutls_anon_set_server_known_dh_params = nullptr;
    decltype(&::gnutls_bye) gnutls_bye = nullptr;
    decltype(&::gnutls_certificate_allocate_credentials) gnutls_certificate_allocate_credentials = nullptr;
    decltype(&::gnutls_certificate_free_credentials) gnutls_certificate_free_credentials = nullptr;
    decltype(&::gnutls_certificate_set_known_dh_params) gnutls_certificate_set_known_dh_params = nullptr;
    decltype(&::gnutls_certificate_set_x509_key_file) gnutls_certificate_set_x509_key_file = nullptr;
    decltype(&::gnutls_credentials_set) gnutls_credentials_set = nullptr;
    decltype(&::gnutls_deinit) gnutls_deinit = nullptr;
    decltype(&::gnutls_error_is_fatal) gnutls_error_is_fatal = nullptr;
    decltype(&::gnutls_handshake) gnutls_handshake = nullptr;
    decltype(&::gnutls_init) gnutls_init = nullptr;
    decltype(&::gnutls_priority_set_direct) gnutls_priority_set_direct = nullptr;
    decltype(&::gnutls_record_check_pending) gnutls_record_check_pending = nullptr;
    decltype(&::gnutls_record_recv) gnutls_record_recv = nullptr;
    decltype(&::gnutls_record_send) gnutls_record_send = nullptr;
    decltype(&::gnutls_strerror) gnutls_strerror = nullptr;
    decltype(&::gnutls_transport_set_ptr) gnutls_transport_set_ptr = nullptr;
    decltype(&::gnutls_transport_set_pull_function) gnutls_transport_set_pull_function = nullptr;
    decltype(&::gnutls_transport_set_push_function) gnutls_transport_set_push_function = nullptr;

    /// Any thread; the same answer for the life of the process.
    [[nodiscard]] static Result<const GnutlsLibrary*> get();
};

} // namespace engine::display::rfb
