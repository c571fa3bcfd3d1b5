// SPDX-License-Identifier: GPL-3.0-or-later
#include "library/disk_growth.h"

#include "library/file_store.h"
#include "library/guest_defaults.h"

namespace app {

using engine::Result;

std::vector<std::uint64_t> diskCapacities(DiskTool& disks, const GuestDescription& guest)
{
    std::vector<std::uint64_t> sizes;
    for (const engine::DiskConfig& disk : guest.config.disks)
        sizes.push_back(disks.capacityOf(disk.path).value_or(0));
    return sizes;
}

namespace {

/// The first disk of a guest that has none: connected as its system likes best.
Result<GuestEntry> addSystemDisk(GuestLibrary& library, DiskTool& disks, GuestEntry entry,
                                 std::uint64_t bytes)
{
    const OsInfo* os = OsDatabase::instance().find(entry.guest.presentation.osId);
    const std::string suffix = disks.format() == "raw" ? ".img" : "." + std::string(disks.format());
    const std::filesystem::path folder = entry.folder / "disks";
    VM_TRY(makeFolder(folder));
    std::filesystem::path file = folder / ("system" + suffix);
    std::error_code unknown;
    for (int number = 2; std::filesystem::exists(file, unknown); ++number)
        file = folder / ("system-" + std::to_string(number) + suffix);
    VM_TRY(disks.createDisk(file, bytes));
    entry.guest.pendingDiskBytes.clear();
    entry.guest.config.disks.push_back({.path = file.string(),
                                        .bus = defaultsFor(os, {}, {}).diskBus.value,
                                        .format = std::string(disks.format())});
    auto saved = library.save(entry);
    if (!saved)
        std::filesystem::remove(file, unknown);
    return saved;
}

} // namespace

Result<GuestEntry> growPendingDisks(GuestLibrary& library, DiskTool& disks, const GuestEntry& entry)
{
    const std::vector<std::uint64_t>& wished = entry.guest.pendingDiskBytes;
    if (entry.guest.config.disks.empty() && !wished.empty() && wished.front() != 0)
        return addSystemDisk(library, disks, entry, wished.front());
    bool isWished = false;
    for (std::size_t i = 0; i < wished.size() && i < entry.guest.config.disks.size(); ++i) {
        const std::string& path = entry.guest.config.disks[i].path;
        isWished = isWished || wished[i] != 0;
        if (wished[i] != 0 && VM_TRY(disks.capacityOf(path)) < wished[i])
            VM_TRY(disks.growDisk(path, wished[i]));
    }
    if (!isWished)
        return entry;
    GuestEntry grown = entry;
    grown.guest.pendingDiskBytes.clear();
    return library.save(grown);
}

} // namespace app
