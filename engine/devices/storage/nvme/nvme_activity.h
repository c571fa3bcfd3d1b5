// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/state.h"
#include "devices/storage/nvme/nvme_identify.h"
#include "devices/storage/nvme/nvme_types.h"

#include <cstdint>
#include <deque>

namespace engine::nvme {

/// What the controller counts for its log pages 01h and 02h (NVMe 1.4, 5.14.1.1 and 5.14.1.2).
class Activity {
public:
    static constexpr std::size_t ErrorEntries = 16;
    static constexpr std::size_t ErrorEntryBytes = 64;

    void noteRead(std::uint64_t bytes) { ++m_reads, m_readBytes += bytes; }
    void noteWrite(std::uint64_t bytes) { ++m_writes, m_writtenBytes += bytes; }
    /// A command that has failed.
    void noteError(std::uint16_t queue, const Submission& command, Status status);
    void notePowerCycle() { ++m_powerCycles; }

    [[nodiscard]] DataPage errorLog() const;
    [[nodiscard]] DataPage healthLog() const;

    void saveState(StateWriter& out) const;
    void readState(StateReader& in);

private:
    struct Failure {
        std::uint64_t number = 0;
        std::uint64_t block = 0;
        std::uint32_t namespaceId = 0;
        std::uint16_t queue = 0;
        std::uint16_t id = 0;
        Status status = Status::Success;
    };
    std::uint64_t m_reads = 0;
    std::uint64_t m_writes = 0;
    std::uint64_t m_readBytes = 0;
    std::uint64_t m_writtenBytes = 0;
    std::uint64_t m_mediaErrors = 0;
    std::uint64_t m_errors = 0;
    std::uint64_t m_powerCycles = 1;
    std::deque<Failure> m_failures; ///< the latest first; not part of a saved state
};

} // namespace engine::nvme
