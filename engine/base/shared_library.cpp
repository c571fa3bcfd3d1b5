// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/shared_library.h"

#include <dlfcn.h>

namespace engine {

Result<SharedLibrary> SharedLibrary::load(std::string soname, const std::string& purpose)
{
    void* handle = ::dlopen(soname.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        const char* reason = ::dlerror();
        return fail(ErrorCode::NotFound, soname + " is needed for " + purpose + " and cannot be loaded ("
                                             + (reason ? reason : "no reason given")
                                             + "); install the package that contains it");
    }
    return SharedLibrary(std::move(soname), handle);
}

Result<void*> SharedLibrary::symbol(const char* name) const
{
    void* found = ::dlsym(m_handle, name);
    if (!found)
        return fail(ErrorCode::Unsupported,
                    m_soname + " has no " + name + "; install a version as new as Guesthouse was built with");
    return found;
}

} // namespace engine
