// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/unique_fd.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <chrono>
#include <string>
#include <thread>

namespace engine::test {

/// A listening TCP or a bound UDP socket on 127.0.0.1, with a port that the kernel chose.
class LoopbackSocket {
public:
    explicit LoopbackSocket(int type) : m_fd(::socket(AF_INET, type | SOCK_CLOEXEC, 0))
    {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof address;
        m_good = ::bind(m_fd.get(), reinterpret_cast<sockaddr*>(&address), length) == 0
                 && (type == SOCK_DGRAM || ::listen(m_fd.get(), 8) == 0)
                 && ::getsockname(m_fd.get(), reinterpret_cast<sockaddr*>(&address), &length) == 0;
        m_port = ntohs(address.sin_port);
    }
    [[nodiscard]] bool isGood() const { return m_good; }
    [[nodiscard]] int fd() const { return m_fd.get(); }
    [[nodiscard]] std::uint16_t port() const { return m_port; }
    /// A port that nobody uses now.
    [[nodiscard]] static std::uint16_t freePort(int type) { return LoopbackSocket(type).port(); }

private:
    UniqueFd m_fd;
    bool m_good = false;
    std::uint16_t m_port = 0;
};

/// Waits for input; false after `limit`.
[[nodiscard]] inline bool waitReadable(int fd, std::chrono::milliseconds limit)
{
    pollfd waiting{.fd = fd, .events = POLLIN, .revents = 0};
    return ::poll(&waiting, 1, static_cast<int>(limit.count())) == 1;
}

/// Connects to a port on 127.0.0.1; invalid when refused.
[[nodiscard]] inline UniqueFd connectTo(std::uint16_t port)
{
    UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
        fd.reset();
    return fd;
}

/// Reads until the peer closes, or until `limit`.
[[nodiscard]] inline std::string readAll(int fd, std::chrono::seconds limit)
{
    std::string text;
    char buffer[4096];
    while (waitReadable(fd, limit)) {
        const auto count = ::recv(fd, buffer, sizeof buffer, 0);
        if (count <= 0)
            break;
        text.append(buffer, static_cast<std::size_t>(count));
    }
    return text;
}

/// Answers every HTTP request with one body.
class HttpServer {
public:
    explicit HttpServer(std::string body)
        : m_body(std::move(body)), m_thread([this](const std::stop_token& stop) { run(stop); })
    {}
    [[nodiscard]] std::uint16_t port() const { return m_socket.port(); }

private:
    void run(const std::stop_token& stop)
    {
        while (!stop.stop_requested()) {
            if (!waitReadable(m_socket.fd(), std::chrono::milliseconds(50)))
                continue;
            const UniqueFd client(::accept(m_socket.fd(), nullptr, nullptr));
            std::string request;
            char buffer[1024];
            while (!request.contains("\r\n\r\n") && waitReadable(client.get(), std::chrono::seconds(10))) {
                const auto count = ::recv(client.get(), buffer, sizeof buffer, 0);
                if (count <= 0)
                    break;
                request.append(buffer, static_cast<std::size_t>(count));
            }
            const std::string answer =
                "HTTP/1.0 200 OK\r\nContent-Length: " + std::to_string(m_body.size()) + "\r\n\r\n" + m_body;
            std::size_t sent = 0;
            while (sent < answer.size()) {
                const auto count =
                    ::send(client.get(), answer.data() + sent, answer.size() - sent, MSG_NOSIGNAL);
                if (count <= 0)
                    break;
                sent += static_cast<std::size_t>(count);
            }
        }
    }

    const std::string m_body;
    LoopbackSocket m_socket{SOCK_STREAM};
    std::jthread m_thread;
};

} // namespace engine::test
