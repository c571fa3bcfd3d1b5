// SPDX-License-Identifier: GPL-3.0-or-later
#include "library/guest_package.h"

#include "block/export/ova_writer.h"
#include "library/guest_clone.h"

#include <algorithm>

namespace app {

using engine::Result;
namespace fs = std::filesystem;

Result<> exportPackage(const GuestEntry& entry, const fs::path& target, const DiskProgress& onProgress)
{
    const engine::VmConfig& config = entry.guest.config;
    engine::block::Appliance appliance{.name = config.name,
                                       .cpuCount = config.cpuCount,
                                       .memoryBytes = config.memoryBytes,
                                       .usesUefi = config.firmware.kind == engine::FirmwareKind::Ovmf,
                                       .disks = {}};
    for (const engine::DiskConfig& disk : config.disks) {
        const fs::path path = entry.folder / disk.path; // an absolute path replaces the folder
        const auto format = disk.format.empty() ? engine::block::detectSourceFormat(path)
                                                : engine::block::parseSourceFormat(disk.format);
        appliance.disks.push_back({.path = path, .format = VM_TRY(format)});
    }
    std::stop_source stop;
    std::uint64_t before = 0; // of the disks that are packed already
    std::uint64_t last = 0;
    engine::block::Progress progress;
    progress.stop = stop.get_token();
    progress.report = [&](std::uint64_t done, std::uint64_t total) {
        if (onProgress && !onProgress(before + done, before + total))
            stop.request_stop();
        last = total;
        if (done == total)
            before += std::exchange(last, 0);
    };

    return engine::block::exportAppliance(appliance, target, {}, progress);
}

} // namespace app
