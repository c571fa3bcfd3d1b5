// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/runtime_root.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace engine {

namespace fs = std::filesystem;

fs::path runtimeRoot()
{
    // Nobody changes the environment while threads run.
    if (const char* base = std::getenv("XDG_RUNTIME_DIR");
        base && *base == '/') // NOLINT(concurrency-mt-unsafe)
        return fs::path(base) / "guesthouse";
    return fs::path("/tmp") / ("guesthouse-" + std::to_string(::geteuid()));
}

Result<> makePrivateFolder(const fs::path& path)
{
    if (::mkdir(path.c_str(), S_IRWXU) != 0 && errno != EEXIST)
        return failSystem("cannot create " + path.string());
    struct stat status{};
    if (::lstat(path.c_str(), &status) != 0)
        return failSystem("cannot look at " + path.string());
    if (!S_ISDIR(status.st_mode) || status.st_uid != ::geteuid())
        return fail(ErrorCode::Denied,
                    path.string() + " belongs to somebody else; remove it or set XDG_RUNTIME_DIR");
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0 && ::chmod(path.c_str(), S_IRWXU) != 0)
        return failSystem("cannot make " + path.string() + " private");
    return {};
}

} // namespace engine
