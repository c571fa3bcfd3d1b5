// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace engine::display {

/// What the virtual monitor says about itself.
struct EdidDescription {
    std::uint32_t preferredWidth = 1280; ///< pixels; clamped to 64 ... 4088; see wholeCharacters
    std::uint32_t preferredHeight = 800; ///< pixels; clamped to 64 ... 4095
    std::uint32_t refreshHertz = 60;     ///< clamped to 30 ... 120
    std::uint32_t dotsPerInch = 100;     ///< decides the size in millimetres; clamped to 40 ... 600
    bool wholeCharacters = true;         ///< false: the width is kept to the pixel, which a VGA cannot show
    std::string monitorName = "Guesthouse"; ///< at most 13 characters are kept
    bool operator==(const EdidDescription&) const = default;
};

inline constexpr std::size_t EdidBytes = 128;

/// The base block of VESA E-EDID release A, revision 2 (EDID 1.4), with the preferred mode as its first
/// detailed timing (reduced blanking), established and standard timings for what fits below it, range limits
/// and the monitor's name. Pixel clocks past the format's 655.35 MHz lower the refresh rate.
[[nodiscard]] std::array<std::byte, EdidBytes> buildEdid(const EdidDescription& description);

} // namespace engine::display
