// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "firmware/boot_entry.h"
#include "firmware/kernel_file.h"
#include "firmware/memory_map.h"
#include "memory/guest_memory.h"

#include <optional>
#include <string>

namespace engine::firmware {

/// A kernel that is started directly, without firmware.
struct LinuxBootConfig {
    std::string kernelPath;
    std::optional<std::string> initrdPath;
    std::string commandLine;
    /// Absent: the first that the kernel offers of PVH, Multiboot, 64-bit. Set: that one or an error.
    std::optional<BootProtocol> protocol;
    /// Where placeAcpiTables() has put the RSDP (MemoryLayout::RsdpAddress); 0 without ACPI.
    std::uint64_t rsdpAddress = 0;
    MemoryLayout memory;
    bool hasTextScreen = false; ///< a VGA that is in text mode 3
};

/// Opens the files and does loadKernel().
[[nodiscard]] Result<BootEntry> loadLinux(const GuestMemory& memory, const LinuxBootConfig& config);

/// Copies the kernel and the initial RAM disk into guest RAM, tells the kernel about them, and says
/// how its first CPU starts. Accepts PVH and 64-bit ELF, bzImage, and Multiboot ELF. Guest RAM is
/// written only inside `config.memory`. Call it again after each reset, with vCPUs stopped.
[[nodiscard]] Result<BootEntry> loadKernel(const GuestMemory& memory, const KernelFile& kernel,
                                           const KernelFile* initrd, const LinuxBootConfig& config);

} // namespace engine::firmware
