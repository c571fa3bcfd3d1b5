// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "firmware/kernel_file.h"

namespace engine::firmware {

/// True when the file has a valid Multiboot header (Multiboot Specification 0.6.96, section 3.1) in
/// its first 8 KiB.
[[nodiscard]] Result<bool> hasMultibootHeader(const KernelFile& file);

} // namespace engine::firmware
