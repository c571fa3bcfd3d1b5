// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "net/network_view.h"

#include <nlohmann/json.hpp>

namespace app {

/// A guest's network as the control socket shows it (docs/control-protocol.md).
[[nodiscard]] nlohmann::json toJson(const engine::net::Flow& flow);
[[nodiscard]] nlohmann::json toJson(const engine::net::NetworkView& view);
/// Takes over what `json` has; other members stay.
void readShaping(const nlohmann::json& json, engine::net::Shaping& shaping);

} // namespace app
