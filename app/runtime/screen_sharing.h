// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "display/rfb/rfb_server.h"

#include <nlohmann/json.hpp>

#include <string>

namespace app {

/// The requests that open a guest's screen to viewers on the network and close it again: "share" and
/// "unshare". `server` is null for a guest without a screen. The answer; null for any other request.
[[nodiscard]] nlohmann::json answerSharingRequest(engine::display::RfbServer* server, const std::string& verb,
                                                  const nlohmann::json& parameters);

} // namespace app
