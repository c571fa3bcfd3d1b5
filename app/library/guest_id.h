// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace app {

/// A random UUID (RFC 9562, version 4) as text.
[[nodiscard]] std::string createGuestId();

} // namespace app
