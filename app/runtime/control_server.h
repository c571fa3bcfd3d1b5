// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/event_loop.h"
#include "base/result.h"

#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <functional>
#include <map>
#include <memory>

namespace app {

/// What a control server asks: one call per request, on the server's loop. `reply` may be called
/// then or later from any thread, once; the object lacks the "id", which the server adds.
class ControlHandler {
public:
    using Reply = std::function<void(nlohmann::json answer)>;
    virtual ~ControlHandler() = default;
    virtual void handle(const std::string& verb, const nlohmann::json& parameters, Reply reply) = 0;
};

/// {"ok": true} and {"ok": false, "error": ...} as docs/control-protocol.md has them.
[[nodiscard]] nlohmann::json successAnswer();
[[nodiscard]] nlohmann::json failureAnswer(const engine::Error& error);

/// The server side of docs/control-protocol.md on a local socket. Peers are other processes of the
/// same user; malformed, oversized or slow ones lose their connection and nothing else happens.
class ControlServer {
public:
    static constexpr std::size_t LongestMessage = 1 << 20;
    static constexpr std::size_t MostConnections = 64;

    /// `loop` and `handler` outlive the server.
    [[nodiscard]] static engine::Result<std::unique_ptr<ControlServer>>
    create(engine::EventLoop& loop, const std::filesystem::path& socketPath, ControlHandler& handler);
    ~ControlServer();
    ControlServer(const ControlServer&) = delete;
    ControlServer& operator=(const ControlServer&) = delete;
    ControlServer(ControlServer&&) = delete;
    ControlServer& operator=(ControlServer&&) = delete;

    /// Any thread: sends the event to every subscribed client.
    void broadcast(nlohmann::json event);

private:
    struct Connection;
    struct Shared;
    explicit ControlServer(std::shared_ptr<Shared> shared);
    std::shared_ptr<Shared> m_shared;
};

} // namespace app
