// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "control/control_message.h"

#include <QFuture>
#include <QHash>
#include <QLocalSocket>
#include <QPromise>
#include <QTimer>

#include <memory>

namespace app {

/// The window's view of one running guest, whichever process runs it: docs/control-protocol.md over
/// the control socket in the guest's runtime folder. Asynchronous; belongs to the thread it lives in.
class GuestConnection final : public QObject {
    Q_OBJECT
public:
    enum class Link {
        Connecting,
        Connected,
        Gone, ///< the guest's process closed the socket, or nobody listens: it does not run any more
    };
    Q_ENUM(Link)

    explicit GuestConnection(QString runtimeFolder, QObject* parent = nullptr);
    ~GuestConnection() override;

    [[nodiscard]] Link link() const { return m_link; }
    [[nodiscard]] const QString& runtimeFolder() const { return m_runtimeFolder; }
    [[nodiscard]] QString rfbSocketPath() const;
    [[nodiscard]] const GuestStatus& status() const { return m_status; }
    [[nodiscard]] bool hasStatus() const { return m_hasStatus; }

    /// Sends a request. The future always finishes: with the answer, with the guest's refusal, with
    /// "busy" when no answer came in time, with "gone" when the connection broke.
    QFuture<ControlReply> request(const QString& verb, QJsonObject parameters = {});

    /// How often the statistics are asked for; zero stops it.
    void setStatusInterval(std::chrono::milliseconds interval);

signals:
    void linkChanged(app::GuestConnection::Link link);
    void statusChanged();
    void logged(const app::GuestLogLine& line);
    void milestoneReached(const app::GuestMilestone& milestone);
    void problemReported(const QString& code, const QString& message);

private:
    struct Pending;

    void onConnected();
    void onReadyRead();
    void onMessage(const QJsonObject& message);
    void onEvent(const QString& event, const QJsonObject& message);
    void setLink(Link link);
    void refreshStatus();
    void finish(qint64 id, const ControlReply& reply);
    void failAll();

    QString m_runtimeFolder;
    QLocalSocket m_socket;
    LineFramer m_framer;
    QTimer m_statusTimer;
    QTimer m_timeouts;
    QHash<qint64, std::shared_ptr<Pending>> m_pending;
    GuestStatus m_status;
    qint64 m_lastId = 0;
    Link m_link = Link::Connecting;
    bool m_hasStatus = false;
    bool m_isAskingStatus = false;
};

} // namespace app
