// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace engine::block {

/// One line of the extent description of a VMDK descriptor.
struct VmdkExtentLine {
    enum class Kind : std::uint8_t { Flat, Sparse, Zero };
    Kind kind = Kind::Flat;
    std::uint64_t sectors = 0;
    std::string fileName;            ///< no folders in it
    std::uint64_t offsetSectors = 0; ///< Flat: where the data starts in the file
};

struct VmdkDescriptor {
    std::string createType;
    bool hasParent = false;
    std::vector<VmdkExtentLine> extents;
};

/// Parses the text of a descriptor (Virtual Disk Format 5.0, "The Descriptor File"). The message of
/// a failure says only what is wrong; the caller adds the file.
[[nodiscard]] Result<VmdkDescriptor> parseVmdkDescriptor(std::string_view text);

} // namespace engine::block
