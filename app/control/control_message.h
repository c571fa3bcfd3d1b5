// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QJsonObject>
#include <QList>
#include <QSize>
#include <QString>

#include <cstdint>
#include <expected>
#include <optional>

namespace app {

/// The guest's or the connection's refusal; `code` is the protocol's word ("invalid-argument").
struct ControlError {
    QString code;
    QString message;
};
using ControlReply = std::expected<QJsonObject, ControlError>;

/// Counters since the guest started.
struct GuestStatistics {
    double cpuSeconds = 0;
    std::uint64_t memoryTouchedBytes = 0;
    std::uint64_t diskReadBytes = 0;
    std::uint64_t diskWrittenBytes = 0;
    std::uint64_t networkReceivedBytes = 0;
    std::uint64_t networkSentBytes = 0;
    bool operator==(const GuestStatistics&) const = default;
};

/// The answer to `status`.
struct GuestStatus {
    QString state; ///< created running paused stopped failed
    QString name;
    QString failure;
    std::uint64_t memoryBytes = 0;
    std::uint32_t cpuCount = 0;
    double uptimeSeconds = 0;
    QSize displaySize;
    GuestStatistics statistics;
};

struct GuestLogLine {
    QString time;
    QString level; ///< debug info warning error
    QString component;
    QString text;
};

struct GuestMilestone {
    std::int64_t milliseconds = 0; ///< since the guest started
    QString name;                  ///< "firmware-started", ...
    QString detail;
};

/// Members that are missing or of another type keep their defaults; numbers out of range are clamped.
[[nodiscard]] GuestStatus parseStatus(const QJsonObject& object);
[[nodiscard]] GuestLogLine parseLogLine(const QJsonObject& object);
[[nodiscard]] GuestMilestone parseMilestone(const QJsonObject& object);

/// Cuts a byte stream into lines. A peer that sends a longer line than the protocol allows has lost
/// its mind: isBroken() turns true and nothing more comes out.
class LineFramer {
public:
    static constexpr qsizetype LongestLine = qsizetype{1} << 20;

    /// The complete lines so far, without their ends.
    [[nodiscard]] QList<QByteArray> feed(const QByteArray& bytes);
    [[nodiscard]] bool isBroken() const { return m_isBroken; }

private:
    QByteArray m_rest;
    bool m_isBroken = false;
};

} // namespace app
