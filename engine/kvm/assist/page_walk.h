// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "kvm/assist/cpu_context.h"
#include "kvm/assist/guest_pages.h"

#include <expected>

namespace engine::kvm::assist {

enum class AccessKind : std::uint8_t { Read, Write, Fetch };

/// Translates a linear address as the CPU would in `cpu`'s mode: no paging, 32-bit, PAE, 4 or 5 levels
/// (Intel SDM volume 3, chapter 4), with permissions, SMEP, SMAP and no-execute, and sets accessed and
/// dirty bits. Reserved bits and protection keys are not checked.
[[nodiscard]] std::expected<std::uint64_t, GuestFault> translate(const CpuContext& cpu,
                                                                 const GuestPages& pages,
                                                                 std::uint64_t linear, AccessKind kind,
                                                                 unsigned privilege);

} // namespace engine::kvm::assist
