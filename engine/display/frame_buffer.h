// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "display/damage_region.h"
#include "display/frame_descriptor.h"

#include <cstdint>
#include <span>

namespace engine::display {

/// The picture that the scan-out draws itself, in a memfd of its own. Rows are compared before they are
/// written, so that only what really changed is copied and reported. One thread.
class FrameBuffer {
public:
    /// Pictures beyond this many pixels are not drawn; the guest asked for something absurd.
    static constexpr std::uint64_t MaxPixels = 32 << 20;

    /// A picture of this size, black. Reuses the memory where it fits.
    [[nodiscard]] Result<> resize(std::uint32_t width, std::uint32_t height);
    /// Gives the pixels' memory back to the host; the picture stays, black.
    void release();
    /// Lets go of the picture; whoever shows it still keeps its memory.
    void discard();
    [[nodiscard]] std::uint32_t width() const { return m_width; }
    [[nodiscard]] std::uint32_t height() const { return m_height; }
    [[nodiscard]] std::uint32_t stride() const { return m_width * 4; }
    [[nodiscard]] const std::shared_ptr<HostBlock>& block() const { return m_block; }

    /// Puts pixels at (x, y) of row y and returns the part of the row that differed (in x, width).
    /// `pixels` lies inside the row.
    [[nodiscard]] Rect update(std::uint32_t x, std::uint32_t y, std::span<const std::uint32_t> pixels);
    /// Copies `rows` rows, which lie inside the picture before and after; they may overlap.
    void moveRows(std::uint32_t from, std::uint32_t to, std::uint32_t rows);
    /// The pixels of row y. Written by this class only; other processes may have it mapped.
    [[nodiscard]] std::span<const std::uint32_t> row(std::uint32_t y) const;

private:
    [[nodiscard]] std::uint32_t* rowAt(std::uint32_t y) const;

    std::shared_ptr<HostBlock> m_block;
    std::uint32_t m_width = 0;
    std::uint32_t m_height = 0;
};

} // namespace engine::display
