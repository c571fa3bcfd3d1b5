// SPDX-License-Identifier: GPL-3.0-or-later
// What a snapshot carries of the command engine.
#include "devices/storage/nvme/nvme_engine.h"

namespace engine::nvme {

void Engine::saveState(StateWriter& out) const
{
    out.boolean(m_running);
    out.integer(static_cast<std::uint8_t>(m_pageShift));
    for (const auto& slot : m_submission) {
        out.boolean(slot.has_value());
        if (slot)
            slot->queue.saveState(out);
    }
    for (const auto& queue : m_completion) {
        out.boolean(queue.has_value());
        if (queue)
            queue->saveState(out);
    }
    for (const std::uint32_t value :
         {m_features.arbitration, m_features.temperatureThreshold, m_features.errorRecovery,
          m_features.interruptCoalescing, m_features.writeAtomicity, m_features.asyncEvents})
        out.integer(value);
    out.boolean(m_features.writeCache);
    m_shadow.saveState(out);
    m_activity.saveState(out);
}

bool Engine::readState(StateReader& in, std::uint16_t version)
{
    m_running = in.boolean();
    m_pageShift = in.integer<std::uint8_t>();
    bool possible = m_pageShift >= 12 && m_pageShift <= 16;
    for (auto& slot : m_submission)
        if (in.boolean()) {
            slot.emplace(Slot{});
            possible = slot->queue.readState(in) && possible;
        }
    for (auto& queue : m_completion)
        if (in.boolean()) {
            queue.emplace();
            possible = queue->readState(in) && possible;
        }
    for (std::uint32_t* value :
         {&m_features.arbitration, &m_features.temperatureThreshold, &m_features.errorRecovery,
          &m_features.interruptCoalescing, &m_features.writeAtomicity, &m_features.asyncEvents})
        *value = in.integer<std::uint32_t>();
    m_features.writeCache = in.boolean();
    constexpr std::uint16_t WithShadow = 2;
    if (version >= WithShadow) {
        possible = m_shadow.readState(in) && possible;
        m_activity.readState(in);
    }
    for (auto& slot : m_submission) {
        if (!possible || !slot)
            continue;
        auto& target = m_completion.at(slot->queue.completionQueue);
        possible = target.has_value();
        if (target)
            ++target->users;
    }
    return possible && (!m_running || (m_submission[0] && m_completion[0]));
}

void Engine::adopt(Engine&& restored)
{
    stop();
    m_running = restored.m_running;
    m_pageShift = restored.m_pageShift;
    m_submission = std::move(restored.m_submission);
    m_completion = std::move(restored.m_completion);
    m_features = restored.m_features;
    m_activity = restored.m_activity;
    m_shadow.adopt(restored.m_shadow);
    for (unsigned i = 0; i < QueueCount; ++i) {
        auto& slot = m_submission.at(i);
        if (!slot)
            continue;
        slot->sequence = m_nextSequence++;
        for (const auto& [id, command] : slot->queue.inFlight)
            m_again.emplace_back(i, command);
        slot->queue.inFlight.clear();
    }
}

} // namespace engine::nvme
