// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "block/create_image.h"
#include "block/image.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>

namespace engine::block {

/// How long work reports and how it is stopped. `report` gets bytes done of bytes in total, on the
/// thread that does the work, about a hundred times.
struct Progress {
    std::function<void(std::uint64_t done, std::uint64_t total)> report = {};
    std::stop_token stop = {};
};

/// Copies the disk's contents into a new image; ranges of zeros take no space there. When it fails
/// or is stopped (Cancelled), the new file is removed.
[[nodiscard]] Result<> convertImage(ImageReader& source, const std::filesystem::path& target,
                                    const CreateImageOptions& options, const Progress& progress = {});

/// Rewrites an image without what it no longer needs: zeros, discarded and leaked clusters. The old
/// file is replaced in one step when the new one is on stable storage (qcow2), or gets holes where
/// it holds zeros (raw). Bytes saved. Refuses images with internal snapshots.
[[nodiscard]] Result<std::uint64_t> compactImage(const std::filesystem::path& path, ImageFormat format,
                                                 const BasePolicy& bases = {}, const Progress& progress = {});

/// Writes everything that the overlay holds into its base, which then has the overlay's contents
/// (other overlays over the same base become useless: the caller knows). The overlay stays valid.
[[nodiscard]] Result<> commitImage(const std::filesystem::path& overlay, const BasePolicy& bases = {},
                                   const Progress& progress = {});

/// Makes a disk larger. Shrinking is refused.
[[nodiscard]] Result<> resizeImage(const std::filesystem::path& path, ImageFormat format,
                                   std::uint64_t capacityBytes, const BasePolicy& bases = {});

} // namespace engine::block
