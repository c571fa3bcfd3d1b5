// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>

namespace console {

/// The XT (set 1) number of a key in a QEMU extended key event, 0x80 added for E0-prefixed keys.
/// `evdevCode` as in linux/input-event-codes.h. nullopt for keys that have no such number.
[[nodiscard]] std::optional<std::uint32_t> scanCodeFromEvdev(std::uint32_t evdevCode);

} // namespace console
