// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>

namespace engine {

/// How hard a guest wants its machine to be reset.
enum class ResetKind : std::uint8_t {
    Init,       ///< only the processors (INIT#): port 92, keyboard controller, CF9 with 04
    Hard,       ///< processors and devices (PLTRST#): CF9 with 06
    PowerCycle, ///< as if power had been away: CF9 with 0E
};

/// Called on the vCPU's thread, without a device lock; it only posts the request.
using ResetCallback = std::function<void(ResetKind)>;

} // namespace engine
