// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "vm/vm_config.h"

#include <filesystem>

namespace app {

/// Runs guests in worker threads of this process. The window learns what becomes of them in the same
/// way as for guests of other processes: from the runtime folder (docs/control-protocol.md). No Qt.
class GuestLauncher {
public:
    GuestLauncher() = default;
    GuestLauncher(const GuestLauncher&) = delete;
    GuestLauncher& operator=(const GuestLauncher&) = delete;
    virtual ~GuestLauncher() = default;

    /// Starts the guest whose folder this is; returns when its runtime folder is there, or why it could
    /// not start. Blocking, some tenths of a second: call it on a worker thread.
    [[nodiscard]] virtual engine::Result<> start(engine::VmConfig config,
                                                 const std::filesystem::path& folder) = 0;
    /// Guests of this process that have not ended; they end with the process.
    [[nodiscard]] virtual std::size_t runningCount() const = 0;
};

} // namespace app
