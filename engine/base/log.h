// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace engine {

enum class LogLevel : std::uint8_t { Debug, Info, Warning, Error };

struct LogEntry {
    std::chrono::system_clock::time_point time;
    LogLevel level = LogLevel::Info;
    std::string component; ///< "i8042", "kvm", "qcow2"
    std::string text;      ///< English, one line
};

/// One VM's log: a ring of the latest entries plus an optional listener. Bounded in every
/// direction, because guests can cause entries: each (component, text) pair is kept at most
/// `RepeatLimit` times, and each component at most `ComponentLimit` entries. Any thread.
class Log {
public:
    using Listener = std::function<void(const LogEntry&)>;
    static constexpr std::size_t Capacity = 1000;
    static constexpr unsigned RepeatLimit = 3;
    static constexpr unsigned ComponentLimit = 200;

    void write(LogLevel level, std::string_view component, std::string_view text);
    void info(std::string_view component, std::string_view text) { write(LogLevel::Info, component, text); }
    void warning(std::string_view component, std::string_view text)
    {
        write(LogLevel::Warning, component, text);
    }
    void error(std::string_view component, std::string_view text) { write(LogLevel::Error, component, text); }

    /// Called for every kept entry, on the thread that wrote it, without the log's lock held.
    /// Set it before other threads use the log.
    void setListener(Listener listener) { m_listener = std::move(listener); }
    [[nodiscard]] std::vector<LogEntry> entries() const;

private:
    mutable std::mutex m_mutex;
    std::deque<LogEntry> m_entries;                        // guarded by m_mutex
    std::map<std::string, unsigned, std::less<>> m_counts; // guarded by m_mutex
    Listener m_listener;
};

} // namespace engine
