// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/rfb/listen_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <cstring>

namespace engine::display::rfb {
namespace {

constexpr int Backlog = 16;

/// The sockets API takes every kind of address through one pointer type.
template <class Address>
sockaddr* generic(Address& address)
{
    // SAFETY: sockaddr is the common initial sequence of all address structures.
    return reinterpret_cast<sockaddr*>(&address);
}

bool isListenedOn(const sockaddr_un& address)
{
    const UniqueFd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    sockaddr_un copy = address;
    return probe && ::connect(probe.get(), generic(copy), sizeof copy) == 0;
}

} // namespace

Result<UniqueFd> listenOnPath(const std::string& path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path)
        return fail(ErrorCode::InvalidArgument, "The path of the console socket is too long: " + path
                                                    + ". Use a shorter runtime folder.");
    std::ranges::copy(path, address.sun_path);
    struct stat existing{};
    if (::lstat(path.c_str(), &existing) == 0) {
        if (!S_ISSOCK(existing.st_mode))
            return fail(ErrorCode::Busy, "Something else than a socket is at " + path + ". Remove it.");
        if (isListenedOn(address))
            return fail(ErrorCode::Busy, "Another program already serves the console socket " + path + ".");
        ::unlink(path.c_str());
    }
    UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket)
        return failSystem("cannot create a socket");
    // The mode of the descriptor becomes the file's: no moment at which others could connect.
    if (::fchmod(socket.get(), S_IRUSR | S_IWUSR) != 0
        || ::bind(socket.get(), generic(address), sizeof address) != 0)
        return failSystem("cannot create the console socket " + path);
    if (::chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0 || ::listen(socket.get(), Backlog) != 0)
        return failSystem("cannot listen on the console socket " + path);
    return socket;
}

Result<BoundSocket> listenOnAddress(const std::string& address, std::uint16_t port)
{
    sockaddr_in v4{};
    sockaddr_in6 v6{};
    const bool isV4 = ::inet_pton(AF_INET, address.c_str(), &v4.sin_addr) == 1;
    if (!isV4 && ::inet_pton(AF_INET6, address.c_str(), &v6.sin6_addr) != 1)
        return fail(ErrorCode::InvalidArgument, "'" + address + "' is not a numeric IPv4 or IPv6 address.");
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    UniqueFd socket(::socket(isV4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket)
        return failSystem("cannot create a socket");
    const int on = 1;
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr* bound = isV4 ? generic(v4) : generic(v6);
    socklen_t length = isV4 ? sizeof v4 : sizeof v6;
    if (::bind(socket.get(), bound, length) != 0 || ::listen(socket.get(), Backlog) != 0)
        return failSystem("cannot listen on " + address + " port " + std::to_string(port));
    ::getsockname(socket.get(), bound, &length);
    return BoundSocket{std::move(socket), ntohs(isV4 ? v4.sin_port : v6.sin6_port)};
}

std::optional<UniqueFd> acceptViewer(int listener)
{
    UniqueFd socket(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!socket)
        return std::nullopt;
    const int on = 1; // both fail on UNIX sockets, where they have no meaning
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::setsockopt(socket.get(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    return socket;
}

} // namespace engine::display::rfb
