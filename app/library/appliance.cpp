// SPDX-License-Identifier: GPL-3.0-or-later
#include "library/appliance.h"

#include "block/import/ovf.h"

#include <utility>

namespace app {

engine::Result<Appliance> readAppliance(const std::filesystem::path& path)
{
    const bool isPackage = path.extension() != ".ovf" && path.extension() != ".OVF";
    engine::block::OvfMachine machine =
        VM_TRY(isPackage ? engine::block::readOva(path) : engine::block::readOvf(path));
    Appliance appliance{.name = std::move(machine.name),
                        .systemDescription = std::move(machine.systemDescription),
                        .cpuCount = machine.cpuCount,
                        .memoryBytes = machine.memoryBytes,
                        .usesUefi = machine.usesUefi,
                        .isPackage = isPackage,
                        .disks = {}};
    for (engine::block::OvfDisk& disk : machine.disks)
        appliance.disks.push_back(
            {.fileName = std::move(disk.fileName), .capacityBytes = disk.capacityBytes});
    return appliance;
}

} // namespace app
