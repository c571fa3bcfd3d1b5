// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "block/import/ovf.h"

namespace engine::block {

/// Makes qcow2 disks in `folder` (which exists) out of an appliance: an OVA package, or an OVF
/// descriptor with its disks beside it. Digests of a manifest are checked. The machine's disks are
/// then the new files' names in `folder`. Nothing remains there when it fails or is stopped.
[[nodiscard]] Result<OvfMachine> importAppliance(const std::filesystem::path& appliance,
                                                 const std::filesystem::path& folder,
                                                 const Progress& progress = {});

} // namespace engine::block
