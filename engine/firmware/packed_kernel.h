// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "firmware/kernel_file.h"

#include <string>

namespace engine::firmware {

/// Opens a kernel. One that is packed with gzip (as distributions ship Multiboot kernels, because boot
/// loaders unpack them) is unpacked into memory; it may grow to 512 MiB.
[[nodiscard]] Result<KernelFile> openKernel(const std::string& path);

} // namespace engine::firmware
