// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "library/disk_tool.h"
#include "library/guest_library.h"

namespace app {

/// The sizes that the guest's disks have now; 0 for an image that cannot be opened. Blocking.
[[nodiscard]] std::vector<std::uint64_t> diskCapacities(DiskTool& disks, const GuestDescription& guest);

/// Makes the disks as large as was wished while the guest ran, and forgets the wish; a guest without a
/// disk gets one if a size is wished. Call it before the guest starts. A disk that cannot grow is an
/// error; the guest is left as it was.
[[nodiscard]] engine::Result<GuestEntry> growPendingDisks(GuestLibrary& library, DiskTool& disks,
                                                          const GuestEntry& entry);

} // namespace app
