// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "block/qcow2/qcow2_header.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace engine::block::qcow2 {

/// Where the packed bytes are ("Compressed Clusters Descriptor").
struct CompressedExtent {
    std::uint64_t offset = 0; ///< in the file
    std::uint64_t length = 0; ///< upper bound, to the end of the last 512-byte sector
};
[[nodiscard]] CompressedExtent compressedExtent(std::uint64_t l2Entry, unsigned clusterBits);

/// Unpacks one cluster; false when the bytes are damaged or yield less than `into`.
[[nodiscard]] bool unpackCluster(Compression method, std::span<const std::byte> packed,
                                 std::span<std::byte> into);

/// The contents of the compressed cluster that was read last: small reads come in sequence.
class CompressedCluster {
public:
    [[nodiscard]] const std::vector<std::byte>* find(std::uint64_t l2Entry) const
    {
        return m_entry == l2Entry ? &m_contents : nullptr;
    }
    void put(std::uint64_t l2Entry, std::vector<std::byte> contents)
    {
        m_entry = l2Entry;
        m_contents = std::move(contents);
    }
    void clear() { m_entry.reset(); }

private:
    std::optional<std::uint64_t> m_entry;
    std::vector<std::byte> m_contents;
};

} // namespace engine::block::qcow2
