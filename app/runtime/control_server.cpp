// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/control_server.h"

#include <nlohmann/json.hpp>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>

namespace app {

using engine::ErrorCode;
using engine::fail;
using engine::failSystem;
using engine::Result;
using engine::UniqueFd;
using nlohmann::json;

json successAnswer()
{
    return {{"ok", true}};
}

json failureAnswer(const engine::Error& error)
{
    return {{"ok", false},
            {"error", {{"code", std::string(engine::toString(error.code))}, {"message", error.message()}}}};
}

struct ControlServer::Connection {
    UniqueFd fd;
    std::string input;
    std::string output;
    bool subscribed = false;
};

/// Loop thread only, but for `loop`. Replies that come late hold a weak reference.
struct ControlServer::Shared : std::enable_shared_from_this<Shared> {
    Shared(engine::EventLoop& eventLoop, ControlHandler& controlHandler, UniqueFd socket)
        : loop(eventLoop), handler(controlHandler), listener(std::move(socket))
    {}

    engine::EventLoop& loop;
    ControlHandler& handler;
    UniqueFd listener;
    std::map<std::uint64_t, Connection> connections;
    std::uint64_t nextConnection = 1;

    void accept();
    void onReady(std::uint64_t id, std::uint32_t events);
    bool receive(Connection& connection);
    bool serveLines(std::uint64_t id);
    void serve(std::uint64_t id, const std::string& line);
    void send(std::uint64_t id, const json& message);
    void flush(std::uint64_t id);
    void drop(std::uint64_t id);
};

void ControlServer::Shared::accept()
{
    UniqueFd fd(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!fd || connections.size() >= MostConnections)
        return;
    const std::uint64_t id = nextConnection++;
    const int raw = fd.get();
    connections[id].fd = std::move(fd);
    if (!loop.watch(raw, EPOLLIN, [this, id](std::uint32_t events) { onReady(id, events); }))
        connections.erase(id);
}

void ControlServer::Shared::onReady(std::uint64_t id, std::uint32_t events)
{
    const auto it = connections.find(id);
    if (it == connections.end())
        return;
    if (events & EPOLLOUT)
        flush(id);
    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) && connections.contains(id))
        if (!receive(it->second) || !serveLines(id))
            drop(id);
}

bool ControlServer::Shared::receive(Connection& connection)
{
    std::array<char, 4096> buffer{};
    const auto count = ::recv(connection.fd.get(), buffer.data(), buffer.size(), 0);
    if (count < 0)
        return errno == EAGAIN || errno == EINTR;
    connection.input.append(buffer.data(), static_cast<std::size_t>(count));
    return count > 0;
}

bool ControlServer::Shared::serveLines(std::uint64_t id)
{
    for (;;) {
        const auto it = connections.find(id);
        if (it == connections.end())
            return true;
        std::string& input = it->second.input;
        const auto end = input.find('\n');
        if (end == std::string::npos)
            return input.size() <= LongestMessage;
        const std::string line = input.substr(0, end);
        input.erase(0, end + 1);
        if (line.size() > LongestMessage)
            return false;
        serve(id, line);
    }
}

void ControlServer::Shared::serve(std::uint64_t id, const std::string& line)
{
    const json request = json::parse(line, nullptr, false);
    const auto requestId = request.is_object() && request.contains("id") ? request["id"] : json();
    const auto verb = request.is_object() ? request.find("verb") : request.end();
    if (!request.is_object() || verb == request.end() || !verb->is_string()) {
        json answer = failureAnswer(
            {.code = ErrorCode::InvalidArgument, .detail = "a request is {\"id\", \"verb\", ...}"});
        answer["id"] = requestId;
        send(id, answer);
        return;
    }
    if (*verb == "subscribe") {
        connections[id].subscribed = true;
        json answer = successAnswer();
        answer["id"] = requestId;
        send(id, answer);
        return;
    }
    handler.handle(verb->get<std::string>(), request,
                   [weak = weak_from_this(), &eventLoop = loop, id, requestId](json answer) {
                       answer["id"] = requestId;
                       const auto deliver = [weak, id, message = std::move(answer)] {
                           if (const auto self = weak.lock())
                               self->send(id, message);
                       };
                       if (eventLoop.isLoopThread())
                           deliver();
                       else
                           eventLoop.post(deliver);
                   });
}

void ControlServer::Shared::send(std::uint64_t id, const json& message)
{
    const auto it = connections.find(id);
    if (it == connections.end())
        return;
    constexpr std::size_t MostPending = 4 * LongestMessage;
    it->second.output += message.dump(-1, ' ', false, json::error_handler_t::replace) + '\n';
    if (it->second.output.size() > MostPending)
        drop(id); // reads nothing: it would grow for ever
    else
        flush(id);
}

void ControlServer::Shared::flush(std::uint64_t id)
{
    Connection& connection = connections.at(id);
    while (!connection.output.empty()) {
        const auto sent =
            ::send(connection.fd.get(), connection.output.data(), connection.output.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN) {
            drop(id);
            return;
        }
        if (sent < 0)
            break;
        connection.output.erase(0, static_cast<std::size_t>(sent));
    }
    (void)loop.changeEvents(connection.fd.get(), connection.output.empty() ? EPOLLIN : EPOLLIN | EPOLLOUT);
}

void ControlServer::Shared::drop(std::uint64_t id)
{
    const auto it = connections.find(id);
    if (it == connections.end())
        return;
    loop.unwatch(it->second.fd.get());
    connections.erase(it);
}

Result<std::unique_ptr<ControlServer>> ControlServer::create(engine::EventLoop& loop,
                                                             const std::filesystem::path& socketPath,
                                                             ControlHandler& handler)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = socketPath.string();
    if (path.size() >= sizeof address.sun_path)
        return fail(ErrorCode::InvalidArgument, "the path of the control socket is too long: " + path);
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd)
        return failSystem("cannot create the control socket");
    // SAFETY: bind takes every address family through sockaddr.
    if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return failSystem("cannot create the control socket " + path);
    if (::listen(fd.get(), 16) != 0)
        return failSystem("cannot listen on the control socket");

    auto shared = std::make_shared<Shared>(loop, handler, std::move(fd));
    Result<> watched;
    loop.runAndWait([&] {
        watched = loop.watch(shared->listener.get(), EPOLLIN,
                             [raw = shared.get()](std::uint32_t) { raw->accept(); });
    });
    if (!watched)
        return std::unexpected(watched.error());
    return std::unique_ptr<ControlServer>(new ControlServer(std::move(shared)));
}

ControlServer::ControlServer(std::shared_ptr<Shared> shared) : m_shared(std::move(shared)) {}

ControlServer::~ControlServer()
{
    m_shared->loop.runAndWait([this] {
        m_shared->loop.unwatch(m_shared->listener.get());
        while (!m_shared->connections.empty())
            m_shared->drop(m_shared->connections.begin()->first);
    });
}

void ControlServer::broadcast(json event)
{
    m_shared->loop.post([weak = std::weak_ptr(m_shared), message = std::move(event)] {
        const auto self = weak.lock();
        if (!self)
            return;
        std::vector<std::uint64_t> targets;
        for (const auto& [id, connection] : self->connections)
            if (connection.subscribed)
                targets.push_back(id);
        for (const std::uint64_t id : targets)
            self->send(id, message);
    });
}

} // namespace app
