// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "kvm/cpuid_table.h"

namespace engine::kvm {

/// Reads a CPUID table by one of the KVM_GET_*CPUID* requests (/dev/kvm or a vCPU).
[[nodiscard]] Result<CpuidTable> readCpuid(int fd, unsigned long request);
/// KVM_SET_CPUID2.
[[nodiscard]] Result<> writeCpuid(int vcpuFd, const CpuidTable& table);

} // namespace engine::kvm
