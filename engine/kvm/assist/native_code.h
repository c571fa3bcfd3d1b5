// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "kvm/assist/instruction.h"

#include <cstdint>
#include <expected>
#include <optional>
#include <vector>

namespace engine::kvm::assist {

/// The part of the CPU that an instruction computes with.
enum class ComputeUnit : std::uint8_t { General, X87, Mmx, Sse, Avx, Avx512, Xsave };

/// The memory that a native instruction works on, through a copy or directly.
struct NativeMemory {
    std::uint64_t linear = 0;
    std::size_t length = 0;
    bool read = false;
    bool write = false;
    bool locked = false;  ///< other CPUs must see it as one step
    unsigned pointer = 0; ///< general register that the code takes the address from
};

/// An instruction that computes, made ready to run on the host's own CPU: 64-bit code with its memory
/// operand replaced by [pointer] and nothing else that could touch the host.
struct NativeCode {
    std::vector<std::uint8_t> code; ///< without a return
    ComputeUnit unit = ComputeUnit::General;
    std::optional<NativeMemory> memory;
    /// General register that stands in for the guest's stack pointer.
    std::optional<unsigned> stackPointerStandIn;
};

/// Not every instruction may run on the host; Unsupported{} is the answer for all others. The whitelist
/// is by instruction set and category, checked again on the re-decoded result.
[[nodiscard]] std::optional<NativeCode> makeNative(const CpuContext& cpu, const Instruction& instruction);

/// The fault that `cpu`'s control registers demand before the unit may be used, if any.
[[nodiscard]] std::optional<GuestFault> checkUnitEnabled(const CpuContext& cpu, ComputeUnit unit,
                                                         const Instruction& instruction, std::uint64_t xcr0);

[[nodiscard]] bool isXsaveFamily(ZydisMnemonic mnemonic);
[[nodiscard]] bool isXrstorFamily(ZydisMnemonic mnemonic);

} // namespace engine::kvm::assist
