// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/rfb/gnutls_library.h"

#include "base/shared_library.h"

namespace engine::display::rfb {

namespace {

Result<GnutlsLibrary> loadLibrary()
{
    const SharedLibrary library = VM_TRY(SharedLibrary::load(GNUTLS_SONAME, "encrypted viewers"));
    GnutlsLibrary found;
    VM_TRY(library.bind(found.gnutls_anon_allocate_server_credentials,
                        "gnutls_anon_allocate_server_credentials"));
    VM_TRY(library.bind(found.gnutls_anon_free_server_credentials, "gnutls_anon_free_server_credentials"));
    VM_TRY(
        library.bind(found.gnutls_anon_set_server_known_dh_params, "gnutls_anon_set_server_known_dh_params"));
    VM_TRY(library.bind(found.gnutls_bye, "gnutls_bye"));
    VM_TRY(library.bind(found.gnutls_certificate_allocate_credentials,
                        "gnutls_certificate_allocate_credentials"));
    VM_TRY(library.bind(found.gnutls_certificate_free_credentials, "gnutls_certificate_free_credentials"));
    VM_TRY(
        library.bind(found.gnutls_certificate_set_known_dh_params, "gnutls_certificate_set_known_dh_params"));
    VM_TRY(library.bind(found.gnutls_certificate_set_x509_key_file, "gnutls_certificate_set_x509_key_file"));
    VM_TRY(library.bind(found.gnutls_credentials_set, "gnutls_credentials_set"));
    VM_TRY(library.bind(found.gnutls_deinit, "gnutls_deinit"));
    VM_TRY(library.bind(found.gnutls_error_is_fatal, "gnutls_error_is_fatal"));
    VM_TRY(library.bind(found.gnutls_handshake, "gnutls_handshake"));
    VM_TRY(library.bind(found.gnutls_init, "gnutls_init"));
    VM_TRY(library.bind(found.gnutls_priority_set_direct, "gnutls_priority_set_direct"));
    VM_TRY(library.bind(found.gnutls_record_check_pending, "gnutls_record_check_pending"));
    VM_TRY(library.bind(found.gnutls_record_recv, "gnutls_record_recv"));
    VM_TRY(library.bind(found.gnutls_record_send, "gnutls_record_send"));
    VM_TRY(library.bind(found.gnutls_strerror, "gnutls_strerror"));
    VM_TRY(library.bind(found.gnutls_transport_set_ptr, "gnutls_transport_set_ptr"));
    VM_TRY(library.bind(found.gnutls_transport_set_pull_function, "gnutls_transport_set_pull_function"));
    VM_TRY(library.bind(found.gnutls_transport_set_push_function, "gnutls_transport_set_push_function"));
    return found;
}

} // namespace

Result<const GnutlsLibrary*> GnutlsLibrary::get()
{
    static const Result<GnutlsLibrary> Library = loadLibrary();
    if (!Library)
        return std::unexpected(Library.error());
    return &*Library;
}

} // namespace engine::display::rfb
