// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "display/rfb/protocol.h"

#include <cstdint>
#include <optional>
#include <span>

namespace engine::display::rfb {

/// What a viewer has said it understands (RFC 6143 section 7.5.2).
struct ViewerFeatures {
    Encoding pixels = Encoding::Raw; ///< the first of its pixel encodings that we have
    int compressionLevel = 1;
    bool copyRect = false;
    bool pointerPosition = false;
    bool cursor = false;
    bool alphaCursor = false;
    bool desktopSize = false;
    bool extendedDesktopSize = false;
    bool extendedKeys = false;
    bool ledState = false;
    bool pointerMotion = false;
    bool desktopName = false;
    bool fence = false;
    bool continuousUpdates = false;
    bool extendedMouseButtons = false;
    bool sharedFrame = false;
};

[[nodiscard]] ViewerFeatures featuresFrom(std::span<const std::int32_t> encodings);

} // namespace engine::display::rfb
