// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "block/image.h"
#include "block/qcow2/cluster_map.h"
#include "block/qcow2/compressed_cluster.h"

#include <atomic>
#include <list>
#include <memory>

namespace engine::block::qcow2 {

/// A qcow2 image, version 2 or 3. A crash at any moment leaves at most leaked clusters: data
/// and reference counts are on stable storage before an L2 entry that points at the data, L2 tables
/// before the L1 entry, and a cluster is free only after the last pointer to it has gone.
class Qcow2Image final : public Image {
public:
    /// `base` is what shows through where this image has nothing; nullptr for none.
    [[nodiscard]] static Result<std::unique_ptr<Qcow2Image>> open(std::shared_ptr<FileIo> io,
                                                                  std::unique_ptr<ImageReader> base);
    ~Qcow2Image() override;

    [[nodiscard]] std::uint64_t capacity() const override { return m_capacity; }
    [[nodiscard]] std::string_view formatName() const override { return "qcow2"; }
    [[nodiscard]] bool isReadOnly() const override { return m_io->file().isReadOnly(); }
    [[nodiscard]] bool canDiscard() const override { return !isReadOnly(); }
    [[nodiscard]] Async<BlockStatus> read(std::uint64_t offset, IoVectors into) override;
    [[nodiscard]] Async<ImageRun> map(std::uint64_t offset, std::uint64_t length) override;
    [[nodiscard]] Async<ImageRun> mapOwn(std::uint64_t offset, std::uint64_t length) override;
    [[nodiscard]] Async<BlockStatus> write(std::uint64_t offset, IoVectors from) override;
    [[nodiscard]] Async<BlockStatus> flush() override;
    [[nodiscard]] Async<BlockStatus> discard(std::uint64_t offset, std::uint64_t length) override;
    [[nodiscard]] Async<BlockStatus> writeZeroes(std::uint64_t offset, std::uint64_t length,
                                                 bool mayUnmap) override;
    [[nodiscard]] Async<BlockStatus> grow(std::uint64_t capacity) override;

    [[nodiscard]] const Header& header() const { return m_header; }
    [[nodiscard]] ImageReader* base() { return m_base.get(); }
    [[nodiscard]] RefcountStore& refcounts() { return m_refcounts; }
    [[nodiscard]] ClusterMap& clusters() { return m_map; }
    /// True after the image has contradicted itself: nothing is written any more.
    [[nodiscard]] bool isCorrupt() const { return m_isCorrupt; }

private:
    /// Clusters that lost their last pointer in memory; released when the file knows it too.
    struct Freed {
        std::uint64_t cluster = 0;
        bool givesSpaceBack = false;
    };
    struct FreedBatch {
        std::uint64_t afterRequest = 0; ///< requests up to this number may still use the clusters
        std::vector<Freed> clusters;
    };
    /// One guest request in progress, so that what it may be using is not handed out again.
    class ActiveRequest;

    Qcow2Image(std::shared_ptr<FileIo> io, std::unique_ptr<ImageReader> base, Header header,
               MetadataClusters metadata, ResidentTable refcountTable, ResidentTable l1,
               std::uint64_t fileBytes);
    [[nodiscard]] Async<BlockStatus> readRun(Mapping run, std::uint64_t offset, IoVectors into);
    [[nodiscard]] Async<BlockStatus> readBase(std::uint64_t offset, IoVectors into);
    [[nodiscard]] Async<BlockStatus> readAny(std::uint64_t offset, IoVectors into);
    [[nodiscard]] Async<BlockStatus> readCompressed(std::uint64_t entry, std::uint64_t inCluster,
                                                    IoVectors into);

    struct Written {
        BlockStatus status = BlockStatus::Ok;
        std::uint64_t length = 0;
    };
    [[nodiscard]] Async<BlockStatus> writeInPlace(std::uint64_t host, IoVectors from);
    [[nodiscard]] Async<Written> writeAllocating(std::uint64_t offset, IoVectors from);
    [[nodiscard]] Async<BlockStatus> fillAllocation(Allocation place, std::uint64_t offset, IoVectors from);
    [[nodiscard]] Async<BlockStatus> fillEdge(std::uint64_t offset, std::uint64_t length, IoVectors& vectors,
                                              std::vector<std::byte>& buffer, bool& isNeeded);
    [[nodiscard]] Async<BlockStatus> pointAt(Allocation place, std::uint64_t offset);
    [[nodiscard]] Async<BlockStatus> dropClusters(std::uint64_t offset, std::uint64_t length, bool mustBeZero,
                                                  bool mayUnmap);
    [[nodiscard]] std::uint64_t droppedEntry(std::uint64_t old, bool mustBeZero, bool mayUnmap) const;
    [[nodiscard]] Async<BlockStatus> zeroPart(std::uint64_t offset, std::uint64_t length);
    [[nodiscard]] Async<BlockStatus> writeBack();
    [[nodiscard]] Async<BlockStatus> writeMaps();
    [[nodiscard]] Async<BlockStatus> writeBackIfCrowded();
    [[nodiscard]] Async<BlockStatus> growL1(std::uint64_t entries);
    [[nodiscard]] Async<BlockStatus> writeNewL1(std::uint64_t offset, std::vector<std::byte> table,
                                                std::uint64_t entries);
    [[nodiscard]] Async<BlockStatus> releaseFreed();
    void freeEntry(std::uint64_t entry, bool givesSpaceBack);
    [[nodiscard]] Async<BlockStatus> writeField(HeaderField field, std::uint64_t value, unsigned bytes);
    /// The image contradicts itself: says so in its header, stops writing. Returns IoError.
    [[nodiscard]] Async<BlockStatus> markCorrupt(std::string_view why);

    std::shared_ptr<FileIo> m_io;
    std::unique_ptr<ImageReader> m_base;
    Header m_header;
    std::atomic<std::uint64_t> m_capacity;
    MetadataClusters m_metadata;
    RefcountStore m_refcounts;
    ClusterMap m_map;
    CompressedCluster m_unpacked; ///< the one read last
    RangeLock m_changing;         ///< guest clusters whose entries are about to change
    AsyncMutex m_writingBack;
    std::vector<Freed> m_freed;         ///< since the last write-back
    std::list<FreedBatch> m_releasable; ///< the file no longer points at them
    std::list<std::uint64_t> m_active;  ///< numbers of requests in progress, ascending
    std::uint64_t m_nextRequest = 1;
    bool m_isCorrupt = false;
};

} // namespace engine::block::qcow2
