// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace app {

/// One thing that guests need from this computer.
struct HostCheckStep {
    std::string name; ///< English, a few words: "Open /dev/kvm"
    bool isOk = false;
    std::string problem; ///< one English sentence, when not ok
    std::string remedy;  ///< the one shell command that mends it; may be empty
};

/// Finds out whether this computer can run guests by trying it. Blocking.
class HostCheck {
public:
    HostCheck() = default;
    HostCheck(const HostCheck&) = delete;
    HostCheck& operator=(const HostCheck&) = delete;
    virtual ~HostCheck() = default;

    /// In order; a step after one that failed may be missing.
    [[nodiscard]] virtual std::vector<HostCheckStep> run() = 0;
};

} // namespace app
