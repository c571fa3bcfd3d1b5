// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "firmware/kernel_file.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace engine::firmware {

/// What an x86 ELF executable asks a loader to do (System V ABI, "Program Header").
struct ElfImage {
    struct Segment {
        std::uint64_t fileOffset = 0;
        std::uint64_t fileBytes = 0;
        std::uint64_t address = 0;     ///< physical
        std::uint64_t memoryBytes = 0; ///< what lies behind fileBytes is zero

        [[nodiscard]] std::uint64_t end() const { return address + memoryBytes; }
    };

    bool is64Bit = false;
    std::uint64_t entry = 0;
    std::vector<Segment> segments;         ///< sorted by address, no overlaps, none empty
    std::optional<std::uint64_t> pvhEntry; ///< note "Xen", type 18 (PHYS32_ENTRY)

    [[nodiscard]] std::uint64_t begin() const { return segments.front().address; }
    [[nodiscard]] std::uint64_t end() const { return segments.back().end(); }
    [[nodiscard]] bool contains(std::uint64_t address) const;
};

/// True when the file begins like an ELF file of any kind.
[[nodiscard]] bool looksLikeElf(const KernelFile& file);

/// Reads and checks the headers. Guarantees at least one segment and that every segment's file part
/// lies inside the file; says nothing about guest memory.
[[nodiscard]] Result<ElfImage> parseElf(const KernelFile& file);

/// Copies the segments into guest RAM and zeroes what they ask to be zero. Every segment must lie
/// in [lowest, limit).
[[nodiscard]] Result<> loadElfSegments(const GuestMemory& memory, const KernelFile& file,
                                       const ElfImage& image, std::uint64_t lowest, std::uint64_t limit);

} // namespace engine::firmware
