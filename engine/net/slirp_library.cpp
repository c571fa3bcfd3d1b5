// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/slirp_library.h"

#include "base/shared_library.h"

namespace engine::net {

namespace {

Result<SlirpLibrary> loadLibrary()
{
    const SharedLibrary library = VM_TRY(SharedLibrary::load(SLIRP_SONAME, "the user network"));
    SlirpLibrary found;
    VM_TRY(library.bind(found.slirp_new, "slirp_new"));
    VM_TRY(library.bind(found.slirp_cleanup, "slirp_cleanup"));
    VM_TRY(library.bind(found.slirp_handle_timer, "slirp_handle_timer"));
    VM_TRY(library.bind(found.slirp_input, "slirp_input"));
    VM_TRY(library.bind(found.slirp_pollfds_poll, "slirp_pollfds_poll"));
    VM_TRY(library.bind(found.slirp_pollfds_fill, "slirp_pollfds_fill"));
    VM_TRY(library.bind(found.slirp_add_hostxfwd, "slirp_add_hostxfwd"));
    VM_TRY(library.bind(found.slirp_remove_hostxfwd, "slirp_remove_hostxfwd"));
    return found;
}

} // namespace

Result<const SlirpLibrary*> SlirpLibrary::get()
{
    static const Result<SlirpLibrary> Library = loadLibrary();
    if (!Library)
        return std::unexpected(Library.error());
    return &*Library;
}

} // namespace engine::net
