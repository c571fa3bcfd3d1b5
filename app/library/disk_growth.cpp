// SPDX-License-Identifier: GPL-3.0-or-later
#include "library/disk_growth.h"

namespace app {

using engine::Result;

std::vector<std::uint64_t> diskCapacities(DiskTool& disks, const GuestDescription& guest)
{
    std::vector<std::uint64_t> sizes;
    for (const engine::DiskConfig& disk : guest.config.disks)
        sizes.push_back(disks.capacityOf(disk.path).value_or(0));
    return sizes;
}

Result<GuestEntry> growPendingDisks(GuestLibrary& library, DiskTool& disks, const GuestEntry& entry)
{
    const std::vector<std::uint64_t>& wished = entry.guest.pendingDiskBytes;
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
