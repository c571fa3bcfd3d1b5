// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "control/network_status.h"
#include "ui/state/guest_store.h"

#include <QTimer>

namespace app {

/// Asks the selected guest for its network while somebody looks, and sends the user's wishes.
class NetworkClient final : public QObject {
    Q_OBJECT
public:
    explicit NetworkClient(GuestStore& store, QObject* parent = nullptr);

    void setGuest(const QString& id);
    /// Asks every second; and every few seconds the guest's ports, too.
    void setWatching(bool watching);
    [[nodiscard]] bool isRunning() const { return m_connection != nullptr; }
    [[nodiscard]] const NetworkStatus& status() const { return m_status; }

    /// A refusal comes as refused().
    void request(const QString& verb, const QJsonObject& parameters);
    void refresh();

signals:
    void statusChanged();
    void runningChanged();
    void refused(const QString& text); ///< in the user's language

private:
    void follow();
    void tick();

    GuestStore& m_store;
    QString m_id;
    QPointer<GuestConnection> m_connection;
    QTimer m_timer;
    int m_ticks = 0;
    bool m_isAsking = false;
    NetworkStatus m_status;
};

/// A refusal of the guest's as a sentence for people: who cannot do what, and what helps.
[[nodiscard]] QString networkProblem(const ControlError& error, const QJsonObject& parameters);

} // namespace app
