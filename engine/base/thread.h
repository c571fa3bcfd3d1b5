// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace engine {

/// Names the calling thread for debuggers and `top` ("vm0/vcpu1"). The kernel keeps 15 bytes.
void setThreadName(std::string_view name);

} // namespace engine
