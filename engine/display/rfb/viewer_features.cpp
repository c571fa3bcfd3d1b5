// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/rfb/viewer_features.h"

namespace engine::display::rfb {

ViewerFeatures featuresFrom(std::span<const std::int32_t> encodings)
{
    ViewerFeatures features;
    bool havePixels = false;
    for (const std::int32_t number : encodings) {
        const auto encoding = static_cast<Encoding>(number);
        if (encoding >= Encoding::CompressLevel0 && encoding <= Encoding::CompressLevel9) {
            features.compressionLevel = number - static_cast<std::int32_t>(Encoding::CompressLevel0);
            continue;
        }
        switch (encoding) {
        case Encoding::Raw:
        case Encoding::Tight:
        case Encoding::Zrle:
            if (!havePixels)
                features.pixels = encoding;
            havePixels = true;
            break;
        case Encoding::DesktopSize: features.desktopSize = true; break;
        case Encoding::CopyRect: features.copyRect = true; break;
        case Encoding::PointerPosition: features.pointerPosition = true; break;
        case Encoding::Cursor: features.cursor = true; break;
        case Encoding::PointerMotionChange: features.pointerMotion = true; break;
        case Encoding::ExtendedKeyEvent: features.extendedKeys = true; break;
        case Encoding::LedState: features.ledState = true; break;
        case Encoding::DesktopName: features.desktopName = true; break;
        case Encoding::ExtendedDesktopSize: features.extendedDesktopSize = true; break;
        case Encoding::Fence: features.fence = true; break;
        case Encoding::ContinuousUpdates: features.continuousUpdates = true; break;
        case Encoding::AlphaCursor: features.alphaCursor = true; break;
        case Encoding::ExtendedMouseButtons: features.extendedMouseButtons = true; break;
        case Encoding::SharedFrame: features.sharedFrame = true; break;
        default: break;
        }
    }
    return features;
}

} // namespace engine::display::rfb
