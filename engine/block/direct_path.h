// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "block/io_engine.h"

#include <chrono>

namespace engine::block {

/// Decides which operations are done at once on the disk's own thread: writes that only copy into
/// the host's page cache take less time than handing them to another thread. When one of them turns
/// out to wait for the host (its page cache is full of dirty pages), the disk's thread must not wait
/// with it: for a while everything goes the asynchronous way. A write that takes long may as well have
/// lost its processor to other programs, so from then on it is looked at closely which of both it was.
class DirectPath {
public:
    /// True: done, `result` is set. Not for reads and syncs.
    bool tryWrite(IoOperation& operation);
    /// Reads what the page cache holds already; false when the host would have to wait.
    static bool tryCachedRead(IoOperation& operation);

private:
    using Clock = std::chrono::steady_clock;
    Clock::time_point m_avoidUntil;
    Clock::time_point m_watchUntil;
};

/// Bytes that a read or write moves.
[[nodiscard]] std::uint64_t transferBytes(const IoOperation& operation);

} // namespace engine::block
