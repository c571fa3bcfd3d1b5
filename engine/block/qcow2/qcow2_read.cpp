// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/qcow2/active_request.h"

#include <algorithm>

namespace engine::block::qcow2 {

Async<BlockStatus> Qcow2Image::read(std::uint64_t offset, IoVectors into)
{
    const ActiveRequest active(*this);
    const BlockStatus status = co_await readAny(offset, std::move(into));
    co_return status;
}

Async<BlockStatus> Qcow2Image::readAny(std::uint64_t offset, IoVectors into)
{
    const std::uint64_t total = into.sizeBytes();
    AsyncGroup parts;
    BlockStatus status = BlockStatus::Ok;
    for (std::uint64_t done = 0; done < total && status == BlockStatus::Ok;) {
        const std::optional<Mapping> run = m_map.lookup(offset + done, total - done);
        if (!run) {
            status = co_await m_map.load(offset + done);
            continue;
        }
        if (run->length == total && run->kind == Mapping::Kind::Data) {
            status = co_await m_io->read(run->host, into); // the usual case: nothing to split
            co_return status;
        }
        parts.start(readRun(*run, offset + done, into.slice(done, run->length)));
        done += run->length;
    }
    const BlockStatus partStatus = co_await parts.wait();
    co_return status == BlockStatus::Ok ? partStatus : status;
}

Async<BlockStatus> Qcow2Image::readRun(Mapping run, std::uint64_t offset, IoVectors into)
{
    BlockStatus status = BlockStatus::Ok;
    switch (run.kind) {
    case Mapping::Kind::Data: status = co_await m_io->read(run.host, into); break;
    case Mapping::Kind::Zero: into.fillZero(0, into.sizeBytes()); break;
    case Mapping::Kind::Unallocated: status = co_await readBase(offset, std::move(into)); break;
    case Mapping::Kind::Compressed:
        status = co_await readCompressed(run.host, offset & (m_header.clusterBytes() - 1), std::move(into));
        break;
    case Mapping::Kind::Corrupt:
        status = co_await markCorrupt("a cluster of the disk is mapped to an impossible place");
        break;
    }
    co_return status;
}

Async<BlockStatus> Qcow2Image::readBase(std::uint64_t offset, IoVectors into)
{
    const std::uint64_t total = into.sizeBytes();
    const std::uint64_t baseBytes = m_base ? m_base->capacity() : 0;
    const std::uint64_t fromBase = offset < baseBytes ? std::min(total, baseBytes - offset) : 0;
    into.fillZero(fromBase, total - fromBase);
    if (fromBase == 0)
        co_return BlockStatus::Ok;
    const BlockStatus status = co_await m_base->read(offset, into.slice(0, fromBase));
    co_return status;
}

Async<BlockStatus> Qcow2Image::readCompressed(std::uint64_t entry, std::uint64_t inCluster, IoVectors into)
{
    if (const std::vector<std::byte>* contents = m_unpacked.find(entry)) {
        into.copyFrom(std::span(*contents).subspan(inCluster, into.sizeBytes()));
        co_return BlockStatus::Ok;
    }
    const CompressedExtent extent = compressedExtent(entry, m_header.clusterBits);
    if (extent.offset >> m_header.clusterBits >= m_refcounts.endCluster()) {
        const BlockStatus status =
            co_await markCorrupt("a compressed cluster lies beyond the end of the file");
        co_return status;
    }
    std::vector<std::byte> packed(extent.length);
    IoVectors vectors;
    vectors.append(packed.data(), packed.size());
    const BlockStatus status = co_await m_io->read(extent.offset, vectors);
    if (status != BlockStatus::Ok)
        co_return status;
    std::vector<std::byte> contents(m_header.clusterBytes());
    if (!unpackCluster(m_header.compression, packed, contents)) {
        if (m_io->log() != nullptr)
            m_io->log()->error("disk", "a compressed cluster of the image can't be unpacked; it is damaged");
        co_return BlockStatus::IoError;
    }
    into.copyFrom(std::span(contents).subspan(inCluster, into.sizeBytes()));
    m_unpacked.put(entry, std::move(contents));
    co_return BlockStatus::Ok;
}

Async<ImageRun> Qcow2Image::mapOwn(std::uint64_t offset, std::uint64_t length)
{
    std::optional<Mapping> run = m_map.lookup(offset, length);
    while (!run) {
        const BlockStatus status = co_await m_map.load(offset);
        if (status != BlockStatus::Ok)
            co_return ImageRun{.status = status};
        run = m_map.lookup(offset, length);
    }
    ImageRun result{.length = run->length};
    if (run->kind == Mapping::Kind::Zero)
        result.kind = ImageRun::Kind::Zero;
    else if (run->kind == Mapping::Kind::Unallocated)
        result.kind = ImageRun::Kind::Absent;
    co_return result;
}

Async<ImageRun> Qcow2Image::map(std::uint64_t offset, std::uint64_t length)
{
    ImageRun run = co_await mapOwn(offset, length);
    if (run.status != BlockStatus::Ok || run.kind != ImageRun::Kind::Absent)
        co_return run;
    const std::uint64_t baseBytes = m_base ? m_base->capacity() : 0;
    if (offset >= baseBytes) {
        run.kind = ImageRun::Kind::Zero;
        co_return run;
    }
    run = co_await m_base->map(offset, std::min(run.length, baseBytes - offset));
    co_return run;
}

} // namespace engine::block::qcow2
