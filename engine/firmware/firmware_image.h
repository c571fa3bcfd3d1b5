// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "firmware/byte_writer.h"

#include <cstdint>
#include <filesystem>

namespace engine::firmware {

enum class ImageKind : std::uint8_t {
    Bios,          ///< PC BIOS; ends at 4 GiB, starts at FFFFFFF0h
    UefiCode,      ///< UEFI volumes with the reset vector, without room for variables
    UefiVariables, ///< a UEFI variable store
    OptionRom,     ///< PCI expansion ROM
};

struct FirmwareImage {
    std::filesystem::path path;
    ImageKind kind{};
    Bytes content;
};

/// Reads a firmware image and checks that it is one of the expected kind with a usable size: BIOS
/// 64 KiB to 1 MiB in steps of 64 KiB, UEFI 64 KiB to 16 MiB in steps of 4 KiB, option ROM 512 bytes
/// to 1 MiB. Every refusal is a sentence that names the file.
[[nodiscard]] Result<FirmwareImage> readImage(const std::filesystem::path& path, ImageKind expected);

/// The same for an image of the user's choice: a BIOS or UEFI code, as its contents tell.
[[nodiscard]] Result<FirmwareImage> readUserImage(const std::filesystem::path& path);

} // namespace engine::firmware
