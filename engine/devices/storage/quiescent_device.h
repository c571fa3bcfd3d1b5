// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>

namespace engine {

/// A device whose work goes on in threads of its own. The machine uses this around pauses,
/// snapshots and restores, with all vCPUs stopped.
class QuiescentDevice {
public:
    virtual ~QuiescentDevice() = default;
    /// Waits until no request is at a backend; false after `limit`. Work that is saved unfinished is
    /// done again after the restore. Never on an event loop's thread.
    [[nodiscard]] virtual bool waitIdle(std::chrono::milliseconds limit) = 0;
    /// After restoreState(), when guest RAM is in place: starts what the saved state left to do.
    virtual void resumeWork() = 0;
};

} // namespace engine
