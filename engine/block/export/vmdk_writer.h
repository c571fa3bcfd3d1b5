// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "block/convert_image.h"

namespace engine::block {

/// Writes the disk as a stream-optimised VMDK (Virtual Disk Format 5.0, "Stream-Optimized Compressed
/// Sparse Extents"), the form that OVF packages use. The new file is removed when it fails or is
/// stopped; an existing one is never touched.
[[nodiscard]] Result<> writeStreamVmdk(ImageReader& source, const std::filesystem::path& target,
                                       const Progress& progress = {});

} // namespace engine::block
