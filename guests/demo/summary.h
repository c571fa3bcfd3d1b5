// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "text.h"

#include <cstdint>

namespace demo {

/// What the sliders of the application decide.
struct Summary {
    std::uint64_t memoryBytes;
    unsigned cpuCount;
    unsigned diskCount;
    std::uint64_t diskBytes; ///< of all disks together
};

[[nodiscard]] Summary summary();
/// "512 MiB, 2 CPUs, disk 20 GiB"
[[nodiscard]] Text summaryText();

} // namespace demo
