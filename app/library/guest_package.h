// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "library/disk_tool.h"
#include "library/guest_library.h"

namespace app {

/// Writes the guest's hardware and disks as an OVA package that other virtual machine programs can
/// import. Firmware variables, notes and CDs have no place in one. Blocking.
[[nodiscard]] engine::Result<> exportPackage(const GuestEntry& entry, const std::filesystem::path& target,
                                             const DiskProgress& onProgress);

} // namespace app
