// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "kvm/assist/cpu_context.h"

#include <Zydis/Zydis.h>

#include <array>
#include <optional>
#include <span>

namespace engine::kvm::assist {

inline constexpr std::size_t MaximumInstructionBytes = 15;

/// A decoded instruction with all its operands, visible and implied.
struct Instruction {
    ZydisDecodedInstruction info{};
    std::array<ZydisDecodedOperand, ZYDIS_MAX_OPERAND_COUNT> operandStorage{};

    [[nodiscard]] std::span<const ZydisDecodedOperand> operands() const
    {
        return std::span(operandStorage).first(info.operand_count);
    }
    [[nodiscard]] std::span<const ZydisDecodedOperand> visibleOperands() const
    {
        return std::span(operandStorage).first(info.operand_count_visible);
    }
};

/// Decodes in the CPU's present mode (16, 32 or 64 bits); nullopt when the bytes are no instruction.
[[nodiscard]] std::optional<Instruction> decode(const CpuContext& cpu, std::span<const std::byte> bytes);

/// The offset that a memory operand names (what LEA gives), cut to the address size.
[[nodiscard]] std::uint64_t effectiveAddress(const CpuContext& cpu, const Instruction& instruction,
                                             const ZydisDecodedOperand& operand);
/// The same with the segment's base: what goes to paging.
[[nodiscard]] std::uint64_t linearAddress(const CpuContext& cpu, const Instruction& instruction,
                                          const ZydisDecodedOperand& operand);

/// The number of the general register that `reg` is (a part of), nullopt for other registers.
[[nodiscard]] std::optional<unsigned> generalRegister(ZydisRegister reg);
/// Writes a register as an instruction does: 32-bit writes clear the upper half, smaller ones keep it.
void writeRegister(CpuContext& cpu, ZydisRegister reg, std::uint64_t value);

} // namespace engine::kvm::assist
