// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "rfb/client_input.h"
#include "rfb/connection_observer.h"

#include <QImage>
#include <QObject>
#include <QPoint>
#include <QRegion>
#include <QString>

#include <memory>

class QHostInfo;

namespace console {

/// A picture and what keeps its pixels alive. `image` refers to the server's or the connection's
/// memory: hold `memory->mutex()` while reading it.
struct SharedPicture {
    std::shared_ptr<const FrameMemory> memory;
    QImage image;
    [[nodiscard]] bool isNull() const { return image.isNull(); }
};

/// A connection to an RFB server, as an object of the GUI thread. The work happens on a thread of its
/// own; whatever it reports arrives here at most once per turn of the event loop, merged.
class RfbClient : public QObject {
    Q_OBJECT
public:
    enum class State { Idle, Connecting, Connected, Closed };
    Q_ENUM(State)

    explicit RfbClient(QObject* parent = nullptr);
    ~RfbClient() override;

    /// Each ends an earlier connection. `fd` is a connected stream socket and becomes the client's.
    void openSocket(int fd, const ConnectionOptions& options = {});
    void openPath(const QString& socketPath, const ConnectionOptions& options = {});
    void openHost(const QString& host, quint16 port, const ConnectionOptions& options = {});
    void close();

    void send(ClientInput input);
    /// The answer to credentialsRequired(). Without arguments: the user gave up.
    void provideCredentials(const Credentials& credentials);
    void refuseCredentials();

    [[nodiscard]] State state() const { return m_state; }
    [[nodiscard]] const SharedPicture& picture() const { return m_picture; }
    [[nodiscard]] bool isPointerAbsolute() const { return m_pointerAbsolute; }
    [[nodiscard]] LockLights lockLights() const { return m_lights; }
    [[nodiscard]] QString serverName() const { return m_name; }

signals:
    void stateChanged(console::RfbClient::State state);
    /// A picture of another size or place.
    void pictureReplaced();
    /// Pixels of the picture that are new.
    void pictureDamaged(const QRegion& region);
    void cursorChanged(const console::CursorImage& cursor);
    /// The guest has put its pointer's hot spot there.
    void pointerMoved(QPoint position);
    void pointerModeChanged(bool absolute);
    void lockLightsChanged(console::LockLights lights);
    void serverNameChanged(const QString& name);
    void clipboardReceived(const QString& text);
    void bellRang();
    void credentialsRequired(console::CredentialKind kind);
    /// `detail` is English, for the log.
    void closed(console::CloseReason reason, const QString& detail);

private:
    class Worker;
    void start(int fd, const ConnectionOptions& options);
    void connectTo(const QHostInfo& host, quint16 port, ConnectionOptions options);
    void fail(CloseReason reason, const QString& detail);
    void setState(State state);
    void deliver();

    std::unique_ptr<Worker> m_worker;
    int m_lookup = -1;
    State m_state = State::Idle;
    SharedPicture m_picture;
    bool m_pointerAbsolute = true;
    LockLights m_lights;
    QString m_name;
};

} // namespace console
