// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace app {

/// The control socket's answers as lines for people.
[[nodiscard]] std::string describeConnections(const nlohmann::json& connections);
[[nodiscard]] std::string describeNetwork(const nlohmann::json& view);

} // namespace app
