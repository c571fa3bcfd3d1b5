// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/qcow2/resident_table.h"

#include "block/byte_order.h"

#include <algorithm>

namespace engine::block::qcow2 {

namespace {

constexpr std::size_t EntryBytes = sizeof(std::uint64_t);

} // namespace

Result<ResidentTable> ResidentTable::read(const ImageFile& file, std::uint64_t offset, std::uint64_t entries)
{
    std::vector<std::byte> raw(entries * EntryBytes);
    const std::uint64_t fileBytes = VM_TRY(file.size());
    // The end of the last cluster may not have been written yet: it reads as zeros.
    const std::uint64_t present =
        fileBytes > offset ? std::min<std::uint64_t>(raw.size(), fileBytes - offset) : 0;
    VM_TRY(file.readAt(offset, std::span(raw).first(present)));
    std::vector<std::uint64_t> decoded(entries);
    for (std::size_t i = 0; i < decoded.size(); ++i)
        decoded[i] = loadBig<std::uint64_t>(raw, i * EntryBytes);
    return ResidentTable(offset, std::move(decoded));
}

void ResidentTable::set(std::size_t index, std::uint64_t value)
{
    m_entries.at(index) = value;
    m_dirtyChunks.insert(index / ChunkEntries);
}

std::vector<ResidentTable::Chunk> ResidentTable::takeDirty()
{
    std::vector<Chunk> chunks;
    for (const std::size_t chunk : m_dirtyChunks) {
        const std::size_t first = chunk * ChunkEntries;
        const std::size_t last = std::min(first + ChunkEntries, m_entries.size());
        const std::vector<std::uint64_t> part(m_entries.begin() + static_cast<std::ptrdiff_t>(first),
                                              m_entries.begin() + static_cast<std::ptrdiff_t>(last));
        chunks.push_back({.index = chunk, .offset = m_offset + first * EntryBytes, .bytes = encode(part)});
    }
    m_dirtyChunks.clear();
    return chunks;
}

void ResidentTable::restoreDirty(const std::vector<Chunk>& chunks)
{
    for (const Chunk& chunk : chunks)
        m_dirtyChunks.insert(chunk.index);
}

Async<BlockStatus> ResidentTable::write(FileIo& io, std::vector<Chunk> chunks)
{
    for (Chunk& chunk : chunks) {
        IoVectors from;
        from.append(chunk.bytes.data(), chunk.bytes.size());
        const BlockStatus status = co_await io.write(chunk.offset, from);
        if (status != BlockStatus::Ok)
            co_return status;
    }
    co_return BlockStatus::Ok;
}

std::vector<std::byte> ResidentTable::encode(const std::vector<std::uint64_t>& entries)
{
    std::vector<std::byte> raw(entries.size() * EntryBytes);
    for (std::size_t i = 0; i < entries.size(); ++i)
        storeBig(raw, i * EntryBytes, entries[i]);
    return raw;
}

} // namespace engine::block::qcow2
