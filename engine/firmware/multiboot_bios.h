// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "firmware/byte_writer.h"
#include "firmware/kernel_file.h"
#include "firmware/memory_map.h"

#include <string>

namespace engine::firmware {

/// A Multiboot kernel that a BIOS starts: such kernels are written for a PC whose BIOS has run, and call
/// it. An option ROM fetches `kernel` and `info` through fw_cfg and enters the kernel.
struct MultibootStart {
    Bytes rom; ///< with checksums
    std::uint32_t kernelAddress = 0;
    std::uint32_t entry = 0;
    Bytes kernel; ///< everything from kernelAddress on: segments, then the module
    Bytes info;   ///< multiboot information with its strings and the descriptor table
};

/// True for a kernel that has no other entry than Multiboot's.
[[nodiscard]] Result<bool> wantsMultibootBios(const KernelFile& kernel);

/// `initrd` becomes the one module; null for none. Errors name what does not fit or is damaged.
[[nodiscard]] Result<MultibootStart> prepareMultiboot(const KernelFile& kernel, const KernelFile* initrd,
                                                      const std::string& commandLine,
                                                      const MemoryLayout& layout);

} // namespace engine::firmware
