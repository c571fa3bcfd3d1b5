// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <string>

namespace engine {

/// A library of the system that is loaded when something first needs it, so that a guest without that
/// something does not pay for it. Never unloaded. Any thread.
class SharedLibrary {
public:
    /// `soname` as the loader knows it ("libslirp.so.0"); `purpose` completes "... is needed for".
    [[nodiscard]] static Result<SharedLibrary> load(std::string soname, const std::string& purpose);

    /// Points `function` at the library's function `name`. The type is the caller's promise: declare it
    /// with decltype of the header's declaration.
    template <class F>
    [[nodiscard]] Result<> bind(F*& function, const char* name) const
    {
        // SAFETY: POSIX guarantees that dlsym's result converts to a function pointer.
        function = reinterpret_cast<F*>(VM_TRY(symbol(name)));
        return {};
    }

private:
    SharedLibrary(std::string soname, void* handle) : m_soname(std::move(soname)), m_handle(handle) {}
    [[nodiscard]] Result<void*> symbol(const char* name) const;

    std::string m_soname;
    void* m_handle;
};

} // namespace engine
