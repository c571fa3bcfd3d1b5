// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

namespace engine::firmware {

/// A pair of files that belong together.
struct UefiFiles {
    std::filesystem::path code;
    std::filesystem::path variables; ///< the template that a guest's own store is copied from
    bool operator==(const UefiFiles&) const = default;
};

/// What a firmware descriptor of a distribution says, as far as it concerns a Q35 PC (QEMU
/// docs/interop/firmware.json).
struct FirmwareDescriptor {
    UefiFiles files;
    bool requiresSmm = false;
    bool hasEnrolledKeys = false; ///< Secure Boot is on in the variables
};

/// Reads one descriptor; nullopt when it is damaged or describes something that we can't use: another
/// architecture or machine, qcow2 files, firmware without flash.
[[nodiscard]] std::optional<FirmwareDescriptor> parseDescriptor(std::string_view json);

/// All usable descriptors of a folder, in the order of their file names, which is their priority.
[[nodiscard]] std::vector<FirmwareDescriptor> readDescriptors(const std::filesystem::path& folder);

} // namespace engine::firmware
