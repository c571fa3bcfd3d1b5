// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "firmware/byte_writer.h"
#include "firmware/kernel_file.h"

#include <cstdint>

namespace engine::firmware {

/// What the header of a compressed Linux kernel says (Linux Documentation/arch/x86/boot.rst).
struct BzImage {
    std::uint16_t version = 0;          ///< boot protocol, 0x020f = 2.15
    bool has64BitEntry = false;         ///< XLF_KERNEL_64: entry 0x200 bytes behind loadAddress
    std::uint64_t fileOffset = 0;       ///< of the protected-mode kernel
    std::uint64_t fileBytes = 0;        ///< its size
    std::uint64_t loadAddress = 0;      ///< where it is put
    std::uint64_t memoryBytes = 0;      ///< what it needs from there while it unpacks itself
    std::uint64_t initrdLimit = 0;      ///< the initial RAM disk must end at or below this address
    std::uint64_t commandLineBytes = 0; ///< longest command line, without its end mark
    Bytes setupHeader;                  ///< bytes from 0x1f1 on, to be copied into boot_params
};

/// True when the file has a boot sector's mark and "HdrS" where a bzImage has them.
[[nodiscard]] bool looksLikeBzImage(const KernelFile& file);

/// Reads and checks the setup header; says nothing about guest memory.
[[nodiscard]] Result<BzImage> parseBzImage(const KernelFile& file);

} // namespace engine::firmware
