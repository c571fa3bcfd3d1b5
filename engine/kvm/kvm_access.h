// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <optional>
#include <string>
#include <string_view>

namespace engine::kvm {

/// Why /dev/kvm does not open, and the command that cures it.
struct AccessAdvice {
    std::string explanation; ///< one sentence
    std::string fixCommand;  ///< may be empty when no command helps
};

/// True when the processor shows VT-x or AMD-V (SVM).
[[nodiscard]] bool hostHasVirtualization();

/// What a host does to a guest that locks memory across cache lines: since Linux 5.19 it makes each such
/// access wait (kernel.split_lock_mitigate), which slows some Windows guests tenfold. `cpuFlags` is a
/// "flags" line of /proc/cpuinfo, `mitigate` the content of the sysctl. nullopt: nothing.
[[nodiscard]] std::optional<AccessAdvice> adviseSplitLocks(std::string_view cpuFlags,
                                                           std::string_view mitigate);
/// The same for this host.
[[nodiscard]] std::optional<AccessAdvice> adviseSplitLocksHere();

/// Advice for open(2) failing with `err`. Looks at the device's group and the CPU's flags.
[[nodiscard]] AccessAdvice adviseOpenFailure(const std::string& path, int err);
/// The same as an Error (explanation and command in one sentence).
[[nodiscard]] Error explainOpenFailure(const std::string& path, int err);
/// KVM_GET_API_VERSION must be 12; `version` is negative when `path` is no KVM device at all.
[[nodiscard]] Result<> checkApiVersion(const std::string& path, int version);

} // namespace engine::kvm
