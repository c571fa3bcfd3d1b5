// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "base/unique_fd.h"

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <filesystem>
#include <string>

namespace app {

/// A blocking client of docs/control-protocol.md, for the command line. One thread at a time.
class ControlClient {
public:
    [[nodiscard]] static engine::Result<ControlClient> connect(const std::filesystem::path& socketPath);

    /// Sends {"verb": verb, ...parameters} and waits for the answer. An answer with "ok": false
    /// becomes an Error with its code and message.
    [[nodiscard]] engine::Result<nlohmann::json>
    request(const std::string& verb, nlohmann::json parameters,
            std::chrono::milliseconds timeout = std::chrono::seconds(30));

private:
    explicit ControlClient(engine::UniqueFd fd) : m_fd(std::move(fd)) {}
    [[nodiscard]] engine::Result<std::string> readLine(std::chrono::steady_clock::time_point deadline);

    engine::UniqueFd m_fd;
    std::string m_input;
    int m_nextId = 1;
};

} // namespace app
