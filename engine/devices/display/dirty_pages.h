// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace engine::display {

/// One bit for each 4 KiB page of video memory, in the layout of AddressSpace::takeDirty().
class DirtyPages {
public:
    static constexpr std::uint32_t PageBytes = 4096;

    DirtyPages() = default;
    explicit DirtyPages(std::uint64_t memoryBytes)
        : m_pages(memoryBytes / PageBytes), m_bits((m_pages + 63) / 64)
    {}

    [[nodiscard]] std::uint64_t pageCount() const { return m_pages; }
    [[nodiscard]] bool isAny() const
    {
        return std::ranges::any_of(m_bits, [](auto bits) { return bits != 0; });
    }
    [[nodiscard]] bool isDirty(std::uint64_t page) const
    {
        return page < m_pages && (m_bits[page / 64] >> (page % 64) & 1) != 0;
    }
    /// True when a page that holds one of these bytes is dirty.
    [[nodiscard]] bool isRangeDirty(std::uint64_t offset, std::uint64_t length) const
    {
        for (std::uint64_t page = offset / PageBytes;
             length != 0 && page <= (offset + length - 1) / PageBytes; ++page)
            if (isDirty(page))
                return true;
        return false;
    }

    void markByte(std::uint64_t offset)
    {
        if (const std::uint64_t page = offset / PageBytes; page < m_pages)
            m_bits[page / 64] |= std::uint64_t{1} << (page % 64);
    }
    void markRange(std::uint64_t offset, std::uint64_t length)
    {
        for (std::uint64_t at = offset / PageBytes * PageBytes;
             at < offset + length && at / PageBytes < m_pages; at += PageBytes)
            markByte(at);
    }
    void markAll() { markRange(0, m_pages * PageBytes); }
    void clear() { std::ranges::fill(m_bits, 0); }

    /// ORs a bitmap whose bit 0 is the page at `firstPage`.
    void merge(std::span<const std::uint64_t> bits, std::uint64_t firstPage = 0)
    {
        for (std::uint64_t word = 0; word < bits.size(); ++word)
            for (std::uint64_t rest = bits[word]; rest != 0; rest &= rest - 1)
                markByte((firstPage + word * 64 + static_cast<unsigned>(__builtin_ctzll(rest))) * PageBytes);
    }
    void merge(const DirtyPages& other) { merge(std::span(other.m_bits)); }

private:
    std::uint64_t m_pages = 0;
    std::vector<std::uint64_t> m_bits;
};

} // namespace engine::display
