// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "vm/vm_config.h"

#include <string>
#include <string_view>
#include <vector>

namespace app {

/// "user|isolated|internal:NAME|tap:INTERFACE|none[,model=e1000e|virtio][,mac=ADDRESS][,host-access]"
[[nodiscard]] engine::Result<engine::NetworkConfig> parseNetworkOption(std::string_view text);

/// What run's --network (each), --forward (each) and --capture say; forwards and capture belong to the
/// first card. Without --network there is one card on the user network.
[[nodiscard]] engine::Result<std::vector<engine::NetworkConfig>>
parseNetworks(const std::vector<std::string>& networks, const std::vector<std::string>& forwards,
              const std::string& captureFile);

/// --tftp and --bootfile: what a network boot finds on the user network.
[[nodiscard]] engine::Result<> setNetworkBoot(std::vector<engine::NetworkConfig>& networks,
                                              const std::string& folder, const std::string& bootFile);

} // namespace app
