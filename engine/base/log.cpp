// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/log.h"

namespace engine {

void Log::write(LogLevel level, std::string_view component, std::string_view text)
{
    LogEntry entry{.time = std::chrono::system_clock::now(),
                   .level = level,
                   .component = std::string(component),
                   .text = std::string(text)};
    {
        std::scoped_lock lock(m_mutex);
        // Only as many distinct texts as a component may log can enter the table, so it is bounded too.
        unsigned& componentCount = m_counts[entry.component];
        if (componentCount >= ComponentLimit)
            return;
        unsigned& repeats = m_counts[entry.component + '\0' + entry.text];
        if (repeats >= RepeatLimit)
            return;
        ++componentCount;
        if (++repeats == RepeatLimit)
            entry.text += " (further repeats are not logged)";
        if (m_entries.size() == Capacity)
            m_entries.pop_front();
        m_entries.push_back(entry);
    }
    if (m_listener)
        m_listener(entry);
}

std::vector<LogEntry> Log::entries() const
{
    std::scoped_lock lock(m_mutex);
    return {m_entries.begin(), m_entries.end()};
}

} // namespace engine
