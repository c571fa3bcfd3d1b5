// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/qcow2/cluster_map.h"

#include "block/byte_order.h"
#include "block/raw_image.h"

#include <algorithm>

namespace engine::block::qcow2 {

namespace {

/// Enough L2 for 256 GiB at 64 KiB clusters; a bound, not a reservation.
constexpr std::uint64_t CacheBytes = 32ULL << 20;
constexpr std::size_t EntryBytes = sizeof(std::uint64_t);

} // namespace

ClusterMap::ClusterMap(FileIo& io, const Header& header, MetadataClusters& metadata, RefcountStore& refcounts,
                       ResidentTable l1)
    : m_io(io), m_header(header), m_metadata(metadata), m_refcounts(refcounts), m_l1(std::move(l1)),
      m_cache(io, header.clusterBytes(), CacheBytes), m_entriesPerSlice(m_cache.sliceBytes() / EntryBytes)
{}

std::uint64_t ClusterMap::tableOffset(std::uint64_t offset) const
{
    const std::uint64_t index = offset / m_header.bytesPerL2();
    return index < m_l1.size() ? m_l1.at(index) & OffsetMask : 0;
}

std::uint64_t ClusterMap::sliceOffset(std::uint64_t offset) const
{
    const std::uint64_t index = (offset >> m_header.clusterBits) % m_header.entriesPerL2();
    return tableOffset(offset) + index / m_entriesPerSlice * m_cache.sliceBytes();
}

std::uint64_t ClusterMap::indexInSlice(std::uint64_t offset) const
{
    return (offset >> m_header.clusterBits) % m_entriesPerSlice;
}

std::uint64_t ClusterMap::bytesToSliceEnd(std::uint64_t offset) const
{
    const std::uint64_t covered = m_entriesPerSlice << m_header.clusterBits;
    return covered - offset % covered;
}

Mapping ClusterMap::decode(std::uint64_t rawEntry, std::uint64_t inCluster) const
{
    if ((rawEntry & CompressedFlag) != 0)
        return {.kind = Mapping::Kind::Compressed, .host = rawEntry};
    const std::uint64_t host = rawEntry & OffsetMask;
    if ((rawEntry & ZeroFlag) != 0 && m_header.version >= 3)
        return {.kind = Mapping::Kind::Zero};
    if (host == 0)
        return {};
    // A cluster that is not aligned or was never part of the file can't be data.
    const std::uint64_t cluster = host >> m_header.clusterBits;
    if (host % m_header.clusterBytes() != 0 || cluster >= m_refcounts.endCluster())
        return {.kind = Mapping::Kind::Corrupt};
    return {
        .kind = Mapping::Kind::Data, .isWritable = (rawEntry & CopiedFlag) != 0, .host = host + inCluster};
}

std::optional<Mapping> ClusterMap::lookup(std::uint64_t offset, std::uint64_t length)
{
    if (!hasTable(offset)) {
        const std::uint64_t left = m_header.bytesPerL2() - offset % m_header.bytesPerL2();
        return Mapping{.length = std::min(length, left)};
    }
    const TableCache::SlicePtr slice = m_cache.find(sliceOffset(offset));
    if (!slice)
        return std::nullopt;
    std::uint64_t index = indexInSlice(offset);
    const std::uint64_t inCluster = offset & (m_header.clusterBytes() - 1);
    Mapping run = decode(loadBig<std::uint64_t>(slice->bytes, index * EntryBytes), inCluster);
    run.length = m_header.clusterBytes() - inCluster;
    while (run.length < length && ++index < m_entriesPerSlice && run.kind != Mapping::Kind::Compressed) {
        const Mapping next = decode(loadBig<std::uint64_t>(slice->bytes, index * EntryBytes), 0);
        if (next.kind != run.kind || next.isWritable != run.isWritable
            || (run.kind == Mapping::Kind::Data && next.host != run.host + run.length))
            break;
        run.length += m_header.clusterBytes();
    }
    run.length = std::min(run.length, length);
    return run;
}

Async<BlockStatus> ClusterMap::load(std::uint64_t offset)
{
    if (!hasTable(offset))
        co_return BlockStatus::Ok;
    const BlockStatus status = co_await m_cache.load(sliceOffset(offset));
    co_return status;
}

std::optional<std::uint64_t> ClusterMap::lengthToAllocate(std::uint64_t offset, std::uint64_t length)
{
    length = std::min(length, bytesToSliceEnd(offset));
    std::uint64_t total = 0;
    while (total < length) {
        const std::optional<Mapping> run = lookup(offset + total, length - total);
        if (!run)
            return std::nullopt;
        if (run->kind == Mapping::Kind::Corrupt || (run->kind == Mapping::Kind::Data && run->isWritable))
            break;
        total += run->length;
    }
    return total;
}

std::optional<std::uint64_t> ClusterMap::entry(std::uint64_t offset)
{
    if (!hasTable(offset))
        return 0;
    const TableCache::SlicePtr slice = m_cache.find(sliceOffset(offset));
    if (!slice)
        return std::nullopt;
    return loadBig<std::uint64_t>(slice->bytes, indexInSlice(offset) * EntryBytes);
}

bool ClusterMap::setEntry(std::uint64_t offset, std::uint64_t value)
{
    if (!hasTable(offset))
        return false;
    const TableCache::SlicePtr slice = m_cache.find(sliceOffset(offset));
    if (!slice)
        return false;
    storeBig(slice->bytes, indexInSlice(offset) * EntryBytes, value);
    m_cache.markDirty(*slice);
    return true;
}

Async<BlockStatus> ClusterMap::makeWritable(std::uint64_t offset)
{
    const std::uint64_t l1Index = offset / m_header.bytesPerL2();
    if (l1Index >= m_l1.size())
        co_return BlockStatus::OutOfRange;
    // A damaged entry may claim to be the only reference to nothing.
    const auto needsTable = [&] {
        return (m_l1.at(l1Index) & CopiedFlag) == 0 || (m_l1.at(l1Index) & OffsetMask) == 0;
    };
    if (needsTable()) {
        const AsyncMutex::Guard guard = co_await m_creating.lock();
        if (needsTable()) {
            const BlockStatus status = co_await createTable(l1Index);
            if (status != BlockStatus::Ok)
                co_return status;
        }
    }
    while (!m_cache.find(sliceOffset(offset))) {
        const BlockStatus status = co_await load(offset);
        if (status != BlockStatus::Ok)
            co_return status;
    }
    co_return BlockStatus::Ok;
}

/// A new table for this L1 entry: empty, or a copy of the one shared with a snapshot.
Async<BlockStatus> ClusterMap::createTable(std::uint64_t l1Index)
{
    const Allocation place = co_await m_refcounts.allocate(1);
    if (place.status != BlockStatus::Ok)
        co_return place.status;
    const std::uint64_t offset = place.firstCluster << m_header.clusterBits;
    const std::uint64_t old = m_l1.at(l1Index) & OffsetMask;
    BlockStatus status = BlockStatus::Ok;
    if (old != 0) {
        std::vector<std::byte> table(m_header.clusterBytes());
        IoVectors vectors;
        vectors.append(table.data(), table.size());
        status = co_await m_io.read(old, vectors);
        if (status == BlockStatus::Ok)
            status = co_await m_io.write(offset, vectors);
    } else if (!place.isZero) {
        status = co_await writeZeroBytes(m_io, offset, m_header.clusterBytes());
    }
    if (status != BlockStatus::Ok) {
        (void)co_await m_refcounts.release(place.firstCluster); // at worst a leak
        co_return status;
    }
    m_cache.forget(offset, m_header.clusterBytes());
    // The file must reach into the table before L1 names it, even when no entry is ever set.
    if (old == 0)
        m_cache.insertZeros(offset);
    m_metadata.add(place.firstCluster);
    m_l1.set(l1Index, offset | CopiedFlag);
    if (old != 0)
        m_replaced.push_back(old >> m_header.clusterBits);
    co_return BlockStatus::Ok;
}

} // namespace engine::block::qcow2
