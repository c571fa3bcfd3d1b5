// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace engine {

/// Ranges of memory that are handed to the host kernel (preadv, io_uring) and that our own code
/// never dereferences: the one exception to "copies, never pointers", so that bulk data moves
/// once. Made by GuestMemory::ioVectors(), or over a buffer of ours with append().
class IoVectors {
public:
    void append(void* host, std::size_t length)
    {
        if (length == 0)
            return;
        m_size += length;
        // Neighbours become one: the host kernel copies long ranges faster.
        if (!m_vectors.empty()) {
            iovec& last = m_vectors.back();
            if (static_cast<std::byte*>(last.iov_base) + last.iov_len == host) {
                last.iov_len += length;
                return;
            }
        }
        m_vectors.push_back({host, length});
    }
    void append(const IoVectors& other)
    {
        m_vectors.insert(m_vectors.end(), other.m_vectors.begin(), other.m_vectors.end());
        m_size += other.m_size;
    }
    /// The part [offset, offset + length); clipped to what there is.
    [[nodiscard]] IoVectors slice(std::uint64_t offset, std::uint64_t length) const;

    [[nodiscard]] std::span<const iovec> vectors() const { return m_vectors; }
    [[nodiscard]] std::uint64_t sizeBytes() const { return m_size; }

    /// Copies for the paths where the kernel does not do the transfer (compressed clusters, bounce
    /// buffers). Both return the number of bytes copied, bounded by both sides.
    std::size_t copyFrom(std::span<const std::byte> from, std::uint64_t offset = 0) const;
    std::size_t copyTo(std::span<std::byte> into, std::uint64_t offset = 0) const;
    /// Zeroes the part [offset, offset + length).
    void fillZero(std::uint64_t offset, std::uint64_t length) const;

private:
    std::vector<iovec> m_vectors;
    std::uint64_t m_size = 0;
};

} // namespace engine
