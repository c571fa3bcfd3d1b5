// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/rfb/nettle_library.h"

#include "base/shared_library.h"

namespace engine::display::rfb {

namespace {

Result<NettleLibrary> loadLibrary()
{
    const SharedLibrary library = VM_TRY(SharedLibrary::load(NETTLE_SONAME, "passwords of viewers"));
    NettleLibrary found;
    VM_TRY(library.bind(found.nettle_des_set_key, "nettle_des_set_key"));
    VM_TRY(library.bind(found.nettle_des_encrypt, "nettle_des_encrypt"));
    VM_TRY(library.bind(found.nettle_memeql_sec, "nettle_memeql_sec"));
    return found;
}

} // namespace

Result<const NettleLibrary*> NettleLibrary::get()
{
    static const Result<NettleLibrary> Library = loadLibrary();
    if (!Library)
        return std::unexpected(Library.error());
    return &*Library;
}

} // namespace engine::display::rfb
