// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/direct_path.h"

#include <sys/resource.h>
#include <sys/uio.h>

#include <span>

namespace engine::block {

namespace {

constexpr std::uint64_t LargestDirectBytes = 2ULL << 20;
constexpr std::chrono::milliseconds Waited{4}; ///< more than copying takes
constexpr std::chrono::milliseconds AvoidFor{500};
constexpr std::chrono::milliseconds WatchFor{2000};

/// How often this thread has given its processor away to wait for something.
long timesWaited()
{
    rusage usage{};
    ::getrusage(RUSAGE_THREAD, &usage);
    return usage.ru_nvcsw;
}

} // namespace

std::uint64_t transferBytes(const IoOperation& operation)
{
    std::uint64_t bytes = 0;
    for (const iovec& vector : std::span(operation.vectors, operation.vectorCount))
        bytes += vector.iov_len;
    return bytes;
}

bool DirectPath::tryWrite(IoOperation& operation)
{
    if (operation.kind != IoKind::Write || transferBytes(operation) > LargestDirectBytes)
        return false;
    const Clock::time_point start = Clock::now();
    if (start < m_avoidUntil)
        return false;
    const bool isWatched = start < m_watchUntil;
    const long waitedBefore = isWatched ? timesWaited() : 0;
    operation.result = performNow(operation);
    const Clock::time_point end = Clock::now();
    if (end - start > Waited) {
        if (isWatched && timesWaited() != waitedBefore)
            m_avoidUntil = end + AvoidFor;
        m_watchUntil = end + WatchFor;
    }
    return true;
}

bool DirectPath::tryCachedRead(IoOperation& operation)
{
    if (operation.kind != IoKind::Read)
        return false;
    const ssize_t count = ::preadv2(operation.fd, operation.vectors, static_cast<int>(operation.vectorCount),
                                    static_cast<off_t>(operation.offset), RWF_NOWAIT);
    if (count <= 0)
        return false; // not cached, at the end of the file, or not supported here
    operation.result = count;
    return true;
}

} // namespace engine::block
