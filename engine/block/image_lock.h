// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <cstdint>
#include <string_view>

namespace engine::block {

/// How one program uses an image file while others may have it open.
enum class ImageUse : std::uint8_t {
    Inspect,   ///< looks at the header for a moment; takes no lock
    ReadOnly,  ///< reads; nobody may write meanwhile
    ReadWrite, ///< the only user
};

/// Takes the open-file-description locks that QEMU's programs take on images, so that two of our
/// processes, or one of ours and QEMU, never write the same one: byte 100 + n says "I do n", byte
/// 200 + n says "nobody else may do n", n being a block permission. The locks go with the
/// descriptor. Fails with Busy and a sentence when somebody else's use conflicts. File systems
/// without such locks are accepted.
[[nodiscard]] Result<> lockImage(int fd, ImageUse use, std::string_view path);

} // namespace engine::block
