// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "library/disk_tool.h"

namespace app {

/// qcow2 disks by the engine's block layer; imports every format that it reads.
[[nodiscard]] std::unique_ptr<DiskTool> makeBlockDiskTool();

} // namespace app
