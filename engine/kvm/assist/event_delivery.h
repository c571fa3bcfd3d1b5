// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "kvm/assist/cpu_context.h"
#include "kvm/assist/linear_memory.h"

#include <cstdint>
#include <optional>

namespace engine::kvm::assist {

/// Something that goes through the interrupt descriptor table.
struct Event {
    std::uint8_t vector = 0;
    std::optional<std::uint32_t> errorCode;
    /// INT n, INT3, INTO: the gate must admit the caller's privilege level.
    bool isSoftware = false;
    std::uint64_t returnAddress = 0;
    std::uint64_t savedFlags = 0;
};

/// Enters the handler of an interrupt or exception in protected and long mode: gates, change of stack and
/// privilege (Intel SDM volume 3, 6.12 and 6.14). A fault on the way leaves the CPU as it was.
/// Unsupported: real mode, and task gates.
[[nodiscard]] Outcome deliverEvent(CpuContext& cpu, const LinearMemory& memory, const Event& event);

/// Raises an exception in the way of deliverEvent(), with those that it meets on the way: a double fault
/// where two go together (Intel SDM volume 3, table 6-5). False, with the CPU as it was, when that does
/// not lead to a handler.
[[nodiscard]] bool raiseFault(CpuContext& cpu, const LinearMemory& memory, const GuestFault& fault);

} // namespace engine::kvm::assist
