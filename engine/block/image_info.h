// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "block/image_source.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace engine::block {

/// What a header tells, without opening the disk for use.
struct ImageInfo {
    SourceFormat format = SourceFormat::Raw;
    std::uint64_t capacityBytes = 0;
    std::uint64_t fileBytes = 0;      ///< length of the file
    std::uint64_t allocatedBytes = 0; ///< space it takes
    bool isInUse = false;             ///< somebody has it open for writing
    // qcow2 only
    unsigned version = 0;
    std::uint64_t clusterBytes = 0;
    std::string compression; ///< "zlib", "zstd"
    std::string base;        ///< as written in the image; empty = none
    std::string baseFormat;
    bool isDirty = false;
    bool isMarkedCorrupt = false;
    struct Snapshot {
        std::string id;
        std::string name;
        std::uint32_t dateSeconds = 0; ///< since 1970
    };
    std::vector<Snapshot> snapshots;
};

/// Works on images in use as well.
[[nodiscard]] Result<ImageInfo> inspectImage(const std::filesystem::path& path);

} // namespace engine::block
