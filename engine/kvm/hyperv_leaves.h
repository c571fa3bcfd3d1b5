// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "kvm/cpuid_table.h"
#include "kvm/kvm_caps.h"

#include <vector>

namespace engine::kvm {

/// True when the host's KVM implements enough of Hyper-V's interface for Windows to use it.
[[nodiscard]] bool canOfferHyperV(const CpuidTable& supported, const KvmCaps& caps);

/// Leaves 4000_0000h to 4000_000Ah, clipped to what the host implements (Hypervisor Top Level
/// Functional Specification, "Feature and Interface Discovery").
[[nodiscard]] std::vector<CpuidEntry> buildHyperVLeaves(const CpuidTable& supported, const KvmCaps& caps,
                                                        unsigned vcpuCount);

/// True when a table offers the synthetic interrupt controller, which each vCPU must switch on.
[[nodiscard]] bool usesSyntheticInterrupts(const CpuidTable& table);

} // namespace engine::kvm
