// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "firmware/kernel_file.h"

#include <string>

namespace engine::firmware {

/// True when the file has a valid Multiboot header (Multiboot Specification 0.6.96, section 3.1) in
/// its first 8 KiB.
[[nodiscard]] Result<bool> hasMultibootHeader(const KernelFile& file);

/// The text that a Multiboot loader hands over with a file. It begins with the file's name as one word:
/// GRUB passes the line by which it was told to load the file, and kernels skip its first word.
[[nodiscard]] std::string multibootText(const KernelFile& file, const std::string& arguments);

} // namespace engine::firmware
