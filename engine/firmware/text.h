// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

namespace engine::firmware {

/// "0x100000", for addresses in error messages.
[[nodiscard]] std::string hexText(std::uint64_t value);
/// "17 bytes", "12 KiB", "3 MiB": rounded up, for sizes in error messages.
[[nodiscard]] std::string sizeText(std::uint64_t bytes);

} // namespace engine::firmware
