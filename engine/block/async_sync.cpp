// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/async_sync.h"

#include <algorithm>

namespace engine::block {

RangeLock::Guard::Guard(RangeLock& lock, std::uint64_t first, std::uint64_t last)
    : m_lock(lock), m_range(lock.m_held.insert(lock.m_held.end(), {first, last}))
{}

RangeLock::Guard::~Guard()
{
    m_lock.m_held.erase(m_range);
    // Each looks again; who still cannot go on queues up behind the others.
    std::deque<std::coroutine_handle<>> waiters;
    waiters.swap(m_lock.m_waiters);
    for (const auto waiter : waiters)
        waiter.resume();
}

bool RangeLock::isHeld(std::uint64_t first, std::uint64_t last) const
{
    return std::ranges::any_of(m_held,
                               [&](const auto& held) { return held.first <= last && first <= held.second; });
}

void AsyncGroup::start(Async<BlockStatus> work)
{
    ++m_running;
    run(std::move(work));
}

Detached AsyncGroup::run(Async<BlockStatus> work)
{
    const BlockStatus status = co_await std::move(work);
    if (m_status == BlockStatus::Ok)
        m_status = status;
    if (--m_running == 0 && m_waiter)
        std::exchange(m_waiter, nullptr).resume();
}

} // namespace engine::block
