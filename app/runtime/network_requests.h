// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "vm/vm.h"

#include <nlohmann/json.hpp>

#include <string>

namespace app {

/// The requests of the control socket about a guest's networks (docs/control-protocol.md), all with
/// "network", the card's number from 0. The answer, with "ok"; null when `verb` is none of them.
[[nodiscard]] nlohmann::json answerNetworkRequest(engine::Vm& vm, const std::string& verb,
                                                  const nlohmann::json& parameters);

} // namespace app
