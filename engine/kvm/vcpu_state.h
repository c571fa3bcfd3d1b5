// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/state.h"
#include "kvm/cpuid_table.h"
#include "kvm/kvm.h"
#include "kvm/kvm_api.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace engine::kvm {

struct MsrValue {
    std::uint32_t index = 0;
    std::uint64_t value = 0;
    bool operator==(const MsrValue&) const = default;
};

/// Everything that KVM keeps for one vCPU. Private to engine/kvm and its tests.
struct VcpuState {
    CpuidTable cpuid;
    kvm_mp_state multiprocessing{};
    kvm_regs registers{};
    kvm_sregs system{};
    std::vector<std::uint32_t> xsave; ///< KVM_GET_XSAVE2 image; empty where the host has no XSAVE
    kvm_fpu fpu{};                    ///< used where there is no XSAVE
    kvm_xcrs extendedControl{};
    kvm_debugregs debug{};
    kvm_lapic_state localApic{};
    std::uint32_t tscKhz = 0; ///< 0 = unknown
    std::vector<MsrValue> msrs;
    kvm_vcpu_events events{};
};

/// The vCPU must not run, and must have taken in the answer to its last exit.
[[nodiscard]] Result<VcpuState> captureVcpuState(const Kvm& kvm, int vcpuFd);
/// In the one order that works: each part depends on the ones before it.
[[nodiscard]] Result<> applyVcpuState(int vcpuFd, const VcpuState& state);

void writeVcpuState(StateWriter& out, const VcpuState& state);
/// Checks sizes and bounds; the values themselves are checked by the kernel when applied.
[[nodiscard]] Result<VcpuState> readVcpuState(StateReader& in);

} // namespace engine::kvm
