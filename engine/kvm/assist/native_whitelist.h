// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "kvm/assist/native_code.h"

namespace engine::kvm::assist {

/// The unit that computes an instruction; nullopt for instruction sets that never run natively.
[[nodiscard]] std::optional<ComputeUnit> unitOf(const Instruction& instruction);

/// True when running the instruction in this process can change nothing but the registers that the
/// thunk saves and the memory that its (replaced) operand names: no branch, no system instruction, no
/// implied memory, no segment, control, protection-key or system register.
[[nodiscard]] bool mayRunNatively(const Instruction& instruction);

/// Touches vector registers and perhaps reads memory, but does not write it.
[[nodiscard]] bool isVectorComputation(const Instruction& instruction);

} // namespace engine::kvm::assist
