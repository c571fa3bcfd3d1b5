// SPDX-License-Identifier: GPL-3.0-or-later
#include "control/running_guests.h"

#include <QDir>
#include <QFileInfo>
#include <QUuid>

#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace app {

namespace {

/// Several files appear at once when a guest starts; one look after the last of them is enough.
constexpr auto RescanDelay = 30ms;

/// Anybody can make a folder in /tmp: one that belongs to somebody else is not ours to use.
bool isOwnFolder(const QString& path)
{
    struct stat info{};
    return ::lstat(QFile::encodeName(path).constData(), &info) == 0 && S_ISDIR(info.st_mode)
           && info.st_uid == ::geteuid();
}

} // namespace

QString RunningGuests::defaultFolder()
{
    const QString runtime = qEnvironmentVariable("XDG_RUNTIME_DIR");
    if (runtime.startsWith(u'/'))
        return runtime + "/guesthouse"_L1;
    return u"/tmp/guesthouse-%1"_s.arg(::geteuid());
}

RunningGuests::RunningGuests(QString folder, QObject* parent) : QObject(parent), m_folder(std::move(folder))
{
    ::mkdir(QFile::encodeName(m_folder).constData(), S_IRWXU);
    m_rescanSoon.setSingleShot(true);
    m_rescanSoon.setInterval(RescanDelay);
    connect(&m_rescanSoon, &QTimer::timeout, this, &RunningGuests::rescan);
    connect(&m_watcher, &QFileSystemWatcher::directoryChanged, &m_rescanSoon, qOverload<>(&QTimer::start));
    if (isOwnFolder(m_folder))
        m_watcher.addPath(m_folder);
    m_rescanSoon.start();
}

GuestConnection* RunningGuests::connection(const QString& guestId) const
{
    return m_guests.value(guestId);
}

void RunningGuests::rescan()
{
    if (!isOwnFolder(m_folder))
        return;
    if (!m_watcher.directories().contains(m_folder))
        m_watcher.addPath(m_folder);
    const QStringList names = QDir(m_folder).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    for (const QString& name : names) {
        const QString path = m_folder + u'/' + name;
        if (QUuid::fromString(name).isNull() || !isOwnFolder(path))
            continue;
        // The socket may come later than its folder.
        if (!m_watcher.directories().contains(path))
            m_watcher.addPath(path);
        tryFolder(name);
    }
}

void RunningGuests::tryFolder(const QString& guestId)
{
    const QString path = m_folder + u'/' + guestId;
    if (m_guests.contains(guestId) || m_attempts.contains(guestId)
        || !QFileInfo::exists(path + "/control.sock"_L1))
        return;
    auto* connection = new GuestConnection(path, this);
    m_attempts.insert(guestId, connection);
    connect(connection, &GuestConnection::linkChanged, this,
            [=, this](GuestConnection::Link link) { onLinkChanged(guestId, connection, link); });
}

void RunningGuests::onLinkChanged(const QString& guestId, GuestConnection* connection,
                                  GuestConnection::Link link)
{
    m_attempts.remove(guestId);
    if (link == GuestConnection::Link::Connected) {
        m_guests.insert(guestId, connection);
        emit appeared(guestId, connection);
        return;
    }
    if (m_guests.value(guestId) == connection) {
        emit disappeared(guestId);
        m_guests.remove(guestId);
    }
    connection->deleteLater();
}

} // namespace app
