// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/display/video_memory.h"

#include <array>
#include <cstdint>
#include <span>

namespace engine::display {

/// Where a row's bytes come from: video memory from `offset` (a multiple of 4), wrapping at its end.
struct ByteSource {
    const VideoMemory& memory;
    std::uint32_t offset = 0;
};

/// Each fills all of `pixels` with 0x00RRGGBB, the leftmost first.
void convertPlanar(ByteSource from, std::uint8_t planes, const std::array<std::uint32_t, 16>& palette,
                   std::span<std::uint32_t> pixels);
void convertInterleaved(ByteSource from, std::uint8_t planes, const std::array<std::uint32_t, 16>& palette,
                        std::span<std::uint32_t> pixels);
void convertIndexed(ByteSource from, const std::array<std::uint32_t, 256>& palette,
                    std::span<std::uint32_t> pixels);
void convert15(ByteSource from, bool bigEndian, std::span<std::uint32_t> pixels);
void convert16(ByteSource from, bool bigEndian, std::span<std::uint32_t> pixels);
void convert24(ByteSource from, bool bigEndian, std::span<std::uint32_t> pixels);
void convert32(ByteSource from, bool bigEndian, std::span<std::uint32_t> pixels);

} // namespace engine::display
