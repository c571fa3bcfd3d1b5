// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/manual_clock.h"

#include <algorithm>

namespace engine {

class ManualClock::ManualTimer final : public Timer {
public:
    ManualTimer(ManualClock& clock, std::move_only_function<void()> callback)
        : m_clock(clock), m_callback(std::move(callback))
    {
        std::scoped_lock lock(m_clock.m_mutex);
        m_clock.m_timers.push_back(this);
    }
    ManualTimer(const ManualTimer&) = delete;
    ManualTimer& operator=(const ManualTimer&) = delete;
    ManualTimer(ManualTimer&&) = delete;
    ManualTimer& operator=(ManualTimer&&) = delete;
    ~ManualTimer() override
    {
        std::scoped_lock lock(m_clock.m_mutex);
        std::erase(m_clock.m_timers, this);
    }

    void arm(std::chrono::nanoseconds deadline) override
    {
        std::scoped_lock lock(m_clock.m_mutex);
        m_deadline = deadline;
    }
    void cancel() override
    {
        std::scoped_lock lock(m_clock.m_mutex);
        m_deadline.reset();
    }

    ManualClock& m_clock;
    std::move_only_function<void()> m_callback;
    std::optional<std::chrono::nanoseconds> m_deadline; // guarded by the clock's mutex
};

std::chrono::nanoseconds ManualClock::now() const
{
    std::scoped_lock lock(m_mutex);
    return m_now;
}

std::chrono::system_clock::time_point ManualClock::wallTime() const
{
    return m_epoch + std::chrono::duration_cast<std::chrono::system_clock::duration>(now());
}

std::unique_ptr<Timer> ManualClock::createTimer(std::move_only_function<void()> callback)
{
    return std::make_unique<ManualTimer>(*this, std::move(callback));
}

std::optional<std::chrono::nanoseconds> ManualClock::nextDeadline() const
{
    std::scoped_lock lock(m_mutex);
    std::optional<std::chrono::nanoseconds> earliest;
    for (const ManualTimer* timer : m_timers)
        if (timer->m_deadline && (!earliest || *timer->m_deadline < *earliest))
            earliest = timer->m_deadline;
    return earliest;
}

void ManualClock::advanceTo(std::chrono::nanoseconds target)
{
    for (;;) {
        ManualTimer* due = nullptr;
        {
            std::scoped_lock lock(m_mutex);
            for (ManualTimer* timer : m_timers)
                if (timer->m_deadline && *timer->m_deadline <= target
                    && (!due || *timer->m_deadline < *due->m_deadline))
                    due = timer;
            if (!due) {
                m_now = std::max(m_now, target);
                return;
            }
            m_now = std::max(m_now, *due->m_deadline);
            due->m_deadline.reset();
        }
        due->m_callback();
    }
}

} // namespace engine
