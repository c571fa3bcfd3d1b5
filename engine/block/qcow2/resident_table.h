// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "block/file_io.h"

#include <cstdint>
#include <set>
#include <vector>

namespace engine::block::qcow2 {

/// A first-level table (L1 or refcount table) that is kept in memory as a whole. Its size has been
/// bounded by the header check. Entries are in host byte order here.
class ResidentTable {
public:
    [[nodiscard]] static Result<ResidentTable> read(const ImageFile& file, std::uint64_t offset,
                                                    std::uint64_t entries);
    /// A table that is in the file at `offset` already.
    ResidentTable(std::uint64_t offset, std::vector<std::uint64_t> entries)
        : m_offset(offset), m_entries(std::move(entries))
    {}

    [[nodiscard]] std::uint64_t offset() const { return m_offset; }
    [[nodiscard]] std::size_t size() const { return m_entries.size(); }
    [[nodiscard]] std::uint64_t at(std::size_t index) const { return m_entries.at(index); }
    [[nodiscard]] const std::vector<std::uint64_t>& entries() const { return m_entries; }
    /// Changes one entry; the file follows with write().
    void set(std::size_t index, std::uint64_t value);
    [[nodiscard]] bool isDirty() const { return !m_dirtyChunks.empty(); }

    /// The changed parts as they are now.
    struct Chunk {
        std::size_t index = 0;
        std::uint64_t offset = 0;
        std::vector<std::byte> bytes;
    };
    [[nodiscard]] std::vector<Chunk> takeDirty();
    void restoreDirty(const std::vector<Chunk>& chunks);
    [[nodiscard]] static Async<BlockStatus> write(FileIo& io, std::vector<Chunk> chunks);

    /// All entries in the file's byte order.
    [[nodiscard]] static std::vector<std::byte> encode(const std::vector<std::uint64_t>& entries);

private:
    static constexpr std::size_t ChunkEntries = 64; ///< one sector

    std::uint64_t m_offset;
    std::vector<std::uint64_t> m_entries;
    std::set<std::size_t> m_dirtyChunks;
};

} // namespace engine::block::qcow2
