// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "rfb/server_connection.h"
#include "view/rfb_client.h"

#include <QHostAddress>
#include <QList>
#include <QPoint>
#include <QRegion>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

namespace console {

/// What has happened on a connection since the GUI thread last asked; the latest of each kind.
struct WorkerNews {
    bool connected = false;
    bool bell = false;
    std::shared_ptr<const FrameMemory> frame;
    QRegion damage;
    std::optional<CursorImage> cursor;
    std::optional<QPoint> pointer;
    std::optional<bool> pointerAbsolute;
    std::optional<LockLights> lights;
    std::optional<std::string> name;
    std::optional<std::string> clipboard;
    std::optional<CredentialKind> question;
    std::optional<CloseReason> closed;
    std::string closedDetail;
};

/// The thread behind an RfbClient. Destroying it ends the connection and waits for the thread, which
/// is a matter of moments, as the socket is shut down first.
class RfbClient::Worker final : private ConnectionObserver {
public:
    /// `notify` is called on the worker's thread when there is news and none was waiting before.
    Worker(OwnedFd socket, ConnectionOptions options, std::function<void()> notify);
    /// Connects first: to each address in turn until one answers.
    Worker(const QList<QHostAddress>& addresses, quint16 port, ConnectionOptions options,
           std::function<void()> notify);
    ~Worker() override;
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    Worker(Worker&&) = delete;
    Worker& operator=(Worker&&) = delete;

    void send(ClientInput input) { m_connection.send(std::move(input)); }
    void answer(const std::optional<Credentials>& credentials);
    [[nodiscard]] WorkerNews take();

private:
    void onConnected(const std::string& name) override;
    void onFrame(std::shared_ptr<const FrameMemory> frame) override;
    void onDamage(std::span<const FrameRect> rects) override;
    void onCursor(CursorImage cursor) override;
    void onPointerMoved(int x, int y) override;
    void onPointerMode(bool absolute) override;
    void onLockLights(LockLights lights) override;
    void onName(const std::string& name) override;
    void onClipboard(const std::string& text) override;
    void onBell() override;
    std::optional<Credentials> onCredentials(CredentialKind kind) override;

    void run(OwnedFd socket, const ConnectionOptions& options);
    void report(const std::function<void(WorkerNews&)>& change);

    ServerConnection m_connection{*this};
    const std::function<void()> m_notify;
    std::mutex m_mutex;
    std::condition_variable m_answered;
    WorkerNews m_news;                   // guarded by m_mutex
    bool m_notified = false;             // guarded by m_mutex
    bool m_haveAnswer = false;           // guarded by m_mutex
    bool m_stopping = false;             // guarded by m_mutex
    std::optional<Credentials> m_answer; // guarded by m_mutex
    OwnedFd m_stopConnecting;            ///< eventfd: interrupts connecting
    std::thread m_thread;                // last member: starts last
};

} // namespace console
