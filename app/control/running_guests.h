// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "control/guest_connection.h"

#include <QFileSystemWatcher>

namespace app {

/// Finds every guest of the user that runs now, and notices those that start and end: watches the
/// runtime folder and keeps one connection per guest. A folder that nobody listens in is passed over.
class RunningGuests final : public QObject {
    Q_OBJECT
public:
    /// $XDG_RUNTIME_DIR/guesthouse, or /tmp/guesthouse-UID without one.
    [[nodiscard]] static QString defaultFolder();

    explicit RunningGuests(QString folder, QObject* parent = nullptr);

    /// nullptr when the guest does not run (or is not reachable yet).
    [[nodiscard]] GuestConnection* connection(const QString& guestId) const;
    [[nodiscard]] QStringList guestIds() const { return m_guests.keys(); }

signals:
    void appeared(const QString& guestId, app::GuestConnection* connection);
    /// The connection is still alive during this signal.
    void disappeared(const QString& guestId);

private:
    void rescan();
    void tryFolder(const QString& guestId);
    void onLinkChanged(const QString& guestId, GuestConnection* connection, GuestConnection::Link link);

    QString m_folder;
    QFileSystemWatcher m_watcher;
    QTimer m_rescanSoon;
    QHash<QString, GuestConnection*> m_attempts;
    QHash<QString, GuestConnection*> m_guests;
};

} // namespace app
