// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/qcow2/active_request.h"
#include "block/raw_image.h"

#include <algorithm>

namespace engine::block::qcow2 {

void Qcow2Image::freeEntry(std::uint64_t entry, bool givesSpaceBack)
{
    if ((entry & CompressedFlag) != 0) {
        const CompressedExtent extent = compressedExtent(entry, m_header.clusterBits);
        const std::uint64_t last = (extent.offset + extent.length - 1) >> m_header.clusterBits;
        for (std::uint64_t cluster = extent.offset >> m_header.clusterBits; cluster <= last; ++cluster)
            m_freed.push_back({.cluster = cluster, .givesSpaceBack = givesSpaceBack});
        return;
    }
    if (const std::uint64_t host = entry & OffsetMask; host != 0)
        m_freed.push_back({.cluster = host >> m_header.clusterBits, .givesSpaceBack = givesSpaceBack});
}

/// What an entry becomes when its contents no longer matter, or shall be zeros.
std::uint64_t Qcow2Image::droppedEntry(std::uint64_t old, bool mustBeZero, bool mayUnmap) const
{
    const bool hasZeroFlag = m_header.version >= 3;
    if (m_base && !hasZeroFlag)
        return old; // nothing could hide the base
    const std::uint64_t empty = m_base ? ZeroFlag : 0;
    const bool isCompressed = (old & CompressedFlag) != 0;
    const bool isZero = !isCompressed && hasZeroFlag && (old & ZeroFlag) != 0;
    const bool hasHost = isCompressed || (old & OffsetMask) != 0;
    if (isZero)
        return hasHost && mayUnmap ? empty : old;
    if (!hasHost)
        return mustBeZero ? empty : old;
    if (!mayUnmap && hasZeroFlag && !isCompressed && (old & CopiedFlag) != 0)
        return old | ZeroFlag; // keeps its place
    return empty;
}

/// For whole clusters. Entries change in memory; the clusters are free after the next write-back.
Async<BlockStatus> Qcow2Image::dropClusters(std::uint64_t offset, std::uint64_t length, bool mustBeZero,
                                            bool mayUnmap)
{
    const std::uint64_t end = offset + length;
    while (offset < end) {
        if (!m_map.hasTable(offset) && !(mustBeZero && m_base)) {
            offset += std::min(end - offset, m_header.bytesPerL2() - offset % m_header.bytesPerL2());
            continue;
        }
        const std::uint64_t stepEnd = offset + std::min(end - offset, m_map.bytesToSliceEnd(offset));
        const std::uint64_t first = offset >> m_header.clusterBits;
        const std::uint64_t last = (stepEnd - 1) >> m_header.clusterBits;
        if (m_changing.isHeld(first, last)) {
            co_await m_changing.waitForRelease();
            continue;
        }
        const RangeLock::Guard guard(m_changing, first, last);
        BlockStatus status = co_await m_map.makeWritable(offset);
        while (status == BlockStatus::Ok && offset < stepEnd) {
            const std::optional<std::uint64_t> old = m_map.entry(offset);
            if (!old) {
                status = co_await m_map.load(offset);
                continue;
            }
            if (const std::uint64_t now = droppedEntry(*old, mustBeZero, mayUnmap); now != *old) {
                (void)m_map.setEntry(offset, now); // the slice is there: entry() has just found it
                if ((now & OffsetMask) == 0)
                    freeEntry(*old, mayUnmap);
            }
            offset += m_header.clusterBytes();
        }
        if (status == BlockStatus::Ok)
            status = co_await writeBackIfCrowded();
        if (status != BlockStatus::Ok)
            co_return status;
    }
    co_return BlockStatus::Ok;
}

Async<BlockStatus> Qcow2Image::discard(std::uint64_t offset, std::uint64_t length)
{
    const ActiveRequest active(*this);
    if (m_isCorrupt)
        co_return BlockStatus::IoError;
    const std::uint64_t mask = m_header.clusterBytes() - 1;
    const std::uint64_t first = (offset + mask) & ~mask;
    // The last cluster of the disk may be a part of one.
    const std::uint64_t end =
        offset + length == m_capacity ? (offset + length + mask) & ~mask : (offset + length) & ~mask;
    if (first >= end)
        co_return BlockStatus::Ok;
    const BlockStatus status = co_await dropClusters(first, end - first, false, true);
    co_return status;
}

/// Zeroes a part of one cluster.
Async<BlockStatus> Qcow2Image::zeroPart(std::uint64_t offset, std::uint64_t length)
{
    while (length != 0) {
        const ImageRun run = co_await mapOwn(offset, length);
        if (run.status != BlockStatus::Ok)
            co_return run.status;
        if (run.kind == ImageRun::Kind::Data || (run.kind == ImageRun::Kind::Absent && m_base)) {
            const BlockStatus status = co_await write(offset, zeroVectors(run.length));
            if (status != BlockStatus::Ok)
                co_return status;
        }
        offset += run.length;
        length -= run.length;
    }
    co_return BlockStatus::Ok;
}

Async<BlockStatus> Qcow2Image::writeZeroes(std::uint64_t offset, std::uint64_t length, bool mayUnmap)
{
    const ActiveRequest active(*this);
    if (m_isCorrupt)
        co_return BlockStatus::IoError;
    const std::uint64_t mask = m_header.clusterBytes() - 1;
    const std::uint64_t requestEnd = offset + length;
    std::uint64_t first = std::min((offset + mask) & ~mask, requestEnd);
    std::uint64_t end = requestEnd == m_capacity ? (requestEnd + mask) & ~mask : requestEnd & ~mask;
    const bool canFlag = m_header.version >= 3 || (!m_base && mayUnmap);
    if (!canFlag || first >= end)
        first = end = requestEnd; // everything the slow way
    BlockStatus status = co_await zeroPart(offset, first - offset);
    if (status == BlockStatus::Ok && first < end)
        status = co_await dropClusters(first, end - first, true, mayUnmap);
    if (status == BlockStatus::Ok && end < requestEnd)
        status = co_await zeroPart(end, requestEnd - end);
    co_return status;
}

} // namespace engine::block::qcow2
