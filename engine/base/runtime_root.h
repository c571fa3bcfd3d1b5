// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <filesystem>

namespace engine {

/// Where this user's running guests meet: `$XDG_RUNTIME_DIR/guesthouse`, else `/tmp/guesthouse-UID`
/// (docs/control-protocol.md).
[[nodiscard]] std::filesystem::path runtimeRoot();

/// Makes one folder that only this user can enter; its parent exists. Denied when somebody else has
/// planted one there.
[[nodiscard]] Result<> makePrivateFolder(const std::filesystem::path& path);

} // namespace engine
