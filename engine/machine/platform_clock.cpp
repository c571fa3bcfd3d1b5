// SPDX-License-Identifier: GPL-3.0-or-later
#include "machine/platform_clock.h"

#include <algorithm>
#include <optional>

namespace engine {

using SteadyClock = std::chrono::steady_clock;

/// One timer; kept alive by the loop's pending tasks after its owner let go.
struct PlatformClock::TimerState {
    std::recursive_mutex running; // held while the callback runs, so that destruction can wait for it
    std::move_only_function<void()> callback; // empty once the owner is gone; guarded by running

    std::optional<std::chrono::nanoseconds> deadline; // guarded by Shared::mutex
    std::optional<EventLoop::TimerId> pending;        // loop thread only
};

struct PlatformClock::Shared : std::enable_shared_from_this<Shared> {
    explicit Shared(EventLoop& eventLoop) : loop(eventLoop) {}

    EventLoop& loop;
    std::mutex mutex;
    bool isPaused = true;                          // guarded by mutex
    std::chrono::nanoseconds frozen{0};            // the time while paused; guarded by mutex
    SteadyClock::time_point origin;                // when time 0 was, while running; guarded by mutex
    std::vector<std::weak_ptr<TimerState>> timers; // guarded by mutex

    [[nodiscard]] std::chrono::nanoseconds nowLocked() const
    {
        return isPaused ? frozen
                        : std::chrono::duration_cast<std::chrono::nanoseconds>(SteadyClock::now() - origin);
    }
    void scheduleOnLoop(const std::shared_ptr<TimerState>& timer);
    void fire(const std::shared_ptr<TimerState>& timer);
};

void PlatformClock::Shared::scheduleOnLoop(const std::shared_ptr<TimerState>& timer)
{
    loop.post([self = shared_from_this(), timer] {
        if (timer->pending)
            self->loop.stopTimer(*timer->pending);
        timer->pending.reset();
        std::scoped_lock lock(self->mutex);
        if (self->isPaused || !timer->deadline)
            return;
        timer->pending = self->loop.startTimer(self->origin + *timer->deadline, [self, timer] {
            timer->pending.reset();
            self->fire(timer);
        });
    });
}

void PlatformClock::Shared::fire(const std::shared_ptr<TimerState>& timer)
{
    std::scoped_lock running(timer->running);
    {
        std::scoped_lock lock(mutex);
        // Re-armed for later, cancelled or paused since the loop decided to call.
        if (isPaused || !timer->deadline || *timer->deadline > nowLocked())
            return;
        timer->deadline.reset();
    }
    if (timer->callback)
        timer->callback();
}

class PlatformClock::PlatformTimer final : public Timer {
public:
    PlatformTimer(std::shared_ptr<Shared> shared, std::shared_ptr<TimerState> state)
        : m_shared(std::move(shared)), m_state(std::move(state))
    {}
    PlatformTimer(const PlatformTimer&) = delete;
    PlatformTimer& operator=(const PlatformTimer&) = delete;
    PlatformTimer(PlatformTimer&&) = delete;
    PlatformTimer& operator=(PlatformTimer&&) = delete;
    ~PlatformTimer() override
    {
        cancel();
        std::scoped_lock running(m_state->running);
        m_state->callback = nullptr;
    }

    void arm(std::chrono::nanoseconds deadline) override
    {
        {
            std::scoped_lock lock(m_shared->mutex);
            m_state->deadline = deadline;
        }
        m_shared->scheduleOnLoop(m_state);
    }
    void cancel() override
    {
        std::scoped_lock lock(m_shared->mutex);
        m_state->deadline.reset();
    }

private:
    std::shared_ptr<Shared> m_shared;
    std::shared_ptr<TimerState> m_state;
};

PlatformClock::PlatformClock(EventLoop& loop) : m_shared(std::make_shared<Shared>(loop)) {}

PlatformClock::~PlatformClock()
{
    pause();
}

std::chrono::nanoseconds PlatformClock::now() const
{
    std::scoped_lock lock(m_shared->mutex);
    return m_shared->nowLocked();
}

std::chrono::system_clock::time_point PlatformClock::wallTime() const
{
    return std::chrono::system_clock::now();
}

std::unique_ptr<Timer> PlatformClock::createTimer(std::move_only_function<void()> callback)
{
    auto state = std::make_shared<TimerState>();
    state->callback = std::move(callback);
    {
        std::scoped_lock lock(m_shared->mutex);
        std::erase_if(m_shared->timers, [](const auto& timer) { return timer.expired(); });
        m_shared->timers.push_back(state);
    }
    return std::make_unique<PlatformTimer>(m_shared, std::move(state));
}

void PlatformClock::pause()
{
    std::scoped_lock lock(m_shared->mutex);
    if (m_shared->isPaused)
        return;
    m_shared->frozen = m_shared->nowLocked();
    m_shared->isPaused = true;
}

void PlatformClock::resume()
{
    std::vector<std::shared_ptr<TimerState>> armed;
    {
        std::scoped_lock lock(m_shared->mutex);
        if (!m_shared->isPaused)
            return;
        m_shared->origin = SteadyClock::now() - m_shared->frozen;
        m_shared->isPaused = false;
        for (const auto& weak : m_shared->timers)
            if (auto timer = weak.lock(); timer && timer->deadline)
                armed.push_back(std::move(timer));
    }
    for (const auto& timer : armed)
        m_shared->scheduleOnLoop(timer);
}

} // namespace engine
