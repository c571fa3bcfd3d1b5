// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "rfb/connection_observer.h"

#include <QCursor>
#include <QImage>

namespace console {

/// The guest's pointer image as a cursor of ours; blank when it has no pixels. `scale` is logical
/// pixels per guest pixel, `ratio` the screen's devicePixelRatio.
[[nodiscard]] QCursor guestCursor(const CursorImage& image, qreal scale, qreal ratio);

/// The pixels of the guest's pointer image; null when it has none.
[[nodiscard]] QImage pointerPixels(const CursorImage& image);

/// A small dot: the guest draws its own pointer, and this shows where ours is.
[[nodiscard]] QCursor dotCursor(qreal ratio);

} // namespace console
