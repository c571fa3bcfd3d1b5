// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/network/network_client.h"

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace app {

QString networkProblem(const ControlError& error, const QJsonObject& parameters)
{
    const QString rule = parameters.value("rule"_L1).toString();
    const QString port = rule.section(u':', -2, -2);
    if (!rule.isEmpty() && error.code == "busy"_L1)
        return NetworkClient::tr(
                   "Guesthouse cannot listen on port %1 of this computer: another program uses it. "
                   "Choose another port, or end that program (“ss -lnp” names it).")
            .arg(port);
    if (!rule.isEmpty() && error.code == "denied"_L1)
        return NetworkClient::tr(
                   "Guesthouse cannot listen on port %1 of this computer: ports below 1024 belong to its "
                   "administrator. Choose a higher one, for example %2.")
            .arg(port, QString::number(8000 + port.toInt() % 1000));
    return error.message;
}

NetworkClient::NetworkClient(GuestStore& store, QObject* parent) : QObject(parent), m_store(store)
{
    m_timer.setInterval(1s);
    connect(&m_timer, &QTimer::timeout, this, &NetworkClient::tick);
    connect(&store, &GuestStore::itemChanged, this, [this](const QString& id) {
        if (id == m_id)
            follow();
    });
}

void NetworkClient::setGuest(const QString& id)
{
    if (id == m_id)
        return;
    m_id = id;
    m_status = {};
    emit statusChanged();
    follow();
}

void NetworkClient::setWatching(bool watching)
{
    if (!watching)
        return m_timer.stop();
    m_ticks = 0;
    m_timer.start();
    tick();
}

void NetworkClient::follow()
{
    const GuestItem* guest = m_store.find(m_id);
    GuestConnection* const now = guest ? guest->connection : nullptr;
    if (now == m_connection)
        return;
    m_connection = now;
    m_isAsking = false;
    if (!now) {
        m_status = {};
        emit statusChanged();
    } else if (m_timer.isActive()) {
        tick();
    }
    emit runningChanged();
}

void NetworkClient::tick()
{
    constexpr int ProbeEvery = 5;
    if (m_connection && m_ticks++ % ProbeEvery == 0)
        m_connection->request(u"network-probe"_s);
    refresh();
}

void NetworkClient::refresh()
{
    if (!m_connection || m_isAsking)
        return;
    m_isAsking = true;
    // The page may be gone when the answer comes.
    m_connection->request(u"network"_s)
        .then(m_connection, [self = QPointer(this)](const ControlReply& reply) {
            if (!self)
                return;
            self->m_isAsking = false;
            const NetworkStatus now =
                reply ? parseNetworkStatus(reply->value("view"_L1).toObject()) : NetworkStatus();
            if (now == self->m_status)
                return;
            self->m_status = now;
            emit self->statusChanged();
        });
}

void NetworkClient::request(const QString& verb, const QJsonObject& parameters)
{
    if (!m_connection)
        return;
    m_connection->request(verb, parameters)
        .then(m_connection, [self = QPointer(this), parameters](const ControlReply& reply) {
            if (!self)
                return;
            if (!reply)
                emit self->refused(networkProblem(reply.error(), parameters));
            self->refresh();
        });
}

} // namespace app
