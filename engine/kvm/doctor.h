// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "kvm/kvm.h"

#include <string>
#include <vector>

namespace engine::kvm {

/// One thing that must work before a guest can run.
struct DoctorStep {
    std::string name; ///< "open /dev/kvm"
    bool ok = false;
    std::string explanation; ///< one sentence: what was found, or the cause of the failure
    std::string fixCommand;  ///< what cures it; may be empty
};

struct DoctorReport {
    std::vector<DoctorStep> steps;             ///< ends with the first that failed
    std::vector<CapabilityValue> capabilities; ///< empty when the device did not open
    /// KVM here is not backed by the processor's virtualization: guests run, but slowly.
    bool softwareVirtualization = false;

    [[nodiscard]] bool healthy() const { return !steps.empty() && steps.back().ok; }
};

/// Does the real thing, step by step: opens the device, checks its interface, creates a virtual
/// machine and a virtual CPU, and runs one instruction in it.
[[nodiscard]] DoctorReport examineKvm(const std::string& path = Kvm::DefaultPath);

/// True where neither VT-x nor AMD-V is visible, so that KVM must be emulating or paravirtualizing.
[[nodiscard]] bool isSoftwareVirtualization();

} // namespace engine::kvm
