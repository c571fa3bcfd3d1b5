// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "block/file_io.h"

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

namespace engine::block::qcow2 {

/// A bounded cache of pieces ("slices") of L2 tables or refcount blocks, in the file's byte order.
/// Slices go to the file when the image writes its metadata back, in the order that keeps the image
/// consistent; only clean slices are dropped for others. One thread.
class TableCache {
public:
    struct Slice {
        std::uint64_t offset = 0; ///< in the file, a multiple of sliceBytes()
        std::vector<std::byte> bytes;
        bool isLoaded = false;
        bool isDirty = false;
        std::list<Slice*>::iterator recency;
        std::vector<std::coroutine_handle<>> waiters; ///< while it is being loaded
    };
    using SlicePtr = std::shared_ptr<Slice>;
    /// What a dirty slice held when it was taken; the slice stays in the cache meanwhile.
    struct DirtyCopy {
        SlicePtr slice;
        std::vector<std::byte> bytes;
    };

    TableCache(FileIo& io, std::uint64_t clusterBytes, std::uint64_t budgetBytes);

    [[nodiscard]] std::uint64_t sliceBytes() const { return m_sliceBytes; }
    [[nodiscard]] std::uint64_t sliceStart(std::uint64_t offset) const
    {
        return offset & ~(m_sliceBytes - 1);
    }
    /// The loaded slice at this offset, or nullptr. Valid as long as it is held.
    [[nodiscard]] SlicePtr find(std::uint64_t sliceOffset);
    /// Reads it into the cache. Afterwards find() succeeds until the next co_await.
    [[nodiscard]] Async<BlockStatus> load(std::uint64_t sliceOffset);
    /// A new, dirty slice of zeros in place of whatever the cache had there.
    SlicePtr insertZeros(std::uint64_t sliceOffset);
    void markDirty(Slice& slice);
    /// The range of the file holds something else now.
    void forget(std::uint64_t offset, std::uint64_t length);

    /// Takes a copy of everything dirty, which counts as clean from here on.
    [[nodiscard]] std::vector<DirtyCopy> takeDirty();
    /// Writes the copies; on failure they are dirty again.
    [[nodiscard]] Async<BlockStatus> write(std::vector<DirtyCopy> copies);
    static void restoreDirty(TableCache& cache, const std::vector<DirtyCopy>& copies);
    [[nodiscard]] std::size_t dirtyCount() const { return m_dirtyCount; }
    /// So much is dirty that the cache soon can't drop anything.
    [[nodiscard]] bool wantsWriteBack() const { return m_dirtyCount > m_maxSlices / 2; }

private:
    SlicePtr add(std::uint64_t sliceOffset);
    void makeRoom();
    void drop(const SlicePtr& slice);

    FileIo& m_io;
    std::uint64_t m_sliceBytes;
    std::size_t m_maxSlices;
    std::unordered_map<std::uint64_t, SlicePtr> m_slices;
    std::list<Slice*> m_recent; // front = used last
    std::size_t m_dirtyCount = 0;
};

} // namespace engine::block::qcow2
