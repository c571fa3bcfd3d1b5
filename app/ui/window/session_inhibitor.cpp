// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/session_inhibitor.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>

using namespace Qt::StringLiterals;

namespace app {

void SessionInhibitor::setActive(bool isActive)
{
    if (std::exchange(m_isActive, isActive) == isActive)
        return;
    m_lock.reset(); // closing the descriptor releases the lock
    if (!isActive)
        return;
    QDBusMessage call =
        QDBusMessage::createMethodCall(u"org.freedesktop.login1"_s, u"/org/freedesktop/login1"_s,
                                       u"org.freedesktop.login1.Manager"_s, u"Inhibit"_s);
    call.setArguments({u"sleep:idle"_s, u"Guesthouse"_s, tr("Guests are running"), u"block"_s});
    auto* watcher = new QDBusPendingCallWatcher(QDBusConnection::systemBus().asyncCall(call), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, watcher] {
        const QDBusPendingReply<QDBusUnixFileDescriptor> reply = *watcher;
        if (!reply.isError() && m_isActive)
            m_lock = reply.value();
        watcher->deleteLater();
    });
}

} // namespace app
