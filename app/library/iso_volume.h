// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace app {

/// What the first sectors of an ISO 9660 medium say about it (ECMA-119 section 8.4, El Torito 1.0).
/// Texts are printable ASCII with the padding removed.
struct IsoVolume {
    std::string volumeId;
    std::string systemId;
    std::string publisherId;
    std::string applicationId;
    std::uint64_t sizeBytes = 0; ///< as the volume descriptor says
    bool bootsBios = false;      ///< has an El Torito entry for a PC BIOS
    bool bootsUefi = false;      ///< has one for UEFI
    bool operator==(const IsoVolume&) const = default;
};

/// nullopt when the file is no ISO 9660 medium or cannot be read. Blocking; reads a few sectors.
[[nodiscard]] std::optional<IsoVolume> readIsoVolume(const std::filesystem::path& path);

} // namespace app
