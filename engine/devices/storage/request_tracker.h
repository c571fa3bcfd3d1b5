// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/storage/block_backend.h"

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>

namespace engine {

/// Counts the requests that a device has at its backends, and cuts the tie when the device goes
/// away first. Whether a completion is still wanted after a guest-caused reset is the device's own
/// question (it compares a generation number under its lock); this class answers "does the device
/// still exist" and "is anything still running".
class RequestTracker : public std::enable_shared_from_this<RequestTracker> {
public:
    /// Wraps a completion: counted from now until it has run. After close() it is dropped.
    [[nodiscard]] BlockBackend::Completion track(BlockBackend::Completion done);
    /// On the thread that runs the completions: no callback runs from now on.
    void close();
    [[nodiscard]] unsigned inFlight() const;
    /// Waits until nothing is in flight; false after `limit`. Any thread but those that run completions.
    [[nodiscard]] bool waitIdle(std::chrono::milliseconds limit) const;

private:
    void finish();

    mutable std::mutex m_mutex;
    mutable std::condition_variable m_idle;
    unsigned m_inFlight = 0; // guarded by m_mutex
    bool m_closed = false;   // guarded by m_mutex
};

} // namespace engine
