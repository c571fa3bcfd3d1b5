// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QApplication>
#include <QByteArray>
#include <QFile>

#include <vector>

namespace app {

/// For tests: an application that writes a line to a file each time the user interface has not come back to
/// its event loop for more than 50 ms: when that ended (milliseconds of CLOCK_MONOTONIC) and what it was
/// doing. Time that the thread spent waiting for a processor is not counted, so that a busy computer is not
/// taken for a slow program.
class StallWatch final : public QApplication {
    Q_OBJECT
public:
    static constexpr qint64 LongestMilliseconds = 50;

    StallWatch(int& argc, char** argv, const QString& file);
    bool notify(QObject* receiver, QEvent* event) override;

private:
    /// Something begins or ends: what ran since the last mark is looked at and blamed on the innermost event.
    void mark();
    void sleep();
    void wake();
    [[nodiscard]] qint64 waitedForProcessor();

    QFile m_file;
    QFile m_schedule;
    std::vector<QByteArray> m_running; ///< what is being delivered, innermost last
    qint64 m_lastMark = 0;             ///< nanoseconds
    qint64 m_lastWait = 0;
    bool m_isAsleep = false;
};

} // namespace app
