// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/event_loop.h"
#include "vm/vm.h"

#include <memory>

namespace app {

/// The host's end of a guest's serial port: the terminal this process runs in, a file that is
/// appended to, or a local socket that one peer at a time connects to. Output is written by a thread
/// of its own; what a slow reader does not take is kept up to 1 MiB and then dropped, so that it never
/// holds up the guest. Null for SerialKind::None.
[[nodiscard]] engine::Result<std::shared_ptr<engine::SerialBackend>>
createSerialBackend(const engine::SerialConfig& config);

} // namespace app
