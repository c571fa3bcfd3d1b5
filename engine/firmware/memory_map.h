// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "firmware/byte_writer.h"

#include <cstdint>
#include <vector>

namespace engine::firmware {

/// Values of the BIOS call E820h (ACPI 6.5, table 15.6).
enum class MemoryType : std::uint32_t { Ram = 1, Reserved = 2, AcpiReclaimable = 3, AcpiNvs = 4 };

struct MemoryRange {
    std::uint64_t base = 0;
    std::uint64_t length = 0;
    MemoryType type = MemoryType::Ram;

    [[nodiscard]] std::uint64_t end() const { return base + length; }
    bool operator==(const MemoryRange&) const = default;
};

/// Where a PC has its memory. All values in bytes, multiples of 4096.
struct MemoryLayout {
    std::uint64_t lowRamBytes = 0;  ///< from address 0; at least MinimumLowRam, at most ecamBase
    std::uint64_t highRamBytes = 0; ///< from 4 GiB
    std::uint64_t ecamBase = 0xb000'0000;
    std::uint64_t ecamBytes = 256ULL << 20;
    std::uint64_t flashBytes = 4ULL << 20; ///< ends at 4 GiB

    static constexpr std::uint64_t MinimumLowRam = 4ULL << 20;
    static constexpr std::uint64_t HighRamBase = 1ULL << 32;
    /// At the end of low RAM, for the ACPI and SMBIOS tables of a direct boot.
    static constexpr std::uint64_t TableAreaBytes = 256ULL << 10;
    /// The RSDP and the SMBIOS anchors of a direct boot, where operating systems scan for them. The
    /// machine lets RAM answer from E0000 to FFFFF (PAM) before the first instruction.
    static constexpr std::uint64_t RsdpAddress = 0xe'0000;
    static constexpr std::uint64_t SmbiosAnchorAddress = 0xf'0000;

    [[nodiscard]] std::uint64_t tableAreaBase() const { return lowRamBytes - TableAreaBytes; }
};

/// Whether a kernel can be started directly in such memory; a sentence where it can't.
[[nodiscard]] Result<> checkDirectBoot(const MemoryLayout& layout);

/// The map that a kernel gets when no firmware runs before it: RAM, the places of firmware tables,
/// and what must not be given to PCI devices. Sorted, without overlaps.
[[nodiscard]] std::vector<MemoryRange> directBootMemoryMap(const MemoryLayout& layout);

/// The fw_cfg file "etc/e820": RAM, and what firmware can't know to be taken (the hypervisor's TSS
/// and identity map pages). Entries of 20 bytes: base, length, type.
[[nodiscard]] Bytes firmwareMemoryMapFile(const MemoryLayout& layout);

} // namespace engine::firmware
