// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/qcow2/refcount_store.h"

#include "block/byte_order.h"
#include "block/raw_image.h"

#include <algorithm>

namespace engine::block::qcow2 {

namespace {

constexpr std::uint64_t CacheBytes = 4ULL << 20;
/// Table entries address host offsets of 56 bits.
constexpr std::uint64_t MaxHostBytes = 1ULL << 56;

} // namespace

std::uint64_t loadRefcount(std::span<const std::byte> block, unsigned order, std::uint64_t index)
{
    switch (order) {
    case 3: return std::to_integer<std::uint64_t>(block[index]);
    case 4: return loadBig<std::uint16_t>(block, index * 2);
    case 5: return loadBig<std::uint32_t>(block, index * 4);
    case 6: return loadBig<std::uint64_t>(block, index * 8);
    default: break;
    }
    const unsigned bits = 1U << order;
    const std::uint64_t perByte = 8 / bits;
    const auto byte = std::to_integer<unsigned>(block[index / perByte]);
    return (byte >> (index % perByte * bits)) & ((1U << bits) - 1);
}

void storeRefcount(std::span<std::byte> block, unsigned order, std::uint64_t index, std::uint64_t value)
{
    switch (order) {
    case 3: block[index] = static_cast<std::byte>(value); return;
    case 4: storeBig(block, index * 2, static_cast<std::uint16_t>(value)); return;
    case 5: storeBig(block, index * 4, static_cast<std::uint32_t>(value)); return;
    case 6: storeBig(block, index * 8, value); return;
    default: break;
    }
    const unsigned bits = 1U << order;
    const std::uint64_t perByte = 8 / bits;
    const auto shift = static_cast<unsigned>(index % perByte * bits);
    const unsigned mask = ((1U << bits) - 1) << shift;
    const auto byte = std::to_integer<unsigned>(block[index / perByte]);
    block[index / perByte] =
        static_cast<std::byte>((byte & ~mask) | (static_cast<unsigned>(value) << shift & mask));
}

RefcountStore::RefcountStore(FileIo& io, Header& header, MetadataClusters& metadata, ResidentTable table,
                             std::uint64_t fileBytes)
    : m_io(io), m_header(header), m_metadata(metadata), m_table(std::move(table)),
      m_cache(io, header.clusterBytes(), CacheBytes), m_perBlock(header.refcountsPerBlock()),
      m_perSlice((m_cache.sliceBytes() * 8) >> header.refcountOrder),
      m_zeroFrom((fileBytes + header.clusterBytes() - 1) >> header.clusterBits),
      m_knowsZeros(!io.file().isBlockDevice())
{}

std::uint64_t RefcountStore::sliceOffsetOf(std::uint64_t cluster) const
{
    const std::uint64_t block = m_table.at(blockIndex(cluster)) & ~std::uint64_t{511};
    return block + cluster % m_perBlock / m_perSlice * m_cache.sliceBytes();
}

void RefcountStore::allocateOnlyAtEnd()
{
    m_onlyAtEnd = true;
    m_hint = std::max(m_hint, m_zeroFrom);
}

/// Afterwards the slice with this cluster's count is in the cache.
Async<BlockStatus> RefcountStore::ensureCovered(std::uint64_t cluster)
{
    while (blockIndex(cluster) >= m_table.size()) {
        const BlockStatus status = co_await growTable();
        if (status != BlockStatus::Ok)
            co_return status;
    }
    if (m_table.at(blockIndex(cluster)) == 0) {
        const BlockStatus status = co_await createBlock(cluster);
        co_return status;
    }
    while (!m_cache.find(sliceOffsetOf(cluster))) {
        const BlockStatus status = co_await m_cache.load(sliceOffsetOf(cluster));
        if (status != BlockStatus::Ok)
            co_return status;
    }
    co_return BlockStatus::Ok;
}

/// No count of this block's range is kept yet, so all its clusters are free: the block goes to
/// `cluster` itself (or, when repairing, behind everything) and counts itself.
Async<BlockStatus> RefcountStore::createBlock(std::uint64_t cluster)
{
    const std::uint64_t place = m_onlyAtEnd ? m_zeroFrom : cluster;
    if (!claim(place, 1))
        co_return BlockStatus::IoError;
    const std::uint64_t offset = place << m_header.clusterBits;
    for (std::uint64_t at = 0; at < m_header.clusterBytes(); at += m_cache.sliceBytes())
        m_cache.insertZeros(offset + at);
    m_table.set(blockIndex(cluster), offset);
    m_metadata.add(place);
    if (m_onlyAtEnd) {
        BlockStatus status = co_await change(place, 1);
        if (status == BlockStatus::Ok)
            status = co_await ensureCovered(cluster);
        co_return status;
    }
    const TableCache::SlicePtr slice = m_cache.find(sliceOffsetOf(place));
    storeRefcount(slice->bytes, m_header.refcountOrder, place % m_perSlice, 1);
    co_return BlockStatus::Ok;
}

/// False when these clusters can't be free in a healthy image.
bool RefcountStore::claim(std::uint64_t first, std::uint64_t count)
{
    if (first == 0 || (first + count) > (MaxHostBytes >> m_header.clusterBits)
        || m_metadata.overlaps(first, count)) {
        m_foundDamage = true;
        return false;
    }
    m_zeroFrom = std::max(m_zeroFrom, first + count);
    return true;
}

/// All counts that the table can refer to are taken: a larger table goes right behind them, with
/// the blocks that count it.
Async<BlockStatus> RefcountStore::growTable()
{
    const AsyncMutex::Guard guard = co_await m_tableMutex.lock();
    const std::uint64_t clusterBytes = m_header.clusterBytes();
    const std::uint64_t start = std::max<std::uint64_t>(m_table.size() * m_perBlock, m_zeroFrom);
    const std::uint64_t oldClusters = m_header.refcountTableClusters;
    const std::uint64_t entriesPerCluster = clusterBytes / sizeof(std::uint64_t);
    std::uint64_t tableClusters = oldClusters + std::max<std::uint64_t>(1, oldClusters / 2);
    while (tableClusters * entriesPerCluster * m_perBlock <= start + 2 * tableClusters)
        ++tableClusters;
    if (tableClusters * clusterBytes > MaxRefcountTableBytes)
        co_return BlockStatus::IoError; // larger than any image that QEMU opens
    std::uint64_t blocks = 1;
    while (blockIndex(start) + blocks <= blockIndex(start + tableClusters + blocks - 1))
        ++blocks;
    std::vector<std::uint64_t> entries = m_table.entries();
    entries.resize(tableClusters * entriesPerCluster);
    const std::uint64_t firstBlock = start + tableClusters;
    for (std::uint64_t i = 0; i < blocks; ++i)
        entries[blockIndex(start) + i] = (firstBlock + i) << m_header.clusterBits;
    if (!claim(start, tableClusters + blocks))
        co_return BlockStatus::IoError;
    const std::uint64_t oldStart = m_table.offset() >> m_header.clusterBits;
    const BlockStatus status = co_await writeNewTable(std::move(entries), start, blocks, tableClusters);
    if (status != BlockStatus::Ok)
        co_return status;
    for (std::uint64_t i = 0; i < tableClusters + blocks; ++i)
        m_metadata.add(start + i);
    for (std::uint64_t i = 0; i < oldClusters; ++i) {
        m_metadata.remove(oldStart + i);
        (void)co_await change(oldStart + i, 0); // at worst a leak
    }
    co_return BlockStatus::Ok;
}

Async<BlockStatus> RefcountStore::writeNewTable(std::vector<std::uint64_t> entries, std::uint64_t start,
                                                std::uint64_t blocks, std::uint64_t tableClusters)
{
    // Blocks that the old table refers to but has not written yet: they must be in the file first.
    std::vector<TableCache::DirtyCopy> dirty = m_cache.takeDirty();
    BlockStatus status = co_await m_cache.write(std::move(dirty));
    if (status != BlockStatus::Ok)
        co_return status;
    std::vector<std::byte> blockBytes(blocks * m_header.clusterBytes());
    const std::uint64_t firstCounted = blockIndex(start) * m_perBlock;
    for (std::uint64_t i = 0; i < tableClusters + blocks; ++i)
        storeRefcount(blockBytes, m_header.refcountOrder, start + i - firstCounted, 1);
    IoVectors from;
    from.append(blockBytes.data(), blockBytes.size());
    status = co_await m_io.write((start + tableClusters) << m_header.clusterBits, from);
    if (status != BlockStatus::Ok)
        co_return status;
    std::vector<std::byte> tableBytes = ResidentTable::encode(entries);
    IoVectors fromTable;
    fromTable.append(tableBytes.data(), tableBytes.size());
    status = co_await m_io.write(start << m_header.clusterBits, fromTable);
    if (status == BlockStatus::Ok)
        status = co_await m_io.syncData();
    if (status != BlockStatus::Ok)
        co_return status;
    std::vector<std::byte> pointer(12); // offset and size are neighbours: one write, one sector
    storeBig<std::uint64_t>(pointer, 0, start << m_header.clusterBits);
    storeBig<std::uint32_t>(pointer, 8, static_cast<std::uint32_t>(tableClusters));
    IoVectors fromPointer;
    fromPointer.append(pointer.data(), pointer.size());
    status = co_await m_io.write(static_cast<std::uint64_t>(HeaderField::RefcountTableOffset), fromPointer);
    if (status == BlockStatus::Ok)
        status = co_await m_io.syncData();
    if (status != BlockStatus::Ok)
        co_return status;
    m_cache.forget((start + tableClusters) << m_header.clusterBits, blockBytes.size());
    m_table = ResidentTable(start << m_header.clusterBits, std::move(entries));
    m_header.refcountTableOffset = m_table.offset();
    m_header.refcountTableClusters = static_cast<std::uint32_t>(tableClusters);
    co_return BlockStatus::Ok;
}

Async<BlockStatus> RefcountStore::change(std::uint64_t cluster, std::uint64_t value)
{
    const BlockStatus status = co_await ensureCovered(cluster);
    if (status != BlockStatus::Ok)
        co_return status;
    const TableCache::SlicePtr slice = m_cache.find(sliceOffsetOf(cluster));
    storeRefcount(slice->bytes, m_header.refcountOrder, cluster % m_perSlice, value);
    m_cache.markDirty(*slice);
    if (value == 0 && !m_onlyAtEnd)
        m_hint = std::min(m_hint, cluster);
    co_return BlockStatus::Ok;
}

/// Adjacent free clusters of this slice, from m_hint on; count 0 when there are none.
Allocation RefcountStore::takeFromSlice(TableCache::Slice& slice, std::uint64_t wanted)
{
    const std::uint64_t sliceEnd = m_hint / m_perSlice * m_perSlice + m_perSlice;
    const auto isFree = [&](std::uint64_t cluster) {
        return loadRefcount(slice.bytes, m_header.refcountOrder, cluster % m_perSlice) == 0;
    };
    while (m_hint < sliceEnd && !isFree(m_hint))
        ++m_hint;
    Allocation found{.firstCluster = m_hint};
    while (m_hint < sliceEnd && found.count < wanted && isFree(m_hint)) {
        ++found.count;
        ++m_hint;
    }
    return found;
}

Async<Allocation> RefcountStore::allocateLocked(std::uint64_t wanted)
{
    for (;;) {
        const BlockStatus status = co_await ensureCovered(m_hint);
        if (status != BlockStatus::Ok)
            co_return Allocation{.status = status};
        const TableCache::SlicePtr slice = m_cache.find(sliceOffsetOf(m_hint));
        Allocation found = takeFromSlice(*slice, wanted);
        if (found.count == 0)
            continue; // the hint is at the next slice now
        found.isZero = m_knowsZeros && found.firstCluster >= m_zeroFrom;
        if (!claim(found.firstCluster, found.count))
            co_return Allocation{.status = BlockStatus::IoError};
        for (std::uint64_t i = 0; i < found.count; ++i)
            storeRefcount(slice->bytes, m_header.refcountOrder, (found.firstCluster + i) % m_perSlice, 1);
        m_cache.markDirty(*slice);
        co_return found;
    }
}

Async<Allocation> RefcountStore::allocate(std::uint64_t wanted)
{
    const AsyncMutex::Guard guard = co_await m_allocating.lock();
    const Allocation found = co_await allocateLocked(wanted);
    co_return found;
}

Async<Allocation> RefcountStore::allocateTable(std::uint64_t count)
{
    const AsyncMutex::Guard guard = co_await m_allocating.lock();
    std::vector<Allocation> tooSmall;
    Allocation run = co_await allocateLocked(count);
    while (run.status == BlockStatus::Ok && run.count < count) {
        const Allocation more = co_await allocateLocked(count - run.count);
        if (more.status != BlockStatus::Ok) {
            tooSmall.push_back(run);
            run.status = more.status;
            break;
        }
        if (more.firstCluster == run.firstCluster + run.count) {
            run.count += more.count;
            run.isZero = run.isZero && more.isZero;
        } else {
            tooSmall.push_back(run);
            run = more;
        }
    }
    for (const Allocation& unused : tooSmall) {
        for (std::uint64_t i = 0; i < unused.count; ++i)
            (void)co_await change(unused.firstCluster + i, 0); // at worst a leak
    }
    co_return run;
}

Async<BlockStatus> RefcountStore::release(std::uint64_t cluster)
{
    const AsyncMutex::Guard guard = co_await m_allocating.lock();
    if (blockIndex(cluster) >= m_table.size() || m_table.at(blockIndex(cluster)) == 0) {
        m_foundDamage = true; // in use, but never counted
        co_return BlockStatus::IoError;
    }
    const BlockStatus status = co_await ensureCovered(cluster);
    if (status != BlockStatus::Ok)
        co_return status;
    const TableCache::SlicePtr slice = m_cache.find(sliceOffsetOf(cluster));
    const std::uint64_t now = loadRefcount(slice->bytes, m_header.refcountOrder, cluster % m_perSlice);
    if (now == 0) {
        m_foundDamage = true;
        co_return BlockStatus::IoError;
    }
    const BlockStatus changed = co_await change(cluster, now - 1);
    co_return changed;
}

Async<std::optional<std::uint64_t>> RefcountStore::count(std::uint64_t cluster)
{
    const AsyncMutex::Guard guard = co_await m_allocating.lock();
    if (blockIndex(cluster) >= m_table.size() || m_table.at(blockIndex(cluster)) == 0)
        co_return std::optional<std::uint64_t>(0);
    const BlockStatus status = co_await ensureCovered(cluster);
    if (status != BlockStatus::Ok)
        co_return std::optional<std::uint64_t>();
    const TableCache::SlicePtr slice = m_cache.find(sliceOffsetOf(cluster));
    co_return std::optional(loadRefcount(slice->bytes, m_header.refcountOrder, cluster % m_perSlice));
}

Async<BlockStatus> RefcountStore::setCount(std::uint64_t cluster, std::uint64_t value)
{
    const AsyncMutex::Guard guard = co_await m_allocating.lock();
    const BlockStatus status = co_await change(cluster, value);
    co_return status;
}

Async<BlockStatus> RefcountStore::writeBack()
{
    const AsyncMutex::Guard guard = co_await m_tableMutex.lock();
    std::vector<TableCache::DirtyCopy> blocks = m_cache.takeDirty();
    std::vector<ResidentTable::Chunk> chunks = m_table.takeDirty();
    BlockStatus status = co_await m_cache.write(std::move(blocks));
    if (status == BlockStatus::Ok && !chunks.empty()) {
        status = co_await m_io.syncData();
        if (status == BlockStatus::Ok) {
            std::vector<ResidentTable::Chunk> copy = chunks;
            status = co_await ResidentTable::write(m_io, std::move(copy));
        }
    }
    if (status != BlockStatus::Ok)
        m_table.restoreDirty(chunks);
    co_return status;
}

} // namespace engine::block::qcow2
