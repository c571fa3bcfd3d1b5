// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/storage/nvme/nvme_types.h"
#include "memory/guest_memory.h"

#include <expected>
#include <vector>

namespace engine::nvme {

/// The host memory that a command names with its two PRP entries (NVMe 1.4, 4.3): at most
/// MaxTransferBytes, so the walk is bounded. Lists are read page by page, each entry once.
class PrpBuffer {
public:
    PrpBuffer(const GuestMemory& memory, unsigned pageShift, const Submission& command)
        : m_memory(memory), m_pageBytes(std::uint64_t{1} << pageShift), m_prp1(command.prp1),
          m_prp2(command.prp2)
    {}
    [[nodiscard]] std::expected<IoVectors, Status> map(IoDirection direction, std::uint64_t length) const;

private:
    [[nodiscard]] Status append(IoVectors& vectors, IoDirection direction, std::uint64_t address,
                                std::uint64_t length) const;
    [[nodiscard]] Status walkList(IoVectors& vectors, IoDirection direction, std::uint64_t length) const;

    const GuestMemory& m_memory;
    std::uint64_t m_pageBytes;
    std::uint64_t m_prp1;
    std::uint64_t m_prp2;
};

} // namespace engine::nvme
