// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "library/appliance.h"
#include "library/iso_volume.h"

#include <string_view>

namespace app {

enum class MediumKind : std::uint8_t {
    Unknown,   ///< readable, but nothing we know
    Missing,   ///< cannot be opened
    Iso,       ///< CD or DVD image
    Floppy,    ///< raw floppy image
    DiskImage, ///< virtual disk, see Medium::format
    Appliance, ///< OVA archive or OVF description
};

/// A file that somebody wants to start, as far as its first bytes tell.
struct Medium {
    std::filesystem::path path;
    MediumKind kind = MediumKind::Unknown;
    std::string format; ///< of a disk image: "qcow2", "raw", "vmdk", "vdi", "vhd", "vhdx"
    std::uint64_t fileBytes = 0;
    std::uint64_t diskBytes = 0;        ///< virtual size of a raw or qcow2 disk, else 0
    IsoVolume volume;                   ///< only for Iso
    bool hasBootSector = false;         ///< a raw image with the PC boot signature
    std::optional<Appliance> appliance; ///< only for Appliance, when it can be read
    std::string problem;                ///< why an appliance cannot be used; one sentence
};

/// Looks at a few bytes of the file; a hint for defaults, never a reason to refuse it. Blocking.
[[nodiscard]] Medium identifyMedium(const std::filesystem::path& path);

} // namespace app
