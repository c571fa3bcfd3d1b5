// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/qcow2/active_request.h"
#include "block/raw_image.h"

#include <algorithm>

namespace engine::block::qcow2 {

Async<BlockStatus> Qcow2Image::write(std::uint64_t offset, IoVectors from)
{
    const ActiveRequest active(*this);
    const std::uint64_t total = from.sizeBytes();
    AsyncGroup inPlace;
    BlockStatus status = m_isCorrupt ? BlockStatus::IoError : BlockStatus::Ok;
    for (std::uint64_t done = 0; done < total && status == BlockStatus::Ok;) {
        const std::uint64_t at = offset + done;
        const std::optional<Mapping> run = m_map.lookup(at, total - done);
        if (!run) {
            status = co_await m_map.load(at);
        } else if (run->kind == Mapping::Kind::Corrupt) {
            status = co_await markCorrupt("a cluster of the disk is mapped to an impossible place");
        } else if (run->kind == Mapping::Kind::Data && run->isWritable) {
            if (run->length == total) {
                status = co_await writeInPlace(run->host, std::move(from));
                co_return status;
            }
            inPlace.start(writeInPlace(run->host, from.slice(done, run->length)));
            done += run->length;
        } else {
            const Written written = co_await writeAllocating(at, from.slice(done, total - done));
            status = written.status;
            done += written.length;
        }
    }
    const BlockStatus inPlaceStatus = co_await inPlace.wait();
    co_return status == BlockStatus::Ok ? inPlaceStatus : status;
}

Async<BlockStatus> Qcow2Image::writeInPlace(std::uint64_t host, IoVectors from)
{
    const std::uint64_t first = host >> m_header.clusterBits;
    const std::uint64_t last = (host + from.sizeBytes() - 1) >> m_header.clusterBits;
    BlockStatus status = BlockStatus::Ok;
    if (m_metadata.overlaps(first, last - first + 1))
        status = co_await markCorrupt("a cluster of the disk is mapped to one of the image's own tables");
    else
        status = co_await m_io->write(host, from);
    co_return status;
}

/// Writes the first part of `from` to new clusters. Length 0 with Ok: the situation has changed
/// meanwhile, look again.
Async<Qcow2Image::Written> Qcow2Image::writeAllocating(std::uint64_t offset, IoVectors from)
{
    const std::optional<std::uint64_t> needed = m_map.lengthToAllocate(offset, from.sizeBytes());
    if (!needed || *needed == 0) {
        const BlockStatus status = co_await m_map.load(offset);
        co_return Written{.status = status};
    }
    const std::uint64_t first = offset >> m_header.clusterBits;
    const std::uint64_t last = (offset + *needed - 1) >> m_header.clusterBits;
    if (m_changing.isHeld(first, last)) {
        co_await m_changing.waitForRelease();
        co_return Written{};
    }
    const RangeLock::Guard guard(m_changing, first, last);
    BlockStatus status = co_await m_map.makeWritable(offset);
    if (status != BlockStatus::Ok)
        co_return Written{.status = status};
    const Allocation place = co_await m_refcounts.allocate(last - first + 1);
    if (place.status != BlockStatus::Ok) {
        status = place.status;
        if (m_refcounts.foundDamage())
            status = co_await markCorrupt("clusters that are counted as free belong to the image's tables");
        co_return Written{.status = status};
    }
    const std::uint64_t length = std::min(*needed, ((first + place.count) << m_header.clusterBits) - offset);
    status = co_await fillAllocation(place, offset, from.slice(0, length));
    if (status == BlockStatus::Ok) {
        status = co_await pointAt(place, offset);
    } else {
        for (std::uint64_t i = 0; i < place.count; ++i)
            (void)co_await m_refcounts.release(place.firstCluster + i); // at worst a leak
    }
    if (status == BlockStatus::Ok)
        status = co_await writeBackIfCrowded();
    co_return Written{.status = status, .length = length};
}

/// Writes new clusters as a whole: what the request brings, and around it what was there before.
Async<BlockStatus> Qcow2Image::fillAllocation(Allocation place, std::uint64_t offset, IoVectors from)
{
    const std::uint64_t clusterBytes = m_header.clusterBytes();
    const std::uint64_t head = offset % clusterBytes;
    const std::uint64_t end = offset + from.sizeBytes();
    const std::uint64_t tail = (clusterBytes - end % clusterBytes) % clusterBytes;
    std::uint64_t host = place.firstCluster << m_header.clusterBits;
    std::vector<std::byte> headBytes;
    std::vector<std::byte> tailBytes;
    bool needsHead = !place.isZero;
    bool needsTail = !place.isZero;
    IoVectors before;
    IoVectors after;
    BlockStatus status = co_await fillEdge(offset - head, head, before, headBytes, needsHead);
    if (status == BlockStatus::Ok)
        status = co_await fillEdge(end, tail, after, tailBytes, needsTail);
    if (status != BlockStatus::Ok)
        co_return status;
    IoVectors vectors;
    if (needsHead)
        vectors.append(before);
    else
        host += head;
    vectors.append(from);
    if (needsTail)
        vectors.append(after);
    status = co_await m_io->write(host, vectors);
    co_return status;
}

/// The old contents of a part of one cluster. `isNeeded` becomes true when they aren't zeros.
Async<BlockStatus> Qcow2Image::fillEdge(std::uint64_t offset, std::uint64_t length, IoVectors& vectors,
                                        std::vector<std::byte>& buffer, bool& isNeeded)
{
    if (length == 0)
        co_return BlockStatus::Ok;
    const ImageRun run = co_await mapOwn(offset, length);
    if (run.status != BlockStatus::Ok)
        co_return run.status;
    const std::uint64_t baseBytes = m_base ? m_base->capacity() : 0;
    if (run.kind == ImageRun::Kind::Zero || (run.kind == ImageRun::Kind::Absent && offset >= baseBytes)) {
        vectors = zeroVectors(length);
        co_return BlockStatus::Ok;
    }
    isNeeded = true;
    buffer.resize(length);
    vectors.append(buffer.data(), buffer.size());
    const BlockStatus status = co_await readAny(offset, vectors);
    co_return status;
}

/// Lets the guest clusters from `offset` on be the new host clusters.
Async<BlockStatus> Qcow2Image::pointAt(Allocation place, std::uint64_t offset)
{
    const std::uint64_t start = offset & ~(m_header.clusterBytes() - 1);
    for (std::uint64_t i = 0; i < place.count; ++i) {
        const std::uint64_t at = start + (i << m_header.clusterBits);
        std::optional<std::uint64_t> old = m_map.entry(at);
        while (!old) {
            const BlockStatus status = co_await m_map.load(at);
            if (status != BlockStatus::Ok)
                co_return status; // the other new clusters are leaked
            old = m_map.entry(at);
        }
        const std::uint64_t host = (place.firstCluster + i) << m_header.clusterBits;
        (void)m_map.setEntry(at, host | CopiedFlag); // the slice is there: entry() has just found it
        freeEntry(*old, false);
    }
    co_return BlockStatus::Ok;
}

} // namespace engine::block::qcow2
