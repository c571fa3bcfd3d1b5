// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/control_client.h"

#include <nlohmann/json.hpp>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace app {

using engine::ErrorCode;
using engine::fail;
using engine::failSystem;
using engine::Result;
using engine::UniqueFd;
using nlohmann::json;

namespace {

ErrorCode codeFromText(const std::string& text)
{
    for (int i = 0; i <= static_cast<int>(ErrorCode::Cancelled); ++i)
        if (engine::toString(static_cast<ErrorCode>(i)) == text)
            return static_cast<ErrorCode>(i);
    return ErrorCode::System;
}

} // namespace

Result<ControlClient> ControlClient::connect(const std::filesystem::path& socketPath)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = socketPath.string();
    if (path.size() >= sizeof address.sun_path)
        return fail(ErrorCode::InvalidArgument, "the path of the control socket is too long: " + path);
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!fd)
        return failSystem("cannot create a socket");
    // SAFETY: connect takes every address family through sockaddr.
    if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return failSystem("cannot reach the guest at " + path);
    return ControlClient(std::move(fd));
}

Result<std::string> ControlClient::readLine(std::chrono::steady_clock::time_point deadline)
{
    constexpr std::size_t LongestLine = 4 << 20;
    for (;;) {
        if (const auto end = m_input.find('\n'); end != std::string::npos) {
            std::string line = m_input.substr(0, end);
            m_input.erase(0, end + 1);
            return line;
        }
        if (m_input.size() > LongestLine)
            return fail(ErrorCode::Corrupt, "the guest's process sent an endless answer");
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
        pollfd waiting{.fd = m_fd.get(), .events = POLLIN, .revents = 0};
        const int ready = ::poll(&waiting, 1, static_cast<int>(std::max<std::int64_t>(left, 0)));
        if (ready < 0 && errno != EINTR)
            return failSystem("cannot wait for the guest's answer");
        if (ready == 0)
            return fail(ErrorCode::Busy, "the guest's process did not answer in time");
        if (ready < 0)
            continue;
        std::array<char, 65536> buffer{};
        const auto count = ::recv(m_fd.get(), buffer.data(), buffer.size(), 0);
        if (count <= 0)
            return fail(ErrorCode::Cancelled, "the guest's process has ended");
        m_input.append(buffer.data(), static_cast<std::size_t>(count));
    }
}

Result<json> ControlClient::request(const std::string& verb, json parameters,
                                    std::chrono::milliseconds timeout)
{
    const int id = m_nextId++;
    parameters["id"] = id;
    parameters["verb"] = verb;
    const std::string line = parameters.dump() + '\n';
    for (std::size_t sent = 0; sent < line.size();) {
        const auto count = ::send(m_fd.get(), line.data() + sent, line.size() - sent, MSG_NOSIGNAL);
        if (count < 0)
            return failSystem("cannot reach the guest's process");
        sent += static_cast<std::size_t>(count);
    }
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    for (;;) {
        json answer = json::parse(VM_TRY(readLine(deadline)), nullptr, false);
        if (!answer.is_object() || answer.value("id", json()) != id)
            continue; // an event, or an answer that nobody waits for any more
        if (answer.value("ok", false))
            return answer;
        const json error = answer.value("error", json::object());
        return fail(codeFromText(error.value("code", "")), error.value("message", "the request failed"));
    }
}

} // namespace app
