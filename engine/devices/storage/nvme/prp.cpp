// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/storage/nvme/prp.h"

#include <algorithm>

namespace engine::nvme {

std::expected<IoVectors, Status> PrpBuffer::map(IoDirection direction, std::uint64_t length) const
{
    IoVectors vectors;
    if (length == 0)
        return vectors;
    if (length > MaxTransferBytes)
        return std::unexpected(Status::InvalidField);
    if (m_prp1 % 4 != 0)
        return std::unexpected(Status::InvalidPrpOffset);
    const std::uint64_t inFirst = std::min(length, m_pageBytes - m_prp1 % m_pageBytes);
    Status status = append(vectors, direction, m_prp1, inFirst);
    const std::uint64_t rest = length - inFirst;
    if (status == Status::Success && rest != 0) {
        if (rest > m_pageBytes)
            status = walkList(vectors, direction, rest);
        else if (m_prp2 % m_pageBytes != 0)
            status = Status::InvalidPrpOffset;
        else
            status = append(vectors, direction, m_prp2, rest);
    }
    if (status != Status::Success)
        return std::unexpected(status);
    return vectors;
}

Status PrpBuffer::append(IoVectors& vectors, IoDirection direction, std::uint64_t address,
                         std::uint64_t length) const
{
    return m_memory.appendIoVectors(vectors, GuestAddress(address), length, direction)
               ? Status::Success
               : Status::DataTransferError;
}

Status PrpBuffer::walkList(IoVectors& vectors, IoDirection direction, std::uint64_t length) const
{
    constexpr std::uint64_t EntryBytes = 8;
    if (m_prp2 % EntryBytes != 0)
        return Status::InvalidPrpOffset;
    std::uint64_t list = m_prp2;
    while (length != 0) {
        const std::uint64_t roomOnPage = (m_pageBytes - list % m_pageBytes) / EntryBytes;
        const std::uint64_t pages = (length + m_pageBytes - 1) / m_pageBytes;
        // Then the page's last entry leads to the next page of them, which is whole: no endless walk.
        const bool chained = pages > roomOnPage;
        std::vector<std::uint64_t> entries(std::min(pages, roomOnPage));
        if (!m_memory.read(GuestAddress(list), std::as_writable_bytes(std::span(entries))))
            return Status::DataTransferError;
        const std::size_t data = entries.size() - (chained ? 1 : 0);
        for (std::size_t i = 0; i < data; ++i) {
            if (entries[i] % m_pageBytes != 0)
                return Status::InvalidPrpOffset;
            const std::uint64_t piece = std::min(length, m_pageBytes);
            if (const Status status = append(vectors, direction, entries[i], piece);
                status != Status::Success)
                return status;
            length -= piece;
        }
        if (!chained)
            break;
        list = entries.back();
        if (list % m_pageBytes != 0)
            return Status::InvalidPrpOffset;
    }
    return Status::Success;
}

} // namespace engine::nvme
