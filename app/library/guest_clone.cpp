// SPDX-License-Identifier: GPL-3.0-or-later
// Full and linked copies of guests.
#include "library/guest_clone.h"

#include "library/guest_id.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace app {

using engine::ErrorCode;
using engine::fail;
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

bool isInside(const fs::path& path, const fs::path& folder)
{
    const fs::path relative = path.lexically_relative(folder);
    return !relative.empty() && *relative.begin() != "..";
}

/// The description of the copy; paths inside of the original's folder are relative.
GuestDescription describeCopy(const GuestEntry& entry, std::string name)
{
    GuestDescription copy = entry.guest;
    copy.config.name = std::move(name);
    for (engine::NetworkConfig& network : copy.config.networks)
        network.macAddress.clear(); // two cards with one address would disturb each other
    makePathsRelative(copy.config, entry.folder);
    return copy;
}

/// A second name for the file in another folder; both are the same data until one of them goes.
Result<> shareFile(const fs::path& file, const fs::path& folder)
{
    const fs::path target = folder / file.filename();
    if (::link(file.c_str(), target.c_str()) == 0 || errno == EEXIST)
        return {};
    return failSystem("cannot share " + file.string()
                      + " between two guests; this file system may not be able to. Make a full copy instead");
}

/// Turns a disk into an empty overlay over what was in it, which is kept under another name and never
/// written again. At every moment the disk's own name leads to its contents.
Result<fs::path> freeze(DiskTool& disks, const fs::path& disk)
{
    const fs::path base =
        disk.parent_path() / ("base-" + createGuestId().substr(0, 8) + disk.extension().string());
    const fs::path overlay = disk.string() + ".new";
    if (::link(disk.c_str(), base.c_str()) != 0)
        return failSystem(
            "cannot keep " + disk.string()
            + " under a second name; this file system may not be able to. Make a full copy instead");
    const auto prepare = [&]() -> Result<> {
        std::error_code ignored;
        fs::remove(overlay, ignored); // of an attempt that was interrupted
        VM_TRY(disks.createOverlay(overlay, base));
        VM_TRY(syncFolder(disk.parent_path()));
        if (::rename(overlay.c_str(), disk.c_str()) != 0)
            return failSystem("cannot replace " + disk.string());
        return syncFolder(disk.parent_path());
    };
    if (auto prepared = prepare(); !prepared) {
        ::unlink(overlay.c_str());
        ::unlink(base.c_str());
        return std::unexpected(prepared.error());
    }
    ::chmod(base.c_str(), S_IRUSR); // whoever writes to it by mistake would damage every copy
    return base;
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

std::uint64_t bytesToClone(const GuestEntry& entry)
{
    std::uint64_t total = 0;
    std::error_code failure;
    for (auto item = fs::recursive_directory_iterator(entry.folder, failure);
         !failure && item != fs::recursive_directory_iterator(); item.increment(failure)) {
        std::error_code ignored;
        if (item->is_regular_file(ignored) && !item->is_symlink(ignored))
            total += item->file_size(ignored);
    }
    for (const engine::DiskConfig& disk : entry.guest.config.disks) {
        std::error_code ignored;
        if (!isInside(disk.path, entry.folder) && !disk.readOnly)
            total += fs::file_size(disk.path, ignored);
    }
    return total;
}

Result<GuestEntry> GuestLibrary::clone(const GuestEntry& entry, std::string name,
                                       const CopyProgress& onProgress)
{
    if (entry.problem)
        return fail(ErrorCode::InvalidState, "A guest with a damaged configuration cannot be cloned.");
    GuestDescription copy = describeCopy(entry, std::move(name));
    // Two guests must not write to one disk: what lies elsewhere is copied into the new folder.
    std::vector<std::pair<fs::path, fs::path>> outside;
    for (std::size_t i = 0; i < copy.config.disks.size(); ++i) {
        engine::DiskConfig& disk = copy.config.disks[i];
        const fs::path file = disk.path;
        if (!file.is_absolute() || disk.readOnly)
            continue;
        disk.path = "disks/copy-" + std::to_string(i + 1) + file.extension().string();
        outside.emplace_back(file, disk.path);
    }
    return create(std::move(copy), [&](const fs::path& folder) -> Result<> {
        VM_TRY(copyGuestFolder(entry.folder, folder, onProgress));
        for (const auto& [from, to] : outside)
            VM_TRY(copyFile(from, folder / to, onProgress));
        return {};
    });
}

Result<GuestEntry> linkedClone(GuestLibrary& library, DiskTool& disks, const GuestEntry& entry,
                               std::string name)
{
    if (entry.problem)
        return fail(ErrorCode::InvalidState, "A guest with a damaged configuration cannot be cloned.");
    for (const engine::DiskConfig& disk : entry.guest.config.disks) {
        if (!isInside(disk.path, entry.folder))
            return fail(ErrorCode::Unsupported,
                        "The disk " + disk.path
                            + " lies outside of the guest's folder and cannot be shared; "
                              "make a full copy instead.");
    }
    for (const engine::DiskConfig& disk : entry.guest.config.disks) {
        if (disk.format != "qcow2")
            return fail(ErrorCode::Unsupported,
                        "Only qcow2 disks can be shared, and " + disk.path
                            + " is none; make a full copy, or convert it with “guesthouse disk convert”.");
    }
    GuestDescription copy = describeCopy(entry, std::move(name));
    return library.create(std::move(copy), [&](const fs::path& folder) -> Result<> {
        for (const engine::DiskConfig& disk : entry.guest.config.disks) {
            const fs::path file = disk.path;
            const fs::path place = folder / file.parent_path().lexically_relative(entry.folder);
            VM_TRY(makeFolder(place));
            const fs::path base = VM_TRY(freeze(disks, file));
            VM_TRY(shareFile(base, place));
            for (const fs::path& further : VM_TRY(disks.basesOf(base)))
                VM_TRY(shareFile(further, place));
            VM_TRY(disks.createOverlay(place / file.filename(), place / base.filename()));
        }
        const fs::path variables = entry.guest.config.firmware.variablesPath;
        std::error_code ignored;
        if (isInside(variables, entry.folder) && fs::exists(variables, ignored))
            VM_TRY(copyFile(variables, folder / variables.lexically_relative(entry.folder), {}));
        return {};
    });
}

} // namespace app
