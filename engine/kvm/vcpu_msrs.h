// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "kvm/vcpu_state.h"

#include <span>

namespace engine::kvm {

/// Reads those of the listed registers that this vCPU has.
[[nodiscard]] std::vector<MsrValue> readMsrs(int vcpuFd, std::span<const std::uint32_t> indices);
/// Writes the registers. One that the kernel refuses is an error only when its value matters: when
/// it is neither zero nor what the vCPU already has.
[[nodiscard]] Result<> writeMsrs(int vcpuFd, std::span<const MsrValue> values);

} // namespace engine::kvm
