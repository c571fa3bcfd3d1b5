// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "kvm/assist/cpu_services.h"
#include "kvm/assist/instruction.h"
#include "kvm/assist/linear_memory.h"

#include <optional>

namespace engine::kvm::assist {

/// Instructions that act on the guest's CPU rather than compute: software exceptions, flags, segment
/// bases, XCR0, TSC, cache and TLB hints, IRET, far jumps. nullopt when the instruction is none of them. On
/// Completed the context is changed, but for the instruction pointer unless `jumped` is set.
[[nodiscard]] std::optional<Outcome> runSpecial(CpuContext& cpu, const Instruction& instruction,
                                                const LinearMemory& memory, CpuServices& services,
                                                bool& jumped);

} // namespace engine::kvm::assist
