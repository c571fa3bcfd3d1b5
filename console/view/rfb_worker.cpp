// SPDX-License-Identifier: GPL-3.0-or-later
#include "view/rfb_worker.h"

#include "view/connect_socket.h"

#include <pthread.h>
#include <sys/eventfd.h>

#include <csignal>
#include <utility>

namespace console {
namespace {

/// libvncclient writes to sockets that may have closed; the signal's default would end the program.
void ignoreBrokenPipes()
{
    static std::once_flag once;
    std::call_once(once, [] { std::signal(SIGPIPE, SIG_IGN); });
}

void nameThread()
{
    ::pthread_setname_np(::pthread_self(), "console-rfb");
}

} // namespace

RfbClient::Worker::Worker(OwnedFd socket, ConnectionOptions options, std::function<void()> notify)
    : m_notify(std::move(notify)), m_stopConnecting(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
{
    ignoreBrokenPipes();
    m_thread = std::thread([this, fd = socket.release(), own = std::move(options)] {
        nameThread();
        run(OwnedFd(fd), own);
    });
}

RfbClient::Worker::Worker(const QList<QHostAddress>& addresses, quint16 port, ConnectionOptions options,
                          std::function<void()> notify)
    : m_notify(std::move(notify)), m_stopConnecting(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
{
    ignoreBrokenPipes();
    m_thread = std::thread([this, addresses, port, own = std::move(options)] {
        nameThread();
        std::string problem;
        for (const QHostAddress& address : addresses) {
            auto socket = connectToAddress(address, port, m_stopConnecting.get());
            if (socket) {
                run(std::move(*socket), own);
                return;
            }
            problem = socket.error().toStdString();
        }
        report([&](WorkerNews& news) {
            news.closed = CloseReason::Lost;
            news.closedDetail = problem;
        });
    });
}

RfbClient::Worker::~Worker()
{
    {
        const std::scoped_lock lock(m_mutex);
        m_stopping = true;
        m_answered.notify_all();
    }
    const std::uint64_t one = 1;
    (void)!::write(m_stopConnecting.get(), &one, sizeof one);
    m_connection.stop();
    m_thread.join();
}

void RfbClient::Worker::run(OwnedFd socket, const ConnectionOptions& options)
{
    const CloseReason reason = m_connection.run(std::move(socket), options);
    report([&](WorkerNews& news) {
        news.closed = reason;
        news.closedDetail = m_connection.detail();
    });
}

void RfbClient::Worker::report(const std::function<void(WorkerNews&)>& change)
{
    bool first = false;
    {
        const std::scoped_lock lock(m_mutex);
        change(m_news);
        first = !std::exchange(m_notified, true);
    }
    if (first)
        m_notify();
}

WorkerNews RfbClient::Worker::take()
{
    const std::scoped_lock lock(m_mutex);
    m_notified = false;
    return std::exchange(m_news, {});
}

void RfbClient::Worker::answer(const std::optional<Credentials>& credentials)
{
    const std::scoped_lock lock(m_mutex);
    m_answer = credentials;
    m_haveAnswer = true;
    m_answered.notify_all();
}

std::optional<Credentials> RfbClient::Worker::onCredentials(CredentialKind kind)
{
    {
        const std::scoped_lock lock(m_mutex);
        m_haveAnswer = false;
    }
    report([&](WorkerNews& news) { news.question = kind; });
    std::unique_lock lock(m_mutex);
    m_answered.wait(lock, [this] { return m_haveAnswer || m_stopping; });
    return m_stopping ? std::nullopt : m_answer;
}

void RfbClient::Worker::onConnected(const std::string& name)
{
    report([&](WorkerNews& news) {
        news.connected = true;
        news.name = name;
    });
}

void RfbClient::Worker::onFrame(std::shared_ptr<const FrameMemory> frame)
{
    report([&](WorkerNews& news) {
        news.frame = std::move(frame);
        news.damage = {};
    });
}

void RfbClient::Worker::onDamage(std::span<const FrameRect> rects)
{
    report([&](WorkerNews& news) {
        for (const FrameRect& rect : rects)
            news.damage += QRect(rect.x, rect.y, rect.width, rect.height);
    });
}

void RfbClient::Worker::onCursor(CursorImage cursor)
{
    report([&](WorkerNews& news) { news.cursor = std::move(cursor); });
}

void RfbClient::Worker::onPointerMoved(int x, int y)
{
    report([&](WorkerNews& news) { news.pointer = QPoint(x, y); });
}

void RfbClient::Worker::onPointerMode(bool absolute)
{
    report([&](WorkerNews& news) { news.pointerAbsolute = absolute; });
}

void RfbClient::Worker::onLockLights(LockLights lights)
{
    report([&](WorkerNews& news) { news.lights = lights; });
}

void RfbClient::Worker::onName(const std::string& name)
{
    report([&](WorkerNews& news) { news.name = name; });
}

void RfbClient::Worker::onClipboard(const std::string& text)
{
    report([&](WorkerNews& news) { news.clipboard = text; });
}

void RfbClient::Worker::onBell()
{
    report([](WorkerNews& news) { news.bell = true; });
}

} // namespace console
