// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <cstdint>
#include <variant>

namespace engine::kvm {

/// 32-bit protected mode without paging, flat segments, as the x86/HVM direct boot ABI ("PVH") asks.
struct PvhEntry {
    std::uint32_t entryPoint = 0;
    std::uint32_t startInfo = 0; ///< physical address of hvm_start_info, in EBX
};

/// 64-bit mode with paging on, flat segments; the Linux 64-bit boot protocol among others.
struct LongModeEntry {
    std::uint64_t entryPoint = 0;
    std::uint64_t pageTables = 0; ///< CR3: a PML4 that maps the entry point, the stack and the data
    std::uint64_t stackPointer = 0;
    std::uint64_t argument = 0; ///< in RSI (Linux: the boot_params "zero page")
    /// A table in guest memory with code at selector 0x10 and data at 0x18; 0 entries = none.
    std::uint64_t gdtBase = 0;
    std::uint16_t gdtEntries = 0;
};

/// Real mode at segment:0, for boot sectors and option ROM tests.
struct RealModeEntry {
    std::uint16_t codeSegment = 0;
    std::uint16_t instructionPointer = 0;
    std::uint16_t stackPointer = 0;
    std::uint16_t dx = 0;
};

/// Any flat entry, described in full: what a loader of kernels decides.
struct DirectEntry {
    bool longMode = false; ///< 64-bit mode with paging by `cr3`; else 32-bit protected mode, no paging
    std::uint64_t rip = 0;
    std::uint64_t rax = 0;
    std::uint64_t rbx = 0;
    std::uint64_t rsi = 0;
    std::uint64_t cr3 = 0;
    std::uint64_t gdtBase = 0;
    std::uint16_t gdtLimit = 0;
    std::uint16_t codeSelector = 0;
    std::uint16_t dataSelector = 0;
    std::uint16_t taskSelector = 0;
};

using VcpuEntry = std::variant<PvhEntry, LongModeEntry, RealModeEntry, DirectEntry>;

/// Sets the registers of a vCPU that is in its power-on state.
[[nodiscard]] Result<> applyVcpuEntry(int vcpuFd, const VcpuEntry& entry);

} // namespace engine::kvm
