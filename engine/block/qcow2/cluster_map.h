// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "block/async_sync.h"
#include "block/qcow2/refcount_store.h"

#include <cstdint>
#include <optional>

namespace engine::block::qcow2 {

/// Where a stretch of the virtual disk is.
struct Mapping {
    enum class Kind : std::uint8_t { Unallocated, Zero, Data, Compressed, Corrupt };
    Kind kind = Kind::Unallocated;
    bool isWritable = false;  ///< Data: the only reference, may be overwritten in place
    std::uint64_t host = 0;   ///< Data: file offset of the first byte; Compressed: the L2 entry
    std::uint64_t length = 0; ///< bytes for which this holds
};

/// The guest-to-host mapping: L1 in memory, L2 in slices through a cache ("Cluster mapping").
class ClusterMap {
public:
    ClusterMap(FileIo& io, const Header& header, MetadataClusters& metadata, RefcountStore& refcounts,
               ResidentTable l1);

    /// The mapping from `offset` on, merged over adjacent clusters of the same kind (within one slice).
    /// nullopt: the slice isn't in the cache; load() it and ask again.
    [[nodiscard]] std::optional<Mapping> lookup(std::uint64_t offset, std::uint64_t length);
    /// Brings the slice for `offset` into the cache. Nothing to do where there is no L2 table.
    [[nodiscard]] Async<BlockStatus> load(std::uint64_t offset);
    /// Bytes from `offset` up to `length` that can't be overwritten in place. Needs the slice.
    [[nodiscard]] std::optional<std::uint64_t> lengthToAllocate(std::uint64_t offset, std::uint64_t length);

    /// Makes the L2 table for `offset` exist and be ours alone, and brings its slice into the cache.
    [[nodiscard]] Async<BlockStatus> makeWritable(std::uint64_t offset);
    /// The raw entry, or nullopt when the slice isn't in the cache (no L2 table: 0).
    [[nodiscard]] std::optional<std::uint64_t> entry(std::uint64_t offset);
    /// Replaces the entry. False when the slice isn't in the cache: makeWritable() and try again.
    [[nodiscard]] bool setEntry(std::uint64_t offset, std::uint64_t value);
    /// True when the whole table at `offset` is absent: nothing of it is allocated.
    [[nodiscard]] bool hasTable(std::uint64_t offset) const { return tableOffset(offset) != 0; }
    /// Bytes from `offset` to the end of its slice of mapping.
    [[nodiscard]] std::uint64_t bytesToSliceEnd(std::uint64_t offset) const;

    [[nodiscard]] TableCache& cache() { return m_cache; }
    [[nodiscard]] ResidentTable& l1() { return m_l1; }
    void replaceL1(ResidentTable l1) { m_l1 = std::move(l1); }
    /// Old L2 tables that lost a reference; the image releases them once L1 is in the file.
    [[nodiscard]] std::vector<std::uint64_t> takeReplacedTables() { return std::exchange(m_replaced, {}); }
    [[nodiscard]] bool isDirty() const { return m_cache.dirtyCount() != 0 || m_l1.isDirty(); }

private:
    [[nodiscard]] std::uint64_t tableOffset(std::uint64_t offset) const;
    [[nodiscard]] std::uint64_t sliceOffset(std::uint64_t offset) const;
    [[nodiscard]] std::uint64_t indexInSlice(std::uint64_t offset) const;
    [[nodiscard]] Mapping decode(std::uint64_t rawEntry, std::uint64_t inCluster) const;
    [[nodiscard]] Async<BlockStatus> createTable(std::uint64_t l1Index);

    FileIo& m_io;
    const Header& m_header;
    MetadataClusters& m_metadata;
    RefcountStore& m_refcounts;
    ResidentTable m_l1;
    TableCache m_cache;
    std::uint64_t m_entriesPerSlice;
    std::vector<std::uint64_t> m_replaced;
    AsyncMutex m_creating;
};

} // namespace engine::block::qcow2
