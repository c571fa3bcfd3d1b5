// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/byte_order.h"
#include "block/qcow2/qcow2_image.h"

#include <algorithm>
#include <array>

namespace engine::block::qcow2 {

Async<BlockStatus> Qcow2Image::grow(std::uint64_t capacity)
{
    constexpr std::uint64_t SectorBytes = 512;
    const std::uint64_t oldCapacity = m_capacity;
    const std::uint64_t entries = m_header.l1EntriesFor(capacity);
    const bool losesSnapshotSize = m_header.version == 2 && m_header.snapshotCount != 0;
    if (capacity < oldCapacity || capacity % SectorBytes != 0 || losesSnapshotSize
        || entries * sizeof(std::uint64_t) > MaxL1Bytes)
        co_return BlockStatus::OutOfRange;
    if (isReadOnly())
        co_return BlockStatus::ReadOnly;
    BlockStatus status = BlockStatus::Ok;
    if (entries > m_map.l1().size())
        status = co_await growL1(entries);
    // A base that is larger than this disk was must not show through in the new part.
    const std::uint64_t baseBytes = m_base ? m_base->capacity() : 0;
    if (status == BlockStatus::Ok && baseBytes > oldCapacity) {
        status = co_await writeZeroes(oldCapacity, std::min(baseBytes, capacity) - oldCapacity, true);
        if (status == BlockStatus::Ok)
            status = co_await writeBack();
    }
    if (status == BlockStatus::Ok)
        status = co_await writeField(HeaderField::Size, capacity, 8);
    if (status == BlockStatus::Ok)
        status = co_await m_io->syncData();
    if (status != BlockStatus::Ok)
        co_return status;
    m_header.size = capacity;
    m_capacity = capacity;
    co_return BlockStatus::Ok;
}

/// Moves the L1 table to a new, larger place.
Async<BlockStatus> Qcow2Image::growL1(std::uint64_t entries)
{
    const AsyncMutex::Guard guard = co_await m_writingBack.lock();
    const std::uint64_t clusters =
        (entries * sizeof(std::uint64_t) + m_header.clusterBytes() - 1) >> m_header.clusterBits;
    const Allocation place = co_await m_refcounts.allocateTable(clusters);
    BlockStatus status = place.status;
    while (status == BlockStatus::Ok && (m_map.isDirty() || m_refcounts.isDirty()))
        status = co_await writeMaps();
    if (status != BlockStatus::Ok)
        co_return status;
    // What the file's L1 is now; entries that change from here on are found by comparing below.
    std::vector<std::uint64_t> table = m_map.l1().entries();
    table.resize((clusters << m_header.clusterBits) / sizeof(std::uint64_t));
    const std::uint64_t offset = place.firstCluster << m_header.clusterBits;
    status = co_await writeNewL1(offset, ResidentTable::encode(table), entries);
    if (status != BlockStatus::Ok)
        co_return status;
    table.resize(entries);
    ResidentTable grown(offset, table);
    for (std::size_t i = 0; i < m_map.l1().size(); ++i) {
        if (m_map.l1().at(i) != table[i])
            grown.set(i, m_map.l1().at(i));
    }
    const std::uint64_t oldFirst = m_header.l1Offset >> m_header.clusterBits;
    const std::uint64_t oldClusters =
        (m_map.l1().size() * sizeof(std::uint64_t) + m_header.clusterBytes() - 1) >> m_header.clusterBits;
    m_map.replaceL1(std::move(grown));
    for (std::uint64_t i = 0; i < oldClusters; ++i) {
        m_metadata.remove(oldFirst + i);
        m_freed.push_back({.cluster = oldFirst + i});
    }
    for (std::uint64_t i = 0; i < clusters; ++i)
        m_metadata.add(place.firstCluster + i);
    m_header.l1Offset = offset;
    m_header.l1Entries = static_cast<std::uint32_t>(entries);
    co_return BlockStatus::Ok;
}

/// Writes a complete L1 table to free clusters, then lets the header name it.
Async<BlockStatus> Qcow2Image::writeNewL1(std::uint64_t offset, std::vector<std::byte> table,
                                          std::uint64_t entries)
{
    IoVectors from;
    from.append(table.data(), table.size());
    BlockStatus status = co_await m_io->write(offset, from);
    if (status == BlockStatus::Ok)
        status = co_await m_io->syncData();
    if (status != BlockStatus::Ok)
        co_return status;
    std::array<std::byte, 12> pointer{}; // size and offset are neighbours: one write, one sector
    storeBig(std::span<std::byte>(pointer), 0, static_cast<std::uint32_t>(entries));
    storeBig(std::span<std::byte>(pointer), 4, offset);
    IoVectors fromPointer;
    fromPointer.append(pointer.data(), pointer.size());
    status = co_await m_io->write(static_cast<std::uint64_t>(HeaderField::L1Size), fromPointer);
    if (status == BlockStatus::Ok)
        status = co_await m_io->syncData();
    co_return status;
}

} // namespace engine::block::qcow2
