// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

namespace engine {

/// Which firmware could start a medium, as far as its first sectors tell.
struct MediumBoot {
    std::string name;     ///< "CD 1", "disk 1"
    bool isKnown = false; ///< false: it could not be read, so nothing is claimed
    bool bios = false;
    bool uefi = false; ///< for a disk: there is a place where a boot loader may lie
};

/// Fills the span from this byte offset; false when that is impossible.
using MediumReader = std::function<bool(std::uint64_t offset, std::span<std::byte> into)>;

/// A CD: its El Torito boot catalogue ("El Torito" 1.0, 2.0; UEFI 2.10, 13.3.2.1).
[[nodiscard]] MediumBoot examineDisc(std::string name, const MediumReader& read);
/// A disk: boot code in its first sector for a BIOS; a GPT, a partition of the kinds that firmware reads, or
/// a bare FAT file system for UEFI (UEFI 2.10, 5.2 and 13.3).
[[nodiscard]] MediumBoot examineDisk(std::string name, const MediumReader& read);

} // namespace engine
