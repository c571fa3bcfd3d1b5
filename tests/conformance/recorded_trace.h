// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace engine::conformance {

/// One register access of firmware on a reference machine.
struct RecordedAccess {
    bool isWrite = false;
    std::uint64_t address = 0; ///< port number, or guest-physical address
    std::uint64_t value = 0;
    unsigned width = 0;
    std::string region; ///< the reference's name of what answered ("rtc", "pcie-mmcfg-mmio")
};

/// The memory_region_ops_* lines of a gzipped log, in order. Errors name the file.
[[nodiscard]] Result<std::vector<RecordedAccess>> readTrace(const std::filesystem::path& file);

} // namespace engine::conformance
