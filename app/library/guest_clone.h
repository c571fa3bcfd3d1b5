// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "library/disk_tool.h"
#include "library/guest_library.h"

namespace app {

/// A copy that shares with the original what both have in common now: what was on the disks becomes a
/// base that neither writes to any more, and both go on in small overlays. The base has a name (a hard
/// link) in both folders, so either guest can be moved to the trash without harm to the other. The guest
/// must be off.
[[nodiscard]] engine::Result<GuestEntry> linkedClone(GuestLibrary& library, DiskTool& disks,
                                                     const GuestEntry& entry, std::string name);

/// How many bytes a full copy reads at most, for progress.
[[nodiscard]] std::uint64_t bytesToClone(const GuestEntry& entry);

} // namespace app
