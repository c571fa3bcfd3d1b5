// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "library/disk_tool.h"
#include "library/guest_defaults.h"
#include "library/guest_library.h"

namespace app {

/// A guest that somebody is about to create, from the wizard or from the command line.
struct NewGuest {
    Medium medium;
    std::string osId; ///< empty: not known
    GuestDefaults defaults;
    engine::VmConfig config;
    std::uint64_t diskBytes = 0; ///< of the new system disk; 0: none
    bool copyMedium = false;     ///< a disk image is copied into the guest's folder, not used in place
};

/// Defaults and configuration anew for the medium and the system (may be nullptr); keeps the name.
void applyDefaults(NewGuest& guest, const OsInfo* os, const HostResources& host);

/// The size of the new system disk; 0 takes it away. A medium that is a disk itself has no other.
[[nodiscard]] engine::Result<> setNewDisk(NewGuest& guest, std::uint64_t bytes);

/// Creates the guest with its disks: a new one, a copy of the medium, or the converted disks of an
/// appliance. All or nothing. Blocking.
[[nodiscard]] engine::Result<GuestEntry>
makeGuest(GuestLibrary& library, DiskTool& disks, const NewGuest& guest, const DiskProgress& onProgress = {});

} // namespace app
