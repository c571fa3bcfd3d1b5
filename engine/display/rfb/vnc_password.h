// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace engine::display::rfb {

/// RFC 6143 section 7.2.2: the viewer encrypts our challenge with DES under the password.
using VncChallenge = std::array<std::byte, 16>;

/// A fresh challenge from the kernel's random numbers.
[[nodiscard]] VncChallenge makeVncChallenge();
/// What a viewer that knows `password` answers; only its first eight bytes count.
[[nodiscard]] VncChallenge answerVncChallenge(const VncChallenge& challenge, std::string_view password);
/// Compares in constant time.
[[nodiscard]] bool isSameAnswer(std::span<const std::byte, 16> a, std::span<const std::byte, 16> b);

} // namespace engine::display::rfb
