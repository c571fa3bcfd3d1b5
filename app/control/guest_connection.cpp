// SPDX-License-Identifier: GPL-3.0-or-later
#include "control/guest_connection.h"

#include <QDeadlineTimer>
#include <QJsonDocument>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace app {

namespace {

/// Typing a long text or writing a screenshot takes a while; a guest that does not answer at all for
/// so long is stuck.
constexpr auto AnswerTimeout = 30s;
constexpr auto TimeoutCheck = 1s;

} // namespace

struct GuestConnection::Pending {
    QPromise<ControlReply> promise;
    QDeadlineTimer deadline{AnswerTimeout};
};

GuestConnection::GuestConnection(QString runtimeFolder, QObject* parent)
    : QObject(parent), m_runtimeFolder(std::move(runtimeFolder))
{
    connect(&m_socket, &QLocalSocket::connected, this, &GuestConnection::onConnected);
    connect(&m_socket, &QLocalSocket::readyRead, this, &GuestConnection::onReadyRead);
    connect(&m_socket, &QLocalSocket::disconnected, this, [this] { setLink(Link::Gone); });
    connect(&m_socket, &QLocalSocket::errorOccurred, this, [this] { setLink(Link::Gone); });
    connect(&m_statusTimer, &QTimer::timeout, this, &GuestConnection::refreshStatus);
    connect(&m_timeouts, &QTimer::timeout, this, [this] {
        const auto ids = m_pending.keys();
        for (const qint64 id : ids) {
            if (m_pending.value(id)->deadline.hasExpired())
                finish(id, std::unexpected(ControlError{u"busy"_s, tr("The guest did not answer in time.")}));
        }
    });
    // Not from the constructor: whoever made this object has not connected its signals yet.
    QMetaObject::invokeMethod(
        this, [this] { m_socket.connectToServer(m_runtimeFolder + "/control.sock"_L1); },
        Qt::QueuedConnection);
}

GuestConnection::~GuestConnection()
{
    m_socket.disconnect(this);
    failAll();
}

QString GuestConnection::rfbSocketPath() const
{
    return m_runtimeFolder + "/rfb.sock"_L1;
}

QFuture<ControlReply> GuestConnection::request(const QString& verb, QJsonObject parameters)
{
    const qint64 id = ++m_lastId;
    const auto pending = std::make_shared<Pending>();
    pending->promise.start();
    QFuture<ControlReply> future = pending->promise.future();
    m_pending.insert(id, pending);
    if (m_link == Link::Gone) {
        finish(id, std::unexpected(ControlError{u"gone"_s, tr("The guest does not run any more.")}));
        return future;
    }
    parameters.insert("id"_L1, id);
    parameters.insert("verb"_L1, verb);
    m_socket.write(QJsonDocument(parameters).toJson(QJsonDocument::Compact) + '\n');
    if (!m_timeouts.isActive())
        m_timeouts.start(TimeoutCheck);
    return future;
}

void GuestConnection::setStatusInterval(std::chrono::milliseconds interval)
{
    if (interval.count() == 0)
        m_statusTimer.stop();
    else
        m_statusTimer.start(interval);
}

void GuestConnection::onConnected()
{
    setLink(Link::Connected);
    request(u"subscribe"_s);
    refreshStatus();
}

void GuestConnection::onReadyRead()
{
    const QList<QByteArray> lines = m_framer.feed(m_socket.readAll());
    if (m_framer.isBroken()) {
        m_socket.abort();
        setLink(Link::Gone);
        return;
    }
    for (const QByteArray& line : lines)
        onMessage(QJsonDocument::fromJson(line).object());
}

void GuestConnection::onMessage(const QJsonObject& message)
{
    const QString event = message.value("event"_L1).toString();
    if (!event.isEmpty())
        return onEvent(event, message);
    const auto id = message.value("id"_L1).toInteger();
    if (message.value("ok"_L1).toBool())
        return finish(id, message);
    const QJsonObject error = message.value("error"_L1).toObject();
    finish(id, std::unexpected(
                   ControlError{error.value("code"_L1).toString(), error.value("message"_L1).toString()}));
}

void GuestConnection::onEvent(const QString& event, const QJsonObject& message)
{
    if (event == "state"_L1) {
        m_status.state = parseStatus(message).state;
        emit statusChanged();
        refreshStatus();
    } else if (event == "display"_L1) {
        m_status.displaySize = parseStatus({{"display"_L1, message}}).displaySize;
        emit statusChanged();
    } else if (event == "log"_L1) {
        emit logged(parseLogLine(message));
    } else if (event == "milestone"_L1) {
        emit milestoneReached(parseMilestone(message));
    } else if (event == "problem"_L1) {
        emit problemReported(message.value("code"_L1).toString(), message.value("message"_L1).toString());
    }
}

void GuestConnection::setLink(Link link)
{
    if (m_link == link || m_link == Link::Gone)
        return;
    m_link = link;
    if (link == Link::Gone) {
        m_statusTimer.stop();
        m_timeouts.stop();
        failAll();
    }
    emit linkChanged(link);
}

void GuestConnection::refreshStatus()
{
    if (m_isAskingStatus || m_link != Link::Connected)
        return; // a slow guest is not asked again before it answered
    m_isAskingStatus = true;
    request(u"status"_s).then(this, [this](const ControlReply& reply) {
        m_isAskingStatus = false;
        if (!reply)
            return;
        m_status = parseStatus(*reply);
        m_hasStatus = true;
        emit statusChanged();
    });
}

void GuestConnection::finish(qint64 id, const ControlReply& reply)
{
    if (const auto pending = m_pending.take(id)) {
        pending->promise.addResult(reply);
        pending->promise.finish();
    }
    if (m_pending.isEmpty())
        m_timeouts.stop();
}

void GuestConnection::failAll()
{
    const auto ids = m_pending.keys();
    for (const qint64 id : ids)
        finish(id, std::unexpected(ControlError{u"gone"_s, tr("The guest does not run any more.")}));
}

} // namespace app
