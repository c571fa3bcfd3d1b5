// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace engine::conformance {

/// "12", "0x1f" or "017" as a C compiler reads it; nullopt for anything else.
[[nodiscard]] std::optional<std::uint64_t> parseNumber(std::string_view text);
/// "0x" and at least `digits` lower-case digits.
[[nodiscard]] std::string formatHex(std::uint64_t value, std::size_t digits);

/// Two lower-case digits a byte.
[[nodiscard]] std::string encodeHex(std::span<const std::byte> data);
/// With a leading "0x"; nullopt for an odd number of digits or other letters.
[[nodiscard]] std::optional<std::vector<std::byte>> decodeHex(std::string_view text);

/// RFC 4648, with padding.
[[nodiscard]] std::string encodeBase64(std::span<const std::byte> data);
[[nodiscard]] std::optional<std::vector<std::byte>> decodeBase64(std::string_view text);

} // namespace engine::conformance
