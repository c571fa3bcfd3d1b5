// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "kvm/assist/cpu_context.h"
#include "kvm/assist/instruction.h"
#include "kvm/assist/linear_memory.h"

namespace engine::kvm::assist {

/// IRET, IRETD and IRETQ in protected, virtual-8086 and long mode, to the same and to an outer privilege
/// level, and into virtual-8086 mode (Intel SDM volume 2, IRET). On Completed the instruction pointer is
/// the new one. Unsupported: real mode, and returns from a nested task.
[[nodiscard]] Outcome returnFromInterrupt(CpuContext& cpu, const Instruction& instruction,
                                          const LinearMemory& memory);

/// A far RET to an outer privilege level, which brings that level's stack back (Intel SDM volume 2, RET).
[[nodiscard]] Outcome returnToOuterLevel(CpuContext& cpu, const Instruction& instruction,
                                         const LinearMemory& memory);

} // namespace engine::kvm::assist
