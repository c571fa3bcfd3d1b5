// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/frame_buffer.h"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace engine::display {

Result<> FrameBuffer::resize(std::uint32_t width, std::uint32_t height)
{
    const std::uint64_t pixels = std::uint64_t{width} * height;
    if (pixels == 0 || pixels > MaxPixels)
        return fail(ErrorCode::Unsupported, "the guest's picture is larger than this host shows");
    const std::uint64_t needed = pixels * 4;
    // Memory of another size class is not kept: a viewer that is late reads the old picture there.
    if (!m_block || m_block->sizeBytes() < needed || m_block->sizeBytes() / 4 > needed)
        m_block = VM_TRY(HostBlock::create("frame", needed));
    else
        m_block->clear();
    m_width = width;
    m_height = height;
    return {};
}

void FrameBuffer::release()
{
    if (m_block)
        m_block->clear();
}

void FrameBuffer::discard()
{
    m_block.reset();
    m_width = 0;
    m_height = 0;
}

std::uint32_t* FrameBuffer::rowAt(std::uint32_t y) const
{
    assert(y < m_height);
    // SAFETY: the block holds m_height rows of stride() bytes and starts at a page.
    return reinterpret_cast<std::uint32_t*>(m_block->data() + std::size_t{y} * stride());
}

std::span<const std::uint32_t> FrameBuffer::row(std::uint32_t y) const
{
    return {rowAt(y), m_width};
}

void FrameBuffer::moveRows(std::uint32_t from, std::uint32_t to, std::uint32_t rows)
{
    assert(rows != 0 && from + rows <= m_height && to + rows <= m_height);
    std::memmove(rowAt(to), rowAt(from), std::size_t{rows} * stride());
}

Rect FrameBuffer::update(std::uint32_t x, std::uint32_t y, std::span<const std::uint32_t> pixels)
{
    assert(x + pixels.size() <= m_width);
    std::uint32_t* const target = rowAt(y) + x;
    if (std::memcmp(target, pixels.data(), pixels.size_bytes()) == 0)
        return {};
    const auto first = std::mismatch(pixels.begin(), pixels.end(), target).first - pixels.begin();
    std::ptrdiff_t last = std::ssize(pixels) - 1;
    while (target[last] == pixels[static_cast<std::size_t>(last)])
        --last;
    const auto length = static_cast<std::size_t>(last - first + 1);
    std::memcpy(target + first, pixels.data() + first, length * sizeof(std::uint32_t));
    return {.x = x + static_cast<std::uint32_t>(first),
            .y = y,
            .width = static_cast<std::uint32_t>(length),
            .height = 1};
}

} // namespace engine::display
