// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "memory/host_block.h"

#include <cstdint>
#include <memory>

namespace engine::display {

/// How one pixel lies in memory.
enum class PixelFormat : std::uint8_t {
    Xrgb32, ///< 32 bits, little endian, 0x00RRGGBB; the upper byte means nothing and may hold anything
};

/// One picture that viewers may read: where its pixels are and how they are laid out. An immutable
/// value; a change of size or place makes a new one with a higher `sequence`. It keeps its memory
/// alive, so a viewer that is late reads old pixels, never foreign memory.
///
/// The block is a sealed memfd (HostBlock::fd()), so that another process can map it. In linear
/// 32-bit modes it is the guest's own video memory. Pixels change while they are read: a viewer
/// copies them and may see half a change; the damage that follows repairs it.
struct FrameDescriptor {
    std::uint32_t width = 0;  ///< pixels
    std::uint32_t height = 0; ///< pixels
    std::uint32_t stride = 0; ///< bytes from one row to the next, a multiple of 4
    PixelFormat format = PixelFormat::Xrgb32;
    std::shared_ptr<HostBlock> block; ///< null: there is no picture yet
    std::uint64_t offset = 0;         ///< of the first pixel in the block, in bytes, a multiple of 4
    std::uint64_t sequence = 0;       ///< grows with every new descriptor of one source

    [[nodiscard]] bool isValid() const { return block != nullptr && width != 0 && height != 0; }
    bool operator==(const FrameDescriptor&) const = default;
};

/// True when all rows of the frame lie inside its block. Sources only publish such frames.
[[nodiscard]] inline bool isContained(const FrameDescriptor& frame)
{
    if (!frame.isValid() || frame.stride / 4 < frame.width)
        return false;
    // 32-bit factors: the product and the sum fit into 64 bits.
    const std::uint64_t bytes =
        std::uint64_t{frame.stride} * (frame.height - 1) + std::uint64_t{frame.width} * 4;
    return frame.offset <= frame.block->sizeBytes() && bytes <= frame.block->sizeBytes() - frame.offset;
}

} // namespace engine::display
