// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "display/display_source.h"
#include "display/frame_descriptor.h"

#include <filesystem>

namespace engine::display {

/// Writes the picture to `path` as an 8-bit RGB PNG (libpng). The file appears whole or not at all: it is
/// written beside its place and renamed. The pixels are copied first, row by row; a guest that draws
/// meanwhile may leave a torn picture, no more. `pointer`, where there is one, is drawn over it. Any thread.
[[nodiscard]] Result<> writePng(const FrameDescriptor& frame, const std::filesystem::path& path,
                                const CursorShape* pointer = nullptr, PointerPosition at = {});

} // namespace engine::display
