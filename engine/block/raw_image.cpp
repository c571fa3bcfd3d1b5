// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/raw_image.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace engine::block {

namespace {

constexpr std::uint64_t SectorBytes = 512;

} // namespace

IoVectors zeroVectors(std::uint64_t length)
{
    alignas(4096) static const std::array<std::byte, 65536> Zeros{};
    IoVectors vectors;
    while (length != 0) {
        const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(length, Zeros.size()));
        vectors.append(const_cast<std::byte*>(Zeros.data()), part); // iovec knows no const; only read
        length -= part;
    }
    return vectors;
}

Async<BlockStatus> writeZeroBytes(FileIo& io, std::uint64_t offset, std::uint64_t length)
{
    constexpr std::uint64_t PartBytes = 1024 * 1024;
    while (length != 0) {
        const std::uint64_t part = std::min(length, PartBytes);
        const IoVectors zeros = zeroVectors(part);
        const BlockStatus status = co_await io.write(offset, zeros);
        if (status != BlockStatus::Ok)
            co_return status;
        offset += part;
        length -= part;
    }
    co_return BlockStatus::Ok;
}

Result<std::unique_ptr<RawImage>> RawImage::open(std::shared_ptr<FileIo> io)
{
    const std::uint64_t size = VM_TRY(io->file().size());
    const std::uint64_t capacity = (size + SectorBytes - 1) / SectorBytes * SectorBytes;
    return std::unique_ptr<RawImage>(new RawImage(std::move(io), capacity));
}

Async<BlockStatus> RawImage::read(std::uint64_t offset, IoVectors into)
{
    const BlockStatus status = co_await m_io->read(offset, into);
    co_return status;
}

Async<BlockStatus> RawImage::write(std::uint64_t offset, IoVectors from)
{
    const BlockStatus status = co_await m_io->write(offset, from);
    co_return status;
}

Async<BlockStatus> RawImage::flush()
{
    if (isReadOnly())
        co_return BlockStatus::Ok;
    const BlockStatus status = co_await m_io->syncData();
    co_return status;
}

Async<ImageRun> RawImage::map(std::uint64_t offset, std::uint64_t length)
{
    ImageRun run{.length = length};
    const int fd = m_io->file().fd();
    const off_t data = ::lseek(fd, static_cast<off_t>(offset), SEEK_DATA);
    if (data < 0) {
        // ENXIO: only a hole is left. Anything else: this host can't tell, so it is all data.
        run.kind = errno == ENXIO ? ImageRun::Kind::Zero : ImageRun::Kind::Data;
        co_return run;
    }
    const auto dataStart = static_cast<std::uint64_t>(data);
    if (dataStart > offset) {
        run.kind = ImageRun::Kind::Zero;
        run.length = std::min(length, dataStart - offset);
        co_return run;
    }
    const off_t hole = ::lseek(fd, data, SEEK_HOLE);
    if (hole > data)
        run.length = std::min(length, static_cast<std::uint64_t>(hole) - offset);
    co_return run;
}

Async<BlockStatus> RawImage::discard(std::uint64_t offset, std::uint64_t length)
{
    if (length == 0 || !canDiscard())
        co_return BlockStatus::Ok;
    const BlockStatus status = co_await m_io->punchHole(offset, length);
    if (m_io->lacksPunchHole())
        co_return BlockStatus::Ok; // a hint that this host can't take
    co_return status;
}

Async<BlockStatus> RawImage::writeZeroes(std::uint64_t offset, std::uint64_t length, bool mayUnmap)
{
    if (length == 0)
        co_return BlockStatus::Ok;
    if (mayUnmap && !m_io->lacksPunchHole()) {
        const BlockStatus status = co_await m_io->punchHole(offset, length);
        if (!m_io->lacksPunchHole())
            co_return status;
    }
    if (!m_io->lacksZeroRange()) {
        const BlockStatus status = co_await m_io->zeroRange(offset, length);
        if (!m_io->lacksZeroRange())
            co_return status;
    }
    const BlockStatus status = co_await writeZeroBytes(*m_io, offset, length);
    co_return status;
}

Async<BlockStatus> RawImage::grow(std::uint64_t capacity)
{
    if (capacity < m_capacity || capacity % SectorBytes != 0 || m_io->file().isBlockDevice())
        co_return BlockStatus::OutOfRange;
    if (!m_io->file().truncate(capacity))
        co_return BlockStatus::IoError;
    m_capacity = capacity;
    co_return BlockStatus::Ok;
}

} // namespace engine::block
