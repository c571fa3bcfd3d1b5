// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "block/async_sync.h"
#include "block/qcow2/metadata_clusters.h"
#include "block/qcow2/qcow2_header.h"
#include "block/qcow2/resident_table.h"
#include "block/qcow2/table_cache.h"

#include <cstdint>
#include <optional>

namespace engine::block::qcow2 {

/// Host clusters that were free and are ours now.
struct Allocation {
    BlockStatus status = BlockStatus::Ok;
    std::uint64_t firstCluster = 0;
    std::uint64_t count = 0;
    bool isZero = false; ///< never written before: reads as zeros
};

/// One number in a refcount block whose entries are 1 << order bits wide ("Host cluster management").
[[nodiscard]] std::uint64_t loadRefcount(std::span<const std::byte> block, unsigned order,
                                         std::uint64_t index);
void storeRefcount(std::span<std::byte> block, unsigned order, std::uint64_t index, std::uint64_t value);

/// The image's reference counts: finds free clusters, gives them back, extends the tables. Counts
/// may be written to the file at any time; the image takes care that they get there before what
/// refers to the clusters, and that a count falls only after the reference has gone.
class RefcountStore {
public:
    RefcountStore(FileIo& io, Header& header, MetadataClusters& metadata, ResidentTable table,
                  std::uint64_t fileBytes);

    /// Up to `wanted` adjacent clusters (at least one) with a count of one each.
    [[nodiscard]] Async<Allocation> allocate(std::uint64_t wanted);
    /// Exactly `count` adjacent clusters, for tables.
    [[nodiscard]] Async<Allocation> allocateTable(std::uint64_t count);
    /// Takes one reference away.
    [[nodiscard]] Async<BlockStatus> release(std::uint64_t cluster);
    /// The present count, or nullopt when it can't be read.
    [[nodiscard]] Async<std::optional<std::uint64_t>> count(std::uint64_t cluster);
    /// For repairs: sets a count; creates the refcount block when there is none.
    [[nodiscard]] Async<BlockStatus> setCount(std::uint64_t cluster, std::uint64_t value);

    /// Brings all counts of this moment to the file: blocks, then (after a sync) the table.
    [[nodiscard]] Async<BlockStatus> writeBack();
    [[nodiscard]] bool wantsWriteBack() const { return m_cache.wantsWriteBack(); }
    [[nodiscard]] bool isDirty() const { return m_cache.dirtyCount() != 0 || m_table.isDirty(); }
    /// One past the highest cluster ever used in this file.
    [[nodiscard]] std::uint64_t endCluster() const { return m_zeroFrom; }
    /// New clusters come from behind everything that exists (repairs trust no count).
    void allocateOnlyAtEnd();
    /// A damage was met (an impossible count, a free cluster inside a table); the image stops writing.
    [[nodiscard]] bool foundDamage() const { return m_foundDamage; }

private:
    [[nodiscard]] std::uint64_t blockIndex(std::uint64_t cluster) const { return cluster / m_perBlock; }
    [[nodiscard]] std::uint64_t sliceOffsetOf(std::uint64_t cluster) const;
    [[nodiscard]] Async<BlockStatus> ensureCovered(std::uint64_t cluster);
    [[nodiscard]] Async<BlockStatus> createBlock(std::uint64_t cluster);
    [[nodiscard]] Async<BlockStatus> growTable();
    [[nodiscard]] Async<BlockStatus> writeNewTable(std::vector<std::uint64_t> entries, std::uint64_t start,
                                                   std::uint64_t blocks, std::uint64_t tableClusters);
    [[nodiscard]] Async<BlockStatus> change(std::uint64_t cluster, std::uint64_t value);
    [[nodiscard]] Async<Allocation> allocateLocked(std::uint64_t wanted);
    [[nodiscard]] Allocation takeFromSlice(TableCache::Slice& slice, std::uint64_t wanted);
    [[nodiscard]] bool claim(std::uint64_t first, std::uint64_t count);

    FileIo& m_io;
    Header& m_header;
    MetadataClusters& m_metadata;
    ResidentTable m_table;
    TableCache m_cache;
    std::uint64_t m_perBlock;
    std::uint64_t m_perSlice;
    std::uint64_t m_hint = 0;     ///< no free cluster below
    std::uint64_t m_zeroFrom = 0; ///< clusters from here on have never been written
    bool m_knowsZeros = true;     ///< false on block devices
    bool m_onlyAtEnd = false;
    bool m_foundDamage = false;
    AsyncMutex m_allocating;
    AsyncMutex m_tableMutex; ///< writing the table back against moving it
};

} // namespace engine::block::qcow2
