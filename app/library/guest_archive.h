// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "library/disk_tool.h"
#include "library/guest_library.h"

namespace app {

/// Writes a guest's folder, with its disks and variables, into one file: a tar archive, compressed when
/// the name ends with .gz or .zst. Disks from elsewhere are put into it; CDs are not. Any tar program
/// unpacks it. NAME.ova instead writes an appliance for other programs; see exportPackage(). The guest must
/// be off; an existing file is not overwritten. Blocking.
[[nodiscard]] engine::Result<> exportGuest(const GuestEntry& entry, const std::filesystem::path& target,
                                           const DiskProgress& onProgress = {});

/// Whether the file is an archive that starts with a guest's folder.
[[nodiscard]] bool looksLikeGuestArchive(const std::filesystem::path& file);

/// A new guest from an archive that exportGuest() wrote; `name` empty: the name in it, made free. The
/// archive may come from anywhere: only plain files below its one folder are taken, and a guest that
/// would use files outside of its folder is refused. Blocking.
[[nodiscard]] engine::Result<GuestEntry> importGuest(GuestLibrary& library, const std::filesystem::path& file,
                                                     std::string name, const DiskProgress& onProgress = {});

} // namespace app
