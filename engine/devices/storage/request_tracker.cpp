// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/storage/request_tracker.h"

namespace engine {

BlockBackend::Completion RequestTracker::track(BlockBackend::Completion done)
{
    {
        std::scoped_lock lock(m_mutex);
        ++m_inFlight;
    }
    return [self = shared_from_this(), done = std::move(done)](BlockStatus status) mutable {
        bool wanted = false;
        {
            std::scoped_lock lock(self->m_mutex);
            wanted = !self->m_closed;
        }
        if (wanted)
            done(status);
        self->finish();
    };
}

void RequestTracker::close()
{
    std::scoped_lock lock(m_mutex);
    m_closed = true;
}

unsigned RequestTracker::inFlight() const
{
    std::scoped_lock lock(m_mutex);
    return m_inFlight;
}

bool RequestTracker::waitIdle(std::chrono::milliseconds limit) const
{
    std::unique_lock lock(m_mutex);
    return m_idle.wait_for(lock, limit, [this] { return m_inFlight == 0; });
}

void RequestTracker::finish()
{
    std::scoped_lock lock(m_mutex);
    if (--m_inFlight == 0)
        m_idle.notify_all();
}

} // namespace engine
