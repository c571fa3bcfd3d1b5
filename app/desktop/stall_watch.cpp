// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/stall_watch.h"

#include <QAbstractEventDispatcher>
#include <QEvent>
#include <QMetaEnum>

#include <chrono>

using namespace Qt::StringLiterals;

namespace app {

namespace {

/// Of CLOCK_MONOTONIC, which a test that watches from outside reads as well.
qint64 clockNow()
{
    return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

QByteArray nameOf(const QObject& receiver, const QEvent& event)
{
    const char* const type = QMetaEnum::fromType<QEvent::Type>().valueToKey(event.type());
    QByteArray name = type ? QByteArray(type) : "event " + QByteArray::number(event.type());
    name += " to ";
    name += receiver.metaObject()->className();
    if (!receiver.objectName().isEmpty())
        name += " " + receiver.objectName().toUtf8();
    return name;
}

} // namespace

StallWatch::StallWatch(int& argc, char** argv, const QString& file)
    : QApplication(argc, argv), m_file(file), m_schedule(u"/proc/thread-self/schedstat"_s)
{
    // Unbuffered: the program may be killed at any moment.
    if (!m_file.open(QIODevice::WriteOnly | QIODevice::Append | QIODevice::Unbuffered))
        qWarning("cannot write the stalls to %s", qPrintable(file));
    (void)m_schedule.open(QIODevice::ReadOnly | QIODevice::Unbuffered);
    const QAbstractEventDispatcher* loop = QAbstractEventDispatcher::instance();
    connect(loop, &QAbstractEventDispatcher::aboutToBlock, this, &StallWatch::sleep);
    connect(loop, &QAbstractEventDispatcher::awake, this, &StallWatch::wake);
    mark();
}

bool StallWatch::notify(QObject* receiver, QEvent* event)
{
    mark();
    m_running.push_back(nameOf(*receiver, *event)); // the receiver may be gone afterwards
    const bool isDone = QApplication::notify(receiver, event);
    mark();
    m_running.pop_back();
    return isDone;
}

void StallWatch::sleep()
{
    mark();
    m_isAsleep = true;
}

void StallWatch::wake()
{
    if (!m_isAsleep)
        return;
    m_isAsleep = false;
    m_lastMark = clockNow();
    m_lastWait = waitedForProcessor();
}

/// Nanoseconds that the thread was ready to run and did not (Linux Documentation/scheduler/sched-stats.rst).
qint64 StallWatch::waitedForProcessor()
{
    if (!m_schedule.seek(0))
        return 0;
    const QList<QByteArray> fields = m_schedule.readAll().split(' ');
    return fields.size() > 1 ? fields.at(1).toLongLong() : 0;
}

void StallWatch::mark()
{
    if (m_isAsleep)
        return;
    constexpr qint64 Million = 1'000'000;
    const qint64 now = clockNow();
    const qint64 waited = waitedForProcessor();
    const qint64 busy = now - m_lastMark - (waited - m_lastWait);
    if (m_lastMark != 0 && busy > LongestMilliseconds * Million) {
        const QByteArray what = m_running.empty() ? "the event loop itself" : m_running.back();
        m_file.write(QByteArray::number(now / Million) + ' ' + QByteArray::number(busy / Million)
                     + " ms: " + what + '\n');
    }
    m_lastMark = now;
    m_lastWait = waited;
}

} // namespace app
