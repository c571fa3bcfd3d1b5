// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace demo {

/// One range of memory as the BIOS lists it (ACPI 6.5, table 15.4).
struct MemoryRange {
    std::uint64_t base;
    std::uint64_t length;
    std::uint32_t type; ///< 1 usable, 2 reserved, 3 ACPI tables, 4 ACPI firmware, 5 broken
    std::uint32_t attributes;
};

struct DiskFacts {
    std::uint8_t number; ///< the BIOS's number, 80h for the first disk
    std::uint8_t isRead; ///< its first sector could be read
    std::uint16_t sectorBytes;
    std::uint32_t reserved;
    std::uint64_t sectorCount;
};

/// What boot.asm and interrupts.asm asked the BIOS and the CPU; see layout.inc.
struct BootFacts {
    std::uint8_t bootDrive;
    std::uint8_t diskCount;
    std::uint16_t memoryRangeCount;
    std::uint8_t isCdRead;
    std::uint8_t reserved[11];
    char cpuVendor[12];
    std::uint32_t cpuSignature; ///< CPUID leaf 1, EAX
    std::uint32_t features[2];  ///< ECX and EDX
    char cpuName[48];
    char hypervisor[12]; ///< CPUID leaf 40000000h
};
static_assert(sizeof(BootFacts) == 0x64);

inline const BootFacts& facts()
{
    return *reinterpret_cast<const BootFacts*>(0x5000);
}
inline const MemoryRange* memoryRanges()
{
    return reinterpret_cast<const MemoryRange*>(0x5100);
}
inline const DiskFacts* disks()
{
    return reinterpret_cast<const DiskFacts*>(0x5700);
}
inline const std::uint8_t* cdSector()
{
    return reinterpret_cast<const std::uint8_t*>(0x50000);
}
inline const std::uint8_t* diskSector(unsigned disk)
{
    return reinterpret_cast<const std::uint8_t*>(0x51000 + disk * 0x1000);
}
inline const std::uint8_t* font()
{
    return reinterpret_cast<const std::uint8_t*>(0x58000);
}

extern "C" {
extern volatile std::uint32_t ticks;        // 18.2 times a second
extern volatile std::uint32_t input_head;   // the ring's next free entry
extern volatile std::uint16_t input_ring[]; // 256 entries; bit 8: from the mouse
}

} // namespace demo
