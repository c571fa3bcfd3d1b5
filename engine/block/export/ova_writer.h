// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "block/convert_image.h"
#include "block/image_source.h"

#include <string>
#include <vector>

namespace engine::block {

struct ApplianceDisk {
    std::filesystem::path path;
    SourceFormat format = SourceFormat::Qcow2;
};

/// A virtual machine as a package describes it.
struct Appliance {
    std::string name;
    unsigned cpuCount = 1;
    std::uint64_t memoryBytes = 1ULL << 30;
    bool usesUefi = false;
    std::vector<ApplianceDisk> disks;
};

/// A disk of a package that has been written: what the descriptor says about it.
struct PackagedDisk {
    std::string fileName;
    std::uint64_t fileBytes = 0;
    std::uint64_t capacityBytes = 0;
};

/// The OVF 1.x descriptor (DSP0243) of the machine: one SATA controller, its disks, a network card.
[[nodiscard]] std::string ovfDescriptor(const Appliance& appliance, const std::vector<PackagedDisk>& disks);

/// Writes an OVA package (a tar archive of descriptor, manifest and stream-optimised VMDK disks) that
/// other virtual machine programs import. The disks are opened read-only, with their bases. Nothing
/// remains when it fails or is stopped; an existing file is never touched.
[[nodiscard]] Result<> exportAppliance(const Appliance& appliance, const std::filesystem::path& target,
                                       const BasePolicy& bases = {}, const Progress& progress = {});

} // namespace engine::block
