// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/serial_backend.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

namespace app {

using engine::ErrorCode;
using engine::EventLoop;
using engine::fail;
using engine::failSystem;
using engine::Result;
using engine::UniqueFd;

namespace {

/// The terminal's settings, put back when the guest ends.
class RawTerminal {
public:
    explicit RawTerminal(int fd) : m_fd(fd)
    {
        if (::isatty(fd) == 0 || ::tcgetattr(fd, &m_before) != 0)
            return;
        termios raw = m_before;
        // Every key goes to the guest at once; Ctrl+C stays the way to ask for the end.
        raw.c_iflag &= ~static_cast<tcflag_t>(ICRNL | IXON);
        raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
        m_changed = ::tcsetattr(fd, TCSANOW, &raw) == 0;
    }
    ~RawTerminal()
    {
        if (m_changed)
            ::tcsetattr(m_fd, TCSANOW, &m_before);
    }
    RawTerminal(const RawTerminal&) = delete;
    RawTerminal& operator=(const RawTerminal&) = delete;
    RawTerminal(RawTerminal&&) = delete;
    RawTerminal& operator=(RawTerminal&&) = delete;

private:
    int m_fd;
    termios m_before{};
    bool m_changed = false;
};

/// Common to all kinds: the output queue and the thread that empties it.
class QueuedSerial : public engine::SerialBackend {
public:
    explicit QueuedSerial(std::unique_ptr<EventLoop> loop) : m_loop(std::move(loop)) {}

    void write(std::span<const std::uint8_t> bytes) final
    {
        std::scoped_lock lock(m_mutex);
        constexpr std::size_t MostPending = 1 << 20;
        const std::size_t room = MostPending - std::min(m_pending.size(), MostPending);
        const bool wasIdle = m_pending.empty() && !m_flushing;
        m_pending.insert(m_pending.end(), bytes.begin(),
                         bytes.begin() + static_cast<std::ptrdiff_t>(std::min(room, bytes.size())));
        if (wasIdle)
            m_loop->post([this] { flush(); });
    }
    void attach(std::function<std::size_t(std::span<const std::uint8_t>)> receive) final
    {
        std::scoped_lock lock(m_receiveMutex);
        m_receive = std::move(receive);
    }
    void detach() final
    {
        std::scoped_lock lock(m_receiveMutex);
        m_receive = nullptr;
    }

protected:
    EventLoop& loop() { return *m_loop; }
    /// Stops the thread after the queue has been written; the first thing a destructor does.
    void finish()
    {
        m_loop->runAndWait([this] { flush(); });
        m_loop.reset();
    }
    /// Loop thread: where output goes now; -1 drops it.
    [[nodiscard]] virtual int outputFd() const = 0;
    /// Loop thread: bytes for the guest. What it has no room for is lost, as on a real line.
    void deliver(std::span<const std::uint8_t> bytes)
    {
        std::scoped_lock lock(m_receiveMutex);
        if (m_receive)
            (void)m_receive(bytes);
    }

private:
    void flush()
    {
        std::vector<std::uint8_t> bytes;
        for (;;) {
            {
                std::scoped_lock lock(m_mutex);
                bytes.assign(m_pending.begin(), m_pending.end());
                m_pending.clear();
                m_flushing = !bytes.empty();
            }
            if (bytes.empty())
                return;
            writeAll(bytes);
        }
    }
    void writeAll(std::span<const std::uint8_t> bytes) const
    {
        while (!bytes.empty() && outputFd() >= 0) {
            const auto written = ::write(outputFd(), bytes.data(), bytes.size());
            if (written > 0) {
                bytes = bytes.subspan(static_cast<std::size_t>(written));
                continue;
            }
            if (written < 0 && errno == EINTR)
                continue;
            constexpr int Patience = 1000; // milliseconds; after that the reader is considered gone
            pollfd waiting{.fd = outputFd(), .events = POLLOUT, .revents = 0};
            if (errno != EAGAIN || ::poll(&waiting, 1, Patience) != 1)
                return;
        }
    }

    std::unique_ptr<EventLoop> m_loop;
    std::mutex m_mutex;
    std::deque<std::uint8_t> m_pending; // guarded by m_mutex
    bool m_flushing = false;            // guarded by m_mutex
    std::mutex m_receiveMutex;
    std::function<std::size_t(std::span<const std::uint8_t>)> m_receive; // guarded by m_receiveMutex
};

class TerminalSerial final : public QueuedSerial {
public:
    explicit TerminalSerial(std::unique_ptr<EventLoop> eventLoop)
        : QueuedSerial(std::move(eventLoop)), m_raw(STDIN_FILENO)
    {
        loop().runAndWait([this] {
            // A regular file or /dev/null cannot be polled; then there is no input.
            m_watching =
                loop().watch(STDIN_FILENO, EPOLLIN, [this](std::uint32_t) { readInput(); }).has_value();
        });
    }
    ~TerminalSerial() override
    {
        loop().runAndWait([this] { stopInput(); });
        finish();
    }
    TerminalSerial(const TerminalSerial&) = delete;
    TerminalSerial& operator=(const TerminalSerial&) = delete;
    TerminalSerial(TerminalSerial&&) = delete;
    TerminalSerial& operator=(TerminalSerial&&) = delete;

private:
    [[nodiscard]] int outputFd() const override { return STDOUT_FILENO; }
    void stopInput()
    {
        if (m_watching)
            loop().unwatch(STDIN_FILENO);
        m_watching = false;
    }
    void readInput()
    {
        std::array<std::uint8_t, 256> buffer{};
        const auto count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
        if (count <= 0)
            stopInput();
        else
            deliver(std::span(buffer).first(static_cast<std::size_t>(count)));
    }

    RawTerminal m_raw;
    bool m_watching = false; // loop thread only
};

class FileSerial final : public QueuedSerial {
public:
    FileSerial(std::unique_ptr<EventLoop> eventLoop, UniqueFd fd)
        : QueuedSerial(std::move(eventLoop)), m_fd(std::move(fd))
    {}
    ~FileSerial() override { finish(); }
    FileSerial(const FileSerial&) = delete;
    FileSerial& operator=(const FileSerial&) = delete;
    FileSerial(FileSerial&&) = delete;
    FileSerial& operator=(FileSerial&&) = delete;

private:
    [[nodiscard]] int outputFd() const override { return m_fd.get(); }
    UniqueFd m_fd;
};

class SocketSerial final : public QueuedSerial {
public:
    SocketSerial(std::unique_ptr<EventLoop> eventLoop, UniqueFd listener, std::string path)
        : QueuedSerial(std::move(eventLoop)), m_listener(std::move(listener)), m_path(std::move(path))
    {
        loop().runAndWait(
            [this] { (void)loop().watch(m_listener.get(), EPOLLIN, [this](std::uint32_t) { accept(); }); });
    }
    ~SocketSerial() override
    {
        loop().runAndWait([this] {
            loop().unwatch(m_listener.get());
            if (m_peer)
                loop().unwatch(m_peer.get());
        });
        finish();
        ::unlink(m_path.c_str());
    }
    SocketSerial(const SocketSerial&) = delete;
    SocketSerial& operator=(const SocketSerial&) = delete;
    SocketSerial(SocketSerial&&) = delete;
    SocketSerial& operator=(SocketSerial&&) = delete;

private:
    [[nodiscard]] int outputFd() const override { return m_peer.get(); }
    void accept()
    {
        UniqueFd peer(::accept4(m_listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (!peer || m_peer)
            return; // one at a time: a second one is turned away
        m_peer = std::move(peer);
        if (!loop().watch(m_peer.get(), EPOLLIN, [this](std::uint32_t) { readInput(); }))
            m_peer.reset();
    }
    void readInput()
    {
        std::array<std::uint8_t, 256> buffer{};
        const auto count = ::recv(m_peer.get(), buffer.data(), buffer.size(), 0);
        if (count > 0) {
            deliver(std::span(buffer).first(static_cast<std::size_t>(count)));
        } else if (count == 0 || errno != EAGAIN) {
            loop().unwatch(m_peer.get());
            m_peer.reset();
        }
    }

    UniqueFd m_listener;
    UniqueFd m_peer; // loop thread only
    std::string m_path;
};

Result<UniqueFd> listenOn(const std::string& path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        return fail(ErrorCode::InvalidArgument, "the path of the serial port's socket is too long: " + path);
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    // SAFETY: bind takes every address family through sockaddr.
    if (!fd || ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0
        || ::listen(fd.get(), 1) != 0)
        return failSystem("cannot create the serial port's socket " + path);
    return fd;
}

} // namespace

Result<std::shared_ptr<engine::SerialBackend>> createSerialBackend(const engine::SerialConfig& config)
{
    if (config.kind == engine::SerialKind::None)
        return nullptr;
    auto loop = VM_TRY(EventLoop::create("serial"));
    switch (config.kind) {
    case engine::SerialKind::Stdio: return std::make_shared<TerminalSerial>(std::move(loop));
    case engine::SerialKind::File: {
        UniqueFd fd(::open(config.path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
        if (!fd)
            return failSystem("cannot open " + config.path + " for the serial port");
        return std::make_shared<FileSerial>(std::move(loop), std::move(fd));
    }
    case engine::SerialKind::UnixSocket:
        return std::make_shared<SocketSerial>(std::move(loop), VM_TRY(listenOn(config.path)), config.path);
    case engine::SerialKind::None: break;
    }
    return nullptr;
}

} // namespace app
