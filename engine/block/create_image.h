// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "block/open_image.h"

#include <cstdint>
#include <filesystem>
#include <optional>

namespace engine::block {

struct CreateImageOptions {
    ImageFormat format = ImageFormat::Qcow2;
    std::uint64_t capacityBytes = 0; ///< a multiple of 512; 0 with a base: as large as the base
    unsigned clusterBits = 16;       ///< qcow2
    /// qcow2: makes an overlay (linked clone) over this image. The name is stored relative to the new
    /// image when both are in one folder tree.
    std::optional<std::filesystem::path> base = std::nullopt;
    ImageFormat baseFormat = ImageFormat::Qcow2;
};

constexpr std::uint64_t MaxDiskBytes = 1ULL << 50;

/// Creates a new, sparse image file; removes it again when something fails. An existing file is
/// never touched.
[[nodiscard]] Result<> createImage(const std::filesystem::path& path, const CreateImageOptions& options);

} // namespace engine::block
