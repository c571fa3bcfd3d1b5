// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace engine::firmware {

/// How a kernel is entered when no firmware runs before it.
enum class BootProtocol : std::uint8_t {
    Pvh,        ///< ELF with a Xen PHYS32_ENTRY note: 32-bit entry, hvm_start_info
    Linux64,    ///< ELF or bzImage: 64-bit entry, boot_params ("zero page")
    Linux32,    ///< bzImage of a 32-bit kernel: 32-bit entry, boot_params
    Multiboot1, ///< ELF32 with a Multiboot header: 32-bit entry, multiboot information
};

[[nodiscard]] constexpr std::string_view toString(BootProtocol protocol)
{
    switch (protocol) {
    case BootProtocol::Pvh: return "PVH";
    case BootProtocol::Linux64: return "Linux 64-bit";
    case BootProtocol::Linux32: return "Linux 32-bit";
    case BootProtocol::Multiboot1: return "Multiboot";
    }
    return "unknown";
}

enum class CpuMode : std::uint8_t {
    Protected32, ///< CR0.PE; no paging
    Long64,      ///< CR0.PE|PG, CR4.PAE, EFER.LME|LMA; the page tables map the low 4 GiB 1:1
};

/// The state in which the first CPU starts. Interrupts are off (RFLAGS = 2), all general registers
/// not named here are 0, CS is flat with `codeSelector`, DS/ES/FS/GS/SS are flat read-write with
/// `dataSelector`, TR is a busy 32-bit TSS with `taskSelector`, base 0 and limit 0x67, LDTR and IDT
/// are empty. The descriptors lie in guest memory at `gdtBase`, because some kernels reload them.
struct BootEntry {
    BootProtocol protocol{};
    CpuMode mode{};
    std::uint64_t rip = 0;
    std::uint64_t rax = 0;
    std::uint64_t rbx = 0;
    std::uint64_t rsi = 0;
    std::uint64_t cr3 = 0; ///< Long64 only
    std::uint64_t gdtBase = 0;
    std::uint16_t gdtLimit = 0;
    std::uint16_t codeSelector = 0;
    std::uint16_t dataSelector = 0;
    std::uint16_t taskSelector = 0;

    bool operator==(const BootEntry&) const = default;
};

} // namespace engine::firmware
