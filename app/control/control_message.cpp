// SPDX-License-Identifier: GPL-3.0-or-later
#include "control/control_message.h"

#include <QDateTime>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace app {

namespace {

std::uint64_t counter(const QJsonObject& object, QLatin1StringView key)
{
    constexpr double Largest = 9.0e15; // what a JSON number holds exactly
    const double value = object.value(key).toDouble();
    return std::isfinite(value) ? static_cast<std::uint64_t>(std::clamp(value, 0.0, Largest)) : 0;
}

double seconds(const QJsonObject& object, QLatin1StringView key)
{
    const double value = object.value(key).toDouble();
    return std::isfinite(value) ? std::max(value, 0.0) : 0;
}

QString text(const QJsonObject& object, QLatin1StringView key)
{
    constexpr qsizetype LongestText = 4096;
    return object.value(key).toString().left(LongestText);
}

} // namespace

GuestStatus parseStatus(const QJsonObject& object)
{
    constexpr std::uint64_t LargestSide = 32768;
    const QJsonObject display = object.value("display"_L1).toObject();
    const QJsonObject numbers = object.value("statistics"_L1).toObject();
    return {.state = text(object, "state"_L1),
            .name = text(object, "name"_L1),
            .failure = text(object, "failure"_L1),
            .memoryBytes = counter(object, "memoryBytes"_L1),
            .cpuCount = static_cast<std::uint32_t>(std::min<std::uint64_t>(counter(object, "cpus"_L1), 255)),
            .uptimeSeconds = seconds(object, "uptimeSeconds"_L1),
            .displaySize = QSize(static_cast<int>(std::min(counter(display, "width"_L1), LargestSide)),
                                 static_cast<int>(std::min(counter(display, "height"_L1), LargestSide))),
            .statistics = {.cpuSeconds = seconds(numbers, "cpuSeconds"_L1),
                           .memoryTouchedBytes = counter(numbers, "memoryTouchedBytes"_L1),
                           .diskReadBytes = counter(numbers, "diskReadBytes"_L1),
                           .diskWrittenBytes = counter(numbers, "diskWrittenBytes"_L1),
                           .networkReceivedBytes = counter(numbers, "networkReceivedBytes"_L1),
                           .networkSentBytes = counter(numbers, "networkSentBytes"_L1)}};
}

GuestLogLine parseLogLine(const QJsonObject& object)
{
    // Seconds since 1970; the year 9999 is late enough.
    constexpr double LatestSeconds = 253402300799.0;
    const double seconds = std::clamp(object.value("time"_L1).toDouble(), 0.0, LatestSeconds);
    const auto time = QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(seconds * 1000));
    return {.time = seconds > 0 ? time.toString(u"HH:mm:ss.zzz"_s) : QString(),
            .level = text(object, "level"_L1),
            .component = text(object, "component"_L1),
            .text = text(object, "text"_L1)};
}

GuestMilestone parseMilestone(const QJsonObject& object)
{
    return {.milliseconds = static_cast<std::int64_t>(counter(object, "milliseconds"_L1)),
            .name = text(object, "name"_L1),
            .detail = text(object, "detail"_L1)};
}

QList<QByteArray> LineFramer::feed(const QByteArray& bytes)
{
    QList<QByteArray> lines;
    if (m_isBroken)
        return lines;
    m_rest += bytes;
    qsizetype begin = 0;
    for (qsizetype end = m_rest.indexOf('\n'); end >= 0; end = m_rest.indexOf('\n', begin)) {
        lines << m_rest.mid(begin, end - begin);
        begin = end + 1;
    }
    m_rest.remove(0, begin);
    m_isBroken = m_rest.size() > LongestLine
                 || std::ranges::any_of(lines, [](const auto& line) { return line.size() > LongestLine; });
    return m_isBroken ? QList<QByteArray>() : lines;
}

} // namespace app
