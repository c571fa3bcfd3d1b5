// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "kvm/assist/cpu_context.h"
#include "kvm/assist/instruction.h"
#include "kvm/assist/linear_memory.h"

#include <optional>

namespace engine::kvm::assist {

/// Old instructions that KVM's emulator lacks and that cannot be run natively, because 64-bit mode has not
/// got them or they look at descriptor tables: DAA, DAS, AAA, AAS, BOUND, ARPL, LAR, LSL, VERR, VERW
/// (Intel SDM volume 2). nullopt for another instruction.
[[nodiscard]] std::optional<Outcome> runLegacy(CpuContext& cpu, const Instruction& instruction,
                                               const LinearMemory& memory);

} // namespace engine::kvm::assist
