// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "block/import/foreign_image.h"

#include <algorithm>
#include <memory>
#include <vector>

namespace fuzz {

/// Reads the start, the end and some of what lies between.
inline void readAround(engine::Result<std::unique_ptr<engine::block::ImageReader>> opened)
{
    using namespace engine::block;
    if (!opened)
        return;
    ImageReader& image = **opened;
    std::vector<std::byte> bytes(70000);
    const std::uint64_t capacity = image.capacity();
    for (std::uint64_t step = 0; step < 16; ++step) {
        const std::uint64_t offset = capacity / 16 * step / 512 * 512;
        const std::uint64_t length = std::min<std::uint64_t>(bytes.size(), capacity - offset);
        if (length == 0)
            continue;
        (void)runBlocking(image.map(offset, length));
        engine::IoVectors into;
        into.append(bytes.data(), length);
        (void)runBlocking(image.read(offset, std::move(into)));
    }
}

} // namespace fuzz
