// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "firmware/boot_entry.h"
#include "firmware/byte_writer.h"
#include "firmware/memory_map.h"
#include "memory/guest_memory.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace engine::firmware {

/// What a boot loader tells a kernel, in any protocol.
struct BootInfo {
    std::string commandLine;
    std::optional<MemoryRange> initrd;
    std::string initrdText;        ///< handed over with it, where the protocol has such a text
    std::uint64_t rsdpAddress = 0; ///< 0: none
    std::span<const MemoryRange> memoryMap;
    bool hasTextScreen = false; ///< a VGA in text mode 3
};

/// Kernels are loaded from here on; what the functions below write lies under it, in conventional
/// memory.
constexpr std::uint64_t LowestKernelAddress = 0x10'0000;
/// Longest command line that there is room for.
constexpr std::uint64_t CommandLineRoomBytes = 0xffff;

/// The BIOS data area (IBM PC/AT technical reference, "ROM BIOS data areas") as far as kernels read it
/// without calling a BIOS: serial ports, memory size and extended data area, the state of the screen.
[[nodiscard]] Result<> writeBiosData(const GuestMemory& memory, bool hasTextScreen);

/// Each writes the structures of its protocol and the CPU's descriptor table (and page tables) into
/// guest memory and says how the first CPU starts at `entry`.
///
/// Xen docs/misc/pvh.pandoc; hvm_start_info version 1 (Xen public/arch-x86/hvm/start_info.h).
[[nodiscard]] Result<BootEntry> writePvhInfo(const GuestMemory& memory, std::uint64_t entry,
                                             const BootInfo& info);
/// Linux Documentation/arch/x86/boot.rst and zero-page.rst. `setupHeader` is what a bzImage holds
/// from 0x1f1 on; empty for an ELF kernel, which has none.
[[nodiscard]] Result<BootEntry> writeLinuxInfo(const GuestMemory& memory, std::uint64_t entry, CpuMode mode,
                                               const BootInfo& info, std::span<const std::byte> setupHeader);
/// Multiboot Specification 0.6.96, sections 3.2 and 3.3.
[[nodiscard]] Result<BootEntry> writeMultibootInfo(const GuestMemory& memory, std::uint64_t entry,
                                                   const BootInfo& info);

} // namespace engine::firmware
