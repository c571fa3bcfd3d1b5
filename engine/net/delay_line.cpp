// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/delay_line.h"

#include <algorithm>
#include <utility>

namespace engine::net {

namespace {

constexpr std::size_t MostWaitingBytes = 16U << 20;
constexpr std::chrono::milliseconds LongestQueue{200}; ///< on the wire, before frames are lost
constexpr std::chrono::milliseconds Congested{50};

} // namespace

DelayLine::DelayLine(EventLoop& loop, std::function<void(std::span<const std::byte>)> deliver,
                     std::function<void()> drained)
    : m_loop(loop), m_deliver(std::move(deliver)), m_drained(std::move(drained))
{}

DelayLine::~DelayLine()
{
    m_loop.stopTimer(m_timer);
}

void DelayLine::configure(const Settings& settings)
{
    m_settings = settings;
    m_wireFree = {};
    // What waits goes at its old time, but never later than the new settings would have it.
    const auto latest = Clock::now() + settings.delay;
    for (Waiting& waiting : m_waiting)
        waiting.due = std::min(waiting.due, latest);
    arm();
}

void DelayLine::push(std::span<const std::byte> frame)
{
    if (isPlain() && m_waiting.empty())
        return m_deliver(frame);
    if (m_settings.lossPercent > 0
        && std::uniform_real_distribution<>(0, 100)(m_random) < m_settings.lossPercent) {
        ++m_dropped;
        return;
    }
    const auto now = Clock::now();
    auto end = std::max(now, m_wireFree);
    if (end - now > LongestQueue || m_waitingBytes + frame.size() > MostWaitingBytes) {
        ++m_dropped;
        return;
    }
    if (m_settings.bitsPerSecond != 0)
        end += std::chrono::nanoseconds(frame.size() * 8 * 1'000'000'000 / m_settings.bitsPerSecond);
    m_wireFree = end;
    m_waitingBytes += frame.size();
    m_waiting.push_back({.due = end + m_settings.delay, .frame = {frame.begin(), frame.end()}});
    if (m_timer == 0)
        arm();
}

bool DelayLine::isCongested() const
{
    return m_settings.bitsPerSecond != 0 && m_wireFree - Clock::now() > Congested;
}

void DelayLine::clear()
{
    m_waiting.clear();
    m_waitingBytes = 0;
    m_wireFree = {};
    arm();
}

void DelayLine::arm()
{
    m_loop.stopTimer(std::exchange(m_timer, 0));
    if (!m_waiting.empty())
        m_timer = m_loop.startTimer(m_waiting.front().due, [this] {
            m_timer = 0;
            release();
        });
}

void DelayLine::release()
{
    const auto now = Clock::now();
    while (!m_waiting.empty() && m_waiting.front().due <= now) {
        const Waiting next = std::move(m_waiting.front());
        m_waiting.pop_front();
        m_waitingBytes -= next.frame.size();
        m_deliver(next.frame);
    }
    arm();
    if (!isCongested())
        m_drained();
}

} // namespace engine::net
