// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "library/disk_tool.h"
#include "library/guest_library.h"
#include "wizards/guest_draft.h"

namespace app {

/// Turns a wizard's draft into a guest in the library: folder, system disk or a copy of the user's
/// disk, configuration. All or nothing. Blocking: worker thread.
[[nodiscard]] engine::Result<GuestEntry> makeGuest(GuestLibrary& library, DiskTool& disks,
                                                   const wizards::GuestDraft& draft,
                                                   const CopyProgress& onProgress);

} // namespace app
