// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace engine {

/// One thing that must work before a guest can run.
struct HostCheckStep {
    std::string name;
    bool ok = false;
    std::string explanation; ///< English sentence: what was found, or why it failed
    std::string fixCommand;  ///< the one command that cures it; empty where there is none
};

struct HostCapability {
    std::string name;
    std::string value;
};

/// What this computer offers to guests.
struct HostReport {
    std::vector<HostCheckStep> steps; ///< ends with the first that failed
    std::vector<HostCapability> capabilities;
    bool softwareVirtualization = false; ///< guests run, but slowly
    bool healthy = false;
};

/// Does the real thing, step by step: opens /dev/kvm, makes a virtual machine and a virtual CPU and
/// runs an instruction; looks for the firmware that guests start with. Blocks for some milliseconds.
[[nodiscard]] HostReport checkHost();

} // namespace engine
