// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/qcow2/table_cache.h"

#include <algorithm>

namespace engine::block::qcow2 {

namespace {

/// Small enough to be read for one random access, large enough for 32 MiB of guest data.
constexpr std::uint64_t PreferredSliceBytes = 4096;
constexpr std::size_t FewestSlices = 16;

} // namespace

TableCache::TableCache(FileIo& io, std::uint64_t clusterBytes, std::uint64_t budgetBytes)
    : m_io(io), m_sliceBytes(std::min(clusterBytes, PreferredSliceBytes)),
      m_maxSlices(std::max<std::size_t>(FewestSlices, static_cast<std::size_t>(budgetBytes / m_sliceBytes)))
{}

TableCache::SlicePtr TableCache::find(std::uint64_t sliceOffset)
{
    const auto it = m_slices.find(sliceOffset);
    if (it == m_slices.end() || !it->second->isLoaded)
        return nullptr;
    m_recent.splice(m_recent.begin(), m_recent, it->second->recency);
    return it->second;
}

TableCache::SlicePtr TableCache::add(std::uint64_t sliceOffset)
{
    makeRoom();
    auto slice = std::make_shared<Slice>();
    slice->offset = sliceOffset;
    slice->bytes.resize(m_sliceBytes);
    m_recent.push_front(slice.get());
    slice->recency = m_recent.begin();
    m_slices[sliceOffset] = slice;
    return slice;
}

void TableCache::makeRoom()
{
    auto it = m_recent.end();
    while (m_slices.size() >= m_maxSlices && it != m_recent.begin()) {
        --it;
        const SlicePtr& slice = m_slices.at((*it)->offset);
        // Held by somebody, being loaded, or not yet in the file: stays.
        if (slice.use_count() > 1 || !slice->isLoaded || slice->isDirty)
            continue;
        it = m_recent.erase(it);
        m_slices.erase(slice->offset);
    }
}

void TableCache::drop(const SlicePtr& slice)
{
    if (slice->isDirty)
        --m_dirtyCount;
    slice->isDirty = false;
    m_recent.erase(slice->recency);
}

Async<BlockStatus> TableCache::load(std::uint64_t sliceOffset)
{
    if (const auto it = m_slices.find(sliceOffset); it != m_slices.end()) {
        const SlicePtr slice = it->second;
        if (slice->isLoaded)
            co_return BlockStatus::Ok;
        struct WaitForLoad {
            Slice& slice;
            bool await_ready() const noexcept { return false; }
            void await_suspend(std::coroutine_handle<> waiter) { slice.waiters.push_back(waiter); }
            void await_resume() noexcept {}
        };
        co_await WaitForLoad{*slice};
        co_return slice->isLoaded ? BlockStatus::Ok : BlockStatus::IoError;
    }
    const SlicePtr slice = add(sliceOffset);
    IoVectors into;
    into.append(slice->bytes.data(), slice->bytes.size());
    const BlockStatus status = co_await m_io.read(sliceOffset, into);
    const auto it = m_slices.find(sliceOffset);
    const bool isCurrent = it != m_slices.end() && it->second == slice;
    if (status == BlockStatus::Ok) {
        slice->isLoaded = true;
    } else if (isCurrent) {
        drop(slice);
        m_slices.erase(sliceOffset);
    }
    const auto waiters = std::move(slice->waiters);
    for (const auto waiter : waiters)
        waiter.resume();
    co_return status;
}

TableCache::SlicePtr TableCache::insertZeros(std::uint64_t sliceOffset)
{
    forget(sliceOffset, m_sliceBytes);
    SlicePtr slice = add(sliceOffset);
    slice->isLoaded = true;
    markDirty(*slice);
    return slice;
}

void TableCache::markDirty(Slice& slice)
{
    if (!slice.isDirty)
        ++m_dirtyCount;
    slice.isDirty = true;
}

void TableCache::forget(std::uint64_t offset, std::uint64_t length)
{
    for (std::uint64_t at = sliceStart(offset); at < offset + length; at += m_sliceBytes) {
        if (const auto it = m_slices.find(at); it != m_slices.end()) {
            drop(it->second);
            m_slices.erase(it);
        }
    }
}

std::vector<TableCache::DirtyCopy> TableCache::takeDirty()
{
    std::vector<DirtyCopy> copies;
    if (m_dirtyCount == 0)
        return copies;
    copies.reserve(m_dirtyCount);
    for (const auto& [offset, slice] : m_slices) {
        if (!slice->isDirty)
            continue;
        copies.push_back({.slice = slice, .bytes = slice->bytes});
        slice->isDirty = false;
    }
    m_dirtyCount = 0;
    std::ranges::sort(copies, {}, [](const DirtyCopy& copy) { return copy.slice->offset; });
    return copies;
}

void TableCache::restoreDirty(TableCache& cache, const std::vector<DirtyCopy>& copies)
{
    for (const DirtyCopy& copy : copies) {
        const auto it = cache.m_slices.find(copy.slice->offset);
        if (it != cache.m_slices.end() && it->second == copy.slice)
            cache.markDirty(*copy.slice);
    }
}

Async<BlockStatus> TableCache::write(std::vector<DirtyCopy> copies)
{
    for (std::size_t i = 0; i < copies.size();) {
        const std::uint64_t start = copies[i].slice->offset;
        IoVectors from;
        do {
            from.append(copies[i].bytes.data(), copies[i].bytes.size());
            ++i;
        } while (i < copies.size() && copies[i].slice->offset == start + from.sizeBytes());
        const BlockStatus status = co_await m_io.write(start, from);
        if (status != BlockStatus::Ok) {
            restoreDirty(*this, copies);
            co_return status;
        }
    }
    co_return BlockStatus::Ok;
}

} // namespace engine::block::qcow2
