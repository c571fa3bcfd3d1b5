// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace app {

/// "512M", "20G", "1.5G", "1073741824": bytes; suffixes are powers of 1024.
[[nodiscard]] engine::Result<std::uint64_t> parseSize(std::string_view text);

/// "1.5 GiB", for people.
[[nodiscard]] std::string formatSize(std::uint64_t bytes);

} // namespace app
