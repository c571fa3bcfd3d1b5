// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/input/input_sink.h"

#include <cstdint>
#include <optional>

namespace engine::display::rfb {

/// The key behind the number of a QEMU extended key event: an XT (set 1) scan code, with 0x80 added
/// for keys that have an E0 prefix. nullopt for numbers that no keyboard has.
[[nodiscard]] std::optional<KeyCode> keyFromScanCode(std::uint32_t scanCode);

/// For viewers that send X keysyms only: the key that makes this symbol on a US keyboard, with or
/// without Shift (viewers send Shift as a key of its own).
[[nodiscard]] std::optional<KeyCode> keyFromKeysym(std::uint32_t keysym);

} // namespace engine::display::rfb
