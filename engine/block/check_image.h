// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace engine::block {

enum class RepairMode : std::uint8_t {
    Report, ///< only looks
    Repair, ///< frees leaked clusters and, in an otherwise sound image, corrects counts and flags
};

/// What a check of a qcow2 image has found, and what of it has been put right.
struct CheckReport {
    std::uint64_t brokenPointers = 0; ///< impossible or overlapping: can't be repaired here
    std::uint64_t wrongCounts = 0;    ///< counted less often than used: dangerous
    std::uint64_t wrongFlags = 0;     ///< the "only reference" flag contradicts the counts
    std::uint64_t leaks = 0;          ///< counted but unused: wasted space, nothing else
    std::uint64_t repaired = 0;
    std::uint64_t usedClusters = 0;
    std::uint64_t clusterBytes = 0;
    bool wasDirty = false;
    bool isMarkedCorrupt = false;
    std::vector<std::string> messages; ///< the first few findings, one sentence each

    [[nodiscard]] std::uint64_t corruptions() const { return brokenPointers + wrongCounts + wrongFlags; }
    [[nodiscard]] bool isClean() const { return corruptions() == 0 && leaks == 0; }
};

/// Reads all of the metadata. Nobody else may write to the image meanwhile (Busy).
[[nodiscard]] Result<CheckReport> checkQcow2(const std::filesystem::path& path, RepairMode mode);

} // namespace engine::block
