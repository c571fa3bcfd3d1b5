// SPDX-License-Identifier: GPL-3.0-or-later
#include "view/rfb_client.h"

#include "view/connect_socket.h"
#include "view/rfb_worker.h"

#include <QHostInfo>

#include <utility>

namespace console {

RfbClient::RfbClient(QObject* parent) : QObject(parent) {}

RfbClient::~RfbClient()
{
    if (m_lookup >= 0)
        QHostInfo::abortHostLookup(m_lookup);
}

void RfbClient::setState(State state)
{
    if (std::exchange(m_state, state) != state)
        emit stateChanged(state);
}

void RfbClient::start(int fd, const ConnectionOptions& options)
{
    m_pointerAbsolute = true;
    m_worker = std::make_unique<Worker>(OwnedFd(fd), options, [this] {
        QMetaObject::invokeMethod(this, [this] { deliver(); }, Qt::QueuedConnection);
    });
    setState(State::Connecting);
}

void RfbClient::openSocket(int fd, const ConnectionOptions& options)
{
    close();
    start(fd, options);
}

void RfbClient::openPath(const QString& socketPath, const ConnectionOptions& options)
{
    close();
    auto connected = connectToPath(socketPath);
    if (!connected) {
        setState(State::Connecting);
        fail(CloseReason::Lost, connected.error());
        return;
    }
    start(connected->release(), options);
}

void RfbClient::openHost(const QString& host, quint16 port, const ConnectionOptions& options)
{
    close();
    setState(State::Connecting);
    ConnectionOptions own = options;
    own.serverHost = host.toStdString();
    m_lookup = QHostInfo::lookupHost(host, this, [this, port, own](const QHostInfo& found) {
        m_lookup = -1;
        connectTo(found, port, own);
    });
}

void RfbClient::connectTo(const QHostInfo& host, quint16 port, ConnectionOptions options)
{
    if (host.addresses().isEmpty()) {
        fail(CloseReason::Lost, host.errorString());
        return;
    }
    m_worker = std::make_unique<Worker>(host.addresses(), port, std::move(options), [this] {
        QMetaObject::invokeMethod(this, [this] { deliver(); }, Qt::QueuedConnection);
    });
}

void RfbClient::close()
{
    if (m_lookup >= 0)
        QHostInfo::abortHostLookup(std::exchange(m_lookup, -1));
    if (!m_worker && m_state != State::Connecting)
        return;
    m_worker.reset();
    fail(CloseReason::Stopped, {});
}

void RfbClient::fail(CloseReason reason, const QString& detail)
{
    setState(State::Closed);
    emit closed(reason, detail);
}

void RfbClient::send(ClientInput input)
{
    if (m_worker && m_state == State::Connected)
        m_worker->send(std::move(input));
}

void RfbClient::provideCredentials(const Credentials& credentials)
{
    if (m_worker)
        m_worker->answer(credentials);
}

void RfbClient::refuseCredentials()
{
    if (m_worker)
        m_worker->answer(std::nullopt);
}

/// Each signal may make somebody close the connection, so what was taken is held here.
void RfbClient::deliver()
{
    if (!m_worker)
        return;
    const Worker* const worker = m_worker.get();
    const WorkerNews news = m_worker->take();
    const auto stillOurs = [&] { return m_worker.get() == worker; };
    if (news.name) {
        m_name = QString::fromStdString(*news.name);
        emit serverNameChanged(m_name);
    }
    if (news.connected && stillOurs())
        setState(State::Connected);
    if (news.frame && stillOurs()) {
        const FrameMemory& memory = *news.frame;
        m_picture = {news.frame, QImage(memory.pixels(), memory.width(), memory.height(),
                                        static_cast<qsizetype>(memory.stride()), QImage::Format_RGB32)};
        emit pictureReplaced();
    }
    if (!news.damage.isEmpty() && stillOurs())
        emit pictureDamaged(news.damage);
    if (news.pointerAbsolute && stillOurs()) {
        m_pointerAbsolute = *news.pointerAbsolute;
        emit pointerModeChanged(m_pointerAbsolute);
    }
    if (news.cursor && stillOurs())
        emit cursorChanged(*news.cursor);
    if (news.pointer && stillOurs())
        emit pointerMoved(*news.pointer);
    if (news.lights && stillOurs()) {
        m_lights = *news.lights;
        emit lockLightsChanged(m_lights);
    }
    if (news.clipboard && stillOurs())
        emit clipboardReceived(QString::fromStdString(*news.clipboard));
    if (news.bell && stillOurs())
        emit bellRang();
    if (news.question && stillOurs())
        emit credentialsRequired(*news.question);
    if (news.closed && stillOurs()) {
        const QString detail = QString::fromStdString(news.closedDetail);
        m_worker.reset();
        fail(*news.closed, detail);
    }
}

} // namespace console
