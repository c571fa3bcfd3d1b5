// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/byte_order.h"
#include "block/qcow2/qcow2_image.h"

#include <algorithm>
#include <array>

namespace engine::block::qcow2 {

Async<BlockStatus> Qcow2Image::flush()
{
    if (isReadOnly())
        co_return BlockStatus::Ok;
    const BlockStatus status = co_await writeBack();
    co_return status;
}

Async<BlockStatus> Qcow2Image::writeBackIfCrowded()
{
    constexpr std::size_t ManyFreed = 65536;
    if (!m_map.cache().wantsWriteBack() && !m_refcounts.wantsWriteBack() && m_freed.size() < ManyFreed)
        co_return BlockStatus::Ok;
    const BlockStatus status = co_await writeBack();
    co_return status;
}

Async<BlockStatus> Qcow2Image::writeBack()
{
    const AsyncMutex::Guard guard = co_await m_writingBack.lock();
    if (m_isCorrupt)
        co_return BlockStatus::IoError;
    BlockStatus status = co_await writeMaps();
    if (status == BlockStatus::Ok)
        status = co_await releaseFreed();
    co_return status;
}

/// Brings the metadata of this moment to stable storage in the order that never leaves a pointer to
/// something that isn't there: counts and data, L2, L1, with a sync between them.
Async<BlockStatus> Qcow2Image::writeMaps()
{
    std::vector<TableCache::DirtyCopy> l2 = m_map.cache().takeDirty();
    std::vector<ResidentTable::Chunk> l1 = m_map.l1().takeDirty();
    for (const std::uint64_t cluster : m_map.takeReplacedTables())
        m_freed.push_back({.cluster = cluster});
    std::vector<Freed> freed = std::exchange(m_freed, {});
    BlockStatus status = co_await m_refcounts.writeBack();
    if (status == BlockStatus::Ok && !(l2.empty() && l1.empty()))
        status = co_await m_io->syncData();
    if (status != BlockStatus::Ok) {
        TableCache::restoreDirty(m_map.cache(), l2);
    } else if (!l2.empty()) {
        status = co_await m_map.cache().write(std::move(l2));
        if (status == BlockStatus::Ok && !l1.empty())
            status = co_await m_io->syncData();
    }
    if (status == BlockStatus::Ok && !l1.empty()) {
        std::vector<ResidentTable::Chunk> copy = l1;
        status = co_await ResidentTable::write(*m_io, std::move(copy));
    }
    if (status == BlockStatus::Ok)
        status = co_await m_io->syncData();
    if (status != BlockStatus::Ok) {
        m_map.l1().restoreDirty(l1);
        m_freed.insert(m_freed.end(), freed.begin(), freed.end());
        co_return status;
    }
    if (!freed.empty())
        m_releasable.push_back({.afterRequest = m_nextRequest - 1, .clusters = std::move(freed)});
    co_return BlockStatus::Ok;
}

/// Gives back clusters that neither the file nor a request in progress refers to.
Async<BlockStatus> Qcow2Image::releaseFreed()
{
    bool hasReleased = false;
    while (!m_releasable.empty()
           && (m_active.empty() || m_active.front() > m_releasable.front().afterRequest)) {
        std::vector<Freed> clusters = std::move(m_releasable.front().clusters);
        m_releasable.pop_front();
        m_unpacked.clear();
        hasReleased = true;
        std::ranges::sort(clusters, {}, &Freed::cluster);
        for (std::size_t i = 0; i < clusters.size();) {
            // A stretch of neighbours of which nothing remains: one hole in the file.
            std::size_t end = i;
            while (end < clusters.size() && clusters[end].givesSpaceBack
                   && clusters[end].cluster == clusters[i].cluster + (end - i)) {
                const std::optional<std::uint64_t> count = co_await m_refcounts.count(clusters[end].cluster);
                if (count != std::optional<std::uint64_t>(1))
                    break;
                ++end;
            }
            if (end > i && !m_io->lacksPunchHole()) {
                (void)co_await m_io->punchHole(clusters[i].cluster << m_header.clusterBits,
                                               (end - i)
                                                   << m_header.clusterBits); // only a favour to the host
            }
            for (end = std::max(end, i + 1); i < end; ++i) {
                const BlockStatus status = co_await m_refcounts.release(clusters[i].cluster);
                if (status != BlockStatus::Ok && m_refcounts.foundDamage())
                    (void)co_await markCorrupt("a cluster that was in use is counted as free");
            }
        }
    }
    if (!hasReleased || m_isCorrupt)
        co_return BlockStatus::Ok;
    const BlockStatus status = co_await m_refcounts.writeBack();
    co_return status;
}

Async<BlockStatus> Qcow2Image::writeField(HeaderField field, std::uint64_t value, unsigned bytes)
{
    std::array<std::byte, 8> raw{};
    if (bytes == 4)
        storeBig(std::span<std::byte>(raw), 0, static_cast<std::uint32_t>(value));
    else
        storeBig(std::span<std::byte>(raw), 0, value);
    IoVectors from;
    from.append(raw.data(), bytes);
    const BlockStatus status = co_await m_io->write(static_cast<std::uint64_t>(field), from);
    co_return status;
}

Async<BlockStatus> Qcow2Image::markCorrupt(std::string_view why)
{
    if (std::exchange(m_isCorrupt, true))
        co_return BlockStatus::IoError;
    if (m_io->log() != nullptr) {
        std::string text = "the image '";
        text += m_io->file().path().string();
        text += "' is damaged: ";
        text += why;
        text += ". Nothing is written to it any more";
        m_io->log()->error("disk", text);
    }
    if (!isReadOnly() && m_header.version >= 3) {
        m_header.incompatible |= CorruptBit;
        (void)co_await writeField(HeaderField::IncompatibleFeatures, m_header.incompatible, 8);
    }
    co_return BlockStatus::IoError;
}

} // namespace engine::block::qcow2
