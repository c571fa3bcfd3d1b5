// SPDX-License-Identifier: GPL-3.0-or-later
#include "library/guest_library.h"

namespace app {

using engine::failSystem;
using engine::Result;
namespace fs = std::filesystem;

namespace {

/// Files of one run or one identity: the copy starts without them.
bool belongsToOriginal(const fs::path& relative)
{
    const std::string name = relative.filename().string();
    return name == "guest.json" || name == "lock" || name.ends_with(".new") || name.ends_with(".lock");
}

} // namespace

Result<> copyGuestFolder(const fs::path& from, const fs::path& to, const CopyProgress& onProgress)
{
    std::error_code failure;
    std::uint64_t finished = 0;
    for (auto item = fs::recursive_directory_iterator(from, failure);
         !failure && item != fs::recursive_directory_iterator(); item.increment(failure)) {
        const fs::path relative = item->path().lexically_relative(from);
        std::error_code ignored;
        if (item->is_symlink(ignored) || belongsToOriginal(relative))
            continue;
        if (item->is_directory(ignored)) {
            VM_TRY(makeFolder(to / relative));
        } else if (item->is_regular_file(ignored)) {
            const auto report = [&](std::uint64_t done) {
                return !onProgress || onProgress(finished + done);
            };
            VM_TRY(copyFile(item->path(), to / relative, report));
            finished += item->file_size(ignored);
        }
    }
    if (failure)
        return failSystem("cannot read the folder " + from.string(), failure.value());
    return {};
}

} // namespace app
