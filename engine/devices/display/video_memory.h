// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>

namespace engine::display {

/// The bytes of a display's video memory, seen by device and scan-out while vCPUs write them. Every
/// access is a relaxed atomic, so a race with the guest yields old or new bytes and nothing worse;
/// offsets wrap at the size, so no arithmetic on guest values can leave the memory.
class VideoMemory {
public:
    VideoMemory() = default;
    /// `sizeBytes` is a power of two, at least 256 KiB (four planes of 64 KiB); `data` is aligned to 8.
    VideoMemory(std::byte* data, std::uint32_t sizeBytes) : m_data(data), m_mask(sizeBytes - 1)
    {
        assert(std::has_single_bit(sizeBytes) && sizeBytes >= 256 * 1024);
    }

    [[nodiscard]] std::uint32_t sizeBytes() const { return m_mask + 1; }

    [[nodiscard]] std::uint8_t load8(std::uint32_t offset) const
    {
        return std::to_integer<std::uint8_t>(
            std::atomic_ref(m_data[offset & m_mask]).load(std::memory_order_relaxed));
    }
    void store8(std::uint32_t offset, std::uint8_t value)
    {
        std::atomic_ref(m_data[offset & m_mask]).store(std::byte{value}, std::memory_order_relaxed);
    }
    /// The aligned word that holds `offset`. Planar modes keep the four planes' bytes of one address
    /// in it, plane 0 lowest.
    [[nodiscard]] std::uint32_t load32(std::uint32_t offset) const
    {
        return std::atomic_ref(word(offset)).load(std::memory_order_relaxed);
    }
    void store32(std::uint32_t offset, std::uint32_t value)
    {
        std::atomic_ref(word(offset)).store(value, std::memory_order_relaxed);
    }
    /// Zeroes whole words from `offset`; `length` is cut at the end of the memory.
    void clear(std::uint32_t offset, std::uint64_t length)
    {
        for (std::uint64_t at = offset & m_mask & ~3U; at < offset + length && at <= m_mask; at += 4)
            store32(static_cast<std::uint32_t>(at), 0);
    }

private:
    [[nodiscard]] std::uint32_t& word(std::uint32_t offset) const
    {
        // SAFETY: inside the memory (masked) and aligned to 4; the block holds no objects, only bytes.
        return *reinterpret_cast<std::uint32_t*>(m_data + (offset & m_mask & ~3U));
    }

    std::byte* m_data = nullptr;
    std::uint32_t m_mask = 0;
};

} // namespace engine::display
