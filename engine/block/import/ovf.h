// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "block/convert_image.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace engine::block {

/// One disk of an OVF package.
struct OvfDisk {
    std::string fileName;            ///< in the package; no folders in it
    std::uint64_t capacityBytes = 0; ///< 0 = not said
};

/// What an OVF descriptor says about its (first) virtual machine, as far as we can use it.
struct OvfMachine {
    std::string name;
    std::string systemDescription; ///< "Debian GNU/Linux 11 (64-bit)"
    unsigned cpuCount = 0;         ///< 0 = not said
    std::uint64_t memoryBytes = 0; ///< 0 = not said
    bool usesUefi = false;
    std::vector<OvfDisk> disks; ///< in the order of the descriptor
};

/// Parses a descriptor (DSP0243). Bounded in size, depth and numbers; no document type, no entities.
[[nodiscard]] Result<OvfMachine> parseOvf(std::span<const std::byte> xml);
/// A descriptor file beside its disks.
[[nodiscard]] Result<OvfMachine> readOvf(const std::filesystem::path& path);

/// That the disks of a descriptor lie beside it, and that all are those that the manifest beside it
/// was made for, if there is one.
[[nodiscard]] Result<> checkOvfFiles(const std::filesystem::path& descriptor, const Progress& progress = {});

/// The descriptor in a package (an OVA file); unpacks nothing.
[[nodiscard]] Result<OvfMachine> readOva(const std::filesystem::path& package);

/// Unpacks a package (an OVA file: a tar archive) into an existing folder: the descriptor and the
/// files it names, nothing else, and never outside of that folder. Removes what it has written when
/// it fails or is stopped.
[[nodiscard]] Result<OvfMachine> unpackOva(const std::filesystem::path& package,
                                           const std::filesystem::path& folder,
                                           const Progress& progress = {});

} // namespace engine::block
