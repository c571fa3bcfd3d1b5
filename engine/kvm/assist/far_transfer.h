// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "kvm/assist/cpu_context.h"
#include "kvm/assist/instruction.h"
#include "kvm/assist/linear_memory.h"

#include <optional>

namespace engine::kvm::assist {

[[nodiscard]] bool isFarTransfer(const Instruction& instruction);

/// Far JMP and RET in protected and long mode to a code segment of the GDT at the same privilege level
/// (Intel SDM volume 2, JMP and RET). KVM knows them, but its emulator never gets past one whose
/// descriptor lies in ROM without its accessed bit, which a CPU does not mind. nullopt for another
/// instruction; Unsupported for gates, tasks, the LDT and more privilege; RET also to less. On Completed the
/// instruction pointer is the new one.
[[nodiscard]] std::optional<Outcome> runFarTransfer(CpuContext& cpu, const Instruction& instruction,
                                                    const LinearMemory& memory);

} // namespace engine::kvm::assist
