// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/input/input_sink.h"

#include <cstdint>
#include <optional>

namespace engine::usb {

/// The usage of a key on the keyboard page (HID Usage Tables 1.12, chapter 10); 0xe0 to 0xe7 are the
/// modifiers. nullopt for keys that the page does not have.
[[nodiscard]] std::optional<std::uint8_t> keyboardUsage(KeyCode code);

} // namespace engine::usb
