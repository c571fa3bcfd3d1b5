// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace app {

/// A machine that another program has exported (OVA or OVF), as far as its description tells.
struct Appliance {
    struct Disk {
        std::string fileName;            ///< in the package or beside the description; no folders
        std::uint64_t capacityBytes = 0; ///< 0: not stated
        bool operator==(const Disk&) const = default;
    };
    std::string name;
    std::string systemDescription; ///< "Debian GNU/Linux 11 (64-bit)"
    std::uint32_t cpuCount = 0;    ///< 0: not stated
    std::uint64_t memoryBytes = 0; ///< 0: not stated
    bool usesUefi = false;
    bool isPackage = false; ///< the disks are in the same file; else beside it
    std::vector<Disk> disks;
    bool operator==(const Appliance&) const = default;
};

/// Reads the description of an OVA archive or an OVF file. Blocking; does not look at the disks.
[[nodiscard]] engine::Result<Appliance> readAppliance(const std::filesystem::path& path);

} // namespace app
