// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <cstdint>
#include <vector>

namespace wizards {

enum class ResourceKind : std::uint8_t { Cpus, Memory, Disk };

/// What a slider for one resource of a guest knows. Bytes for memory and disk; 0 means not known.
struct ResourceScale {
    ResourceKind kind = ResourceKind::Memory;
    std::uint64_t minimum = 1;     ///< the smallest value that can be chosen
    std::uint64_t maximum = 1;     ///< the largest
    std::uint64_t needed = 0;      ///< the guest's system does not work with less
    std::uint64_t recommended = 0; ///< the guest's system likes this
    std::uint64_t hostTotal = 0;   ///< what this computer has
    std::uint64_t inUse = 0;       ///< of it, by other running guests

    /// Beyond this the computer itself becomes slow: all CPUs, three quarters of the memory, all of
    /// the free disk space.
    [[nodiscard]] std::uint64_t comfortable() const;
    /// The step that values are rounded to: 1 CPU, 16 MiB, 1 GiB.
    [[nodiscard]] std::uint64_t quantum() const;
    /// The positions of the slider: eight per doubling, so that small and large guests are equally
    /// easy to set; minimum and maximum are always among them.
    [[nodiscard]] std::vector<std::uint64_t> stops() const;
};

/// "2 GiB", "512 MiB", "1.5 GiB", in the user's number format.
[[nodiscard]] QString sizeText(std::uint64_t bytes);

} // namespace wizards
