// SPDX-License-Identifier: GPL-3.0-or-later
#include "view/connect_socket.h"

#include <QFile>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace console {
namespace {

std::unexpected<QString> systemError(int error = errno)
{
    return std::unexpected(qt_error_string(error));
}

template <class Address>
const sockaddr* generic(const Address& address)
{
    // SAFETY: sockaddr is the common initial sequence of all address structures.
    return reinterpret_cast<const sockaddr*>(&address);
}

struct Target {
    sockaddr_in v4{};
    sockaddr_in6 v6{};
    bool isV4 = true;
    [[nodiscard]] const sockaddr* address() const { return isV4 ? generic(v4) : generic(v6); }
    [[nodiscard]] socklen_t length() const { return isV4 ? sizeof v4 : sizeof v6; }
};

Target targetOf(const QHostAddress& address, quint16 port)
{
    Target target;
    target.isV4 = address.protocol() == QAbstractSocket::IPv4Protocol;
    target.v4.sin_family = AF_INET;
    target.v4.sin_port = htons(port);
    target.v4.sin_addr.s_addr = htonl(address.toIPv4Address());
    target.v6.sin6_family = AF_INET6;
    target.v6.sin6_port = htons(port);
    const Q_IPV6ADDR v6 = address.toIPv6Address();
    std::memcpy(&target.v6.sin6_addr, &v6, sizeof v6);
    target.v6.sin6_scope_id = address.scopeId().toUInt();
    return target;
}

} // namespace

std::expected<OwnedFd, QString> connectToPath(const QString& path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const QByteArray name = QFile::encodeName(path);
    if (static_cast<std::size_t>(name.size()) >= sizeof address.sun_path)
        return systemError(ENAMETOOLONG);
    std::copy(name.begin(), name.end(), address.sun_path);
    OwnedFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket || ::connect(socket.get(), generic(address), sizeof address) != 0)
        return systemError();
    return socket;
}

std::expected<OwnedFd, QString> connectToAddress(const QHostAddress& address, quint16 port, int interrupt)
{
    constexpr int TimeoutMilliseconds = 15'000;
    const Target target = targetOf(address, port);
    OwnedFd socket(::socket(target.isV4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket)
        return systemError();
    if (::connect(socket.get(), target.address(), target.length()) != 0) {
        if (errno != EINPROGRESS)
            return systemError();
        std::array<pollfd, 2> waiting{pollfd{socket.get(), POLLOUT, 0}, pollfd{interrupt, POLLIN, 0}};
        if (::poll(waiting.data(), waiting.size(), TimeoutMilliseconds) == 0)
            return systemError(ETIMEDOUT);
        if (waiting[1].revents != 0)
            return systemError(ECANCELED);
        int error = 0;
        socklen_t length = sizeof error;
        ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &length);
        if (error != 0)
            return systemError(error);
    }
    const int on = 1;
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::setsockopt(socket.get(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    return socket;
}

} // namespace console
