// SPDX-License-Identifier: GPL-3.0-or-later
#include "rfb/frame_memory.h"

#include <cstring>
#include <new>

namespace console {

ZeroedBytes allocateZeroed(std::size_t size)
{
    auto* bytes = static_cast<std::uint8_t*>(std::calloc(size, 1));
    if (!bytes)
        throw std::bad_alloc();
    return ZeroedBytes(bytes);
}

OwnFrame::OwnFrame(int width, int height, ZeroedBytes pixels)
    : FrameMemory(width, height, static_cast<std::size_t>(width) * 4, pixels.get()),
      m_memory(std::move(pixels))
{}

std::shared_ptr<OwnFrame> OwnFrame::create(int width, int height)
{
    const std::size_t bytes = static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 4;
    return std::shared_ptr<OwnFrame>(new OwnFrame(width, height, allocateZeroed(bytes)));
}

void OwnFrame::copyFrom(const std::uint8_t* picture, const FrameRect& rect)
{
    const std::scoped_lock lock(mutex());
    for (int row = rect.y; row < rect.y + rect.height; ++row) {
        const std::size_t at =
            static_cast<std::size_t>(row) * stride() + static_cast<std::size_t>(rect.x) * 4;
        std::memcpy(m_memory.get() + at, picture + at, static_cast<std::size_t>(rect.width) * 4);
    }
}

} // namespace console
