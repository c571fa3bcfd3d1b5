// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "block/open_image.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

namespace engine::block {

/// Every format that can be read for conversion. Only raw and qcow2 are used by guests.
enum class SourceFormat : std::uint8_t { Raw, Qcow2, Vdi, Vmdk, Vhd, Vhdx };
[[nodiscard]] std::string_view toString(SourceFormat format);
[[nodiscard]] Result<SourceFormat> parseSourceFormat(std::string_view name);

/// Guesses from magic numbers. For files that the user has named, never for a guest's raw disk.
[[nodiscard]] Result<SourceFormat> detectSourceFormat(const std::filesystem::path& path);

/// A disk to read from; what it consists of stays open and locked against writers.
[[nodiscard]] Result<std::unique_ptr<ImageReader>>
openSource(const std::filesystem::path& path, SourceFormat format, const BasePolicy& bases = {});

} // namespace engine::block
