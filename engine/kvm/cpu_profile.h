// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "kvm/cpu_topology.h"
#include "kvm/cpuid_table.h"
#include "kvm/kvm.h"
#include "kvm/kvm_caps.h"

#include <string>

namespace engine::kvm {

/// What a guest is to see of its CPUs.
struct CpuProfileConfig {
    CpuTopology topology;
    bool hyperV = false;               ///< offer Hyper-V's interface (for Windows) where the host has it
    bool kvmClock = true;              ///< offer the paravirtual clock
    bool nestedVirtualization = false; ///< let the guest run guests, where the host can
};

/// What the profile is made of: the host's answers, as plain tables.
struct HostCpu {
    CpuidTable supported;       ///< KVM_GET_SUPPORTED_CPUID
    CpuidTable supportedHyperV; ///< KVM_GET_SUPPORTED_HV_CPUID
    KvmCaps caps;
    std::string brand; ///< the processor's own name, at most 48 characters; empty when it has none

    [[nodiscard]] static HostCpu of(const Kvm& kvm)
    {
        return {kvm.supportedCpuid(), kvm.supportedHypervCpuid(), kvm.caps(), processorBrand()};
    }
    /// What the CPU that runs this program calls itself.
    [[nodiscard]] static std::string processorBrand();
};

/// The CPUID table of one vCPU: everything that the host supports, with the guest's own topology, and
/// without what a desktop guest cannot use. A pure function.
[[nodiscard]] CpuidTable buildCpuid(const HostCpu& host, const CpuProfileConfig& config, unsigned vcpuIndex);

/// True when buildCpuid() puts Hyper-V's leaves into the table.
[[nodiscard]] bool offersHyperV(const HostCpu& host, const CpuProfileConfig& config);

/// Bits of a guest-physical address (80000008 EAX) that the table tells, 36 to 46.
[[nodiscard]] unsigned physicalAddressBits(const CpuidTable& table);

} // namespace engine::kvm
