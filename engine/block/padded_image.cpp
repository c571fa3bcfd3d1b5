// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/padded_image.h"

#include <algorithm>

namespace engine::block {

std::uint64_t PaddedImage::inside(std::uint64_t offset, std::uint64_t length) const
{
    const std::uint64_t end = m_image->capacity();
    return offset >= end ? 0 : std::min(length, end - offset);
}

Async<BlockStatus> PaddedImage::read(std::uint64_t offset, IoVectors into)
{
    const std::uint64_t length = into.sizeBytes();
    const std::uint64_t held = inside(offset, length);
    into.fillZero(held, length - held);
    if (held == 0)
        co_return BlockStatus::Ok;
    const BlockStatus status = co_await m_image->read(offset, into.slice(0, held));
    co_return status;
}

Async<ImageRun> PaddedImage::map(std::uint64_t offset, std::uint64_t length)
{
    const std::uint64_t held = inside(offset, length);
    if (held == 0)
        co_return ImageRun{.kind = ImageRun::Kind::Zero, .length = length};
    const ImageRun run = co_await m_image->map(offset, held);
    co_return run;
}

Async<BlockStatus> PaddedImage::write(std::uint64_t offset, IoVectors from)
{
    if (inside(offset, from.sizeBytes()) != from.sizeBytes()) {
        const BlockStatus grown = co_await m_image->grow(m_capacity);
        if (grown != BlockStatus::Ok)
            co_return grown;
    }
    const BlockStatus status = co_await m_image->write(offset, std::move(from));
    co_return status;
}

Async<BlockStatus> PaddedImage::discard(std::uint64_t offset, std::uint64_t length)
{
    const std::uint64_t held = inside(offset, length);
    if (held == 0)
        co_return BlockStatus::Ok;
    const BlockStatus status = co_await m_image->discard(offset, held);
    co_return status;
}

Async<BlockStatus> PaddedImage::writeZeroes(std::uint64_t offset, std::uint64_t length, bool mayUnmap)
{
    const std::uint64_t held = inside(offset, length);
    if (held == 0)
        co_return BlockStatus::Ok;
    const BlockStatus status = co_await m_image->writeZeroes(offset, held, mayUnmap);
    co_return status;
}

Async<BlockStatus> PaddedImage::grow(std::uint64_t capacity)
{
    if (capacity < m_capacity)
        co_return BlockStatus::OutOfRange;
    const BlockStatus status = co_await m_image->grow(capacity);
    if (status == BlockStatus::Ok)
        m_capacity = capacity;
    co_return status;
}

} // namespace engine::block
