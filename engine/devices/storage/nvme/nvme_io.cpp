// SPDX-License-Identifier: GPL-3.0-or-later
// I/O commands of the NVM command set (NVMe 1.4, chapter 6).
#include "base/checked.h"
#include "devices/storage/nvme/nvme_engine.h"
#include "devices/storage/nvme/prp.h"

namespace engine::nvme {

namespace {

constexpr std::uint32_t AllNamespaces = 0xffff'ffff;
constexpr std::uint32_t ForceUnitAccess = 1U << 30; ///< dword 12
constexpr std::uint32_t Deallocate = 1U << 25;      ///< dword 12, write zeroes

std::uint64_t firstBlock(const Submission& command)
{
    return command.dword10 | std::uint64_t{command.dword11} << 32;
}

std::uint64_t blockCount(const Submission& command)
{
    return std::uint64_t{command.dword12 & 0xffff} + 1;
}

/// NVMe 1.4, figure 358.
struct DatasetRange {
    std::uint32_t attributes;
    std::uint32_t blocks;
    std::uint64_t first;
};
static_assert(sizeof(DatasetRange) == 16);

} // namespace

/// Several discards that end as one command.
struct Engine::DiscardJob {
    Ticket ticket;
    Status status = Status::Success;
    unsigned left = 1; // ours, so that the job cannot end while requests are still being made
};

void Engine::executeIo(const Ticket& ticket, const Submission& command)
{
    const bool forAll = command.opcode == io_opcode::Flush && command.namespaceId == AllNamespaces;
    if (command.namespaceId != 1 && !forAll)
        return finish(ticket, Status::InvalidNamespace);
    switch (command.opcode) {
    case io_opcode::Flush: return flush(ticket);
    case io_opcode::Read: return transfer(ticket, command, false);
    case io_opcode::Write: return transfer(ticket, command, true);
    case io_opcode::Compare: return compare(ticket, command);
    case io_opcode::WriteZeroes: return writeZeroes(ticket, command);
    case io_opcode::DatasetManagement: return manageDataset(ticket, command);
    default: return finish(ticket, Status::InvalidOpcode);
    }
}

std::optional<Engine::Extent> Engine::extentOf(std::uint64_t first, std::uint64_t blocks) const
{
    const std::uint64_t capacity = m_info.capacityBytes / m_info.logicalBlockBytes;
    if (!isInside(first, blocks, capacity))
        return std::nullopt;
    return Extent{.offset = first * m_info.logicalBlockBytes, .length = blocks * m_info.logicalBlockBytes};
}

Status Engine::toStatus(BlockStatus status, bool isWrite)
{
    switch (status) {
    case BlockStatus::Ok: return Status::Success;
    case BlockStatus::IoError: return isWrite ? Status::WriteFault : Status::ReadError;
    case BlockStatus::NoSpace: return Status::CapacityExceeded;
    case BlockStatus::OutOfRange: return Status::OutOfRange;
    case BlockStatus::ReadOnly: return Status::ReadOnlyRange;
    case BlockStatus::Cancelled: return Status::Aborted;
    }
    return Status::DataTransferError;
}

BlockBackend::Completion Engine::ending(const Ticket& ticket, bool isWrite, bool stable)
{
    return track([this, ticket, isWrite, stable](BlockStatus status) {
        if (status != BlockStatus::Ok)
            m_log.warning("nvme", "the host could not complete a disk request");
        if (status == BlockStatus::Ok && stable)
            m_backend->flush(ending(ticket, isWrite, false));
        else
            finish(ticket, toStatus(status, isWrite));
    });
}

void Engine::transfer(const Ticket& ticket, const Submission& command, bool isWrite)
{
    const auto extent = extentOf(firstBlock(command), blockCount(command));
    if (blockCount(command) * m_info.logicalBlockBytes > MaxTransferBytes)
        return finish(ticket, Status::InvalidField);
    if (!extent)
        return finish(ticket, Status::OutOfRange);
    if (isWrite && m_info.readOnly)
        return finish(ticket, Status::ReadOnlyRange);
    auto vectors = PrpBuffer(m_memory, m_pageShift, command)
                       .map(isWrite ? IoDirection::FromGuest : IoDirection::ToGuest, extent->length);
    if (!vectors)
        return finish(ticket, vectors.error());
    if (!isWrite) {
        m_activity.noteRead(extent->length);
        return m_backend->read(extent->offset, std::move(*vectors), ending(ticket, false, false));
    }
    m_activity.noteWrite(extent->length);
    const bool stable = (command.dword12 & ForceUnitAccess) != 0 || !m_features.writeCache;
    m_backend->write(extent->offset, std::move(*vectors), ending(ticket, true, stable));
}

void Engine::writeZeroes(const Ticket& ticket, const Submission& command)
{
    const auto extent = extentOf(firstBlock(command), blockCount(command));
    if (!extent)
        return finish(ticket, Status::OutOfRange);
    if (m_info.readOnly)
        return finish(ticket, Status::ReadOnlyRange);
    const bool stable = (command.dword12 & ForceUnitAccess) != 0 || !m_features.writeCache;
    m_backend->writeZeroes(extent->offset, extent->length, (command.dword12 & Deallocate) != 0,
                           ending(ticket, true, stable));
}

void Engine::flush(const Ticket& ticket)
{
    m_backend->flush(ending(ticket, true, false));
}

void Engine::manageDataset(const Ticket& ticket, const Submission& command)
{
    constexpr std::uint32_t DeallocateAttribute = 1U << 2; // dword 11
    const std::size_t count = (command.dword10 & 0xff) + 1;
    if (m_info.readOnly)
        return finish(ticket, Status::ReadOnlyRange);
    const auto source =
        PrpBuffer(m_memory, m_pageShift, command).map(IoDirection::FromGuest, count * sizeof(DatasetRange));
    if (!source)
        return finish(ticket, source.error());
    std::vector<DatasetRange> ranges(count);
    source->copyTo(std::as_writable_bytes(std::span(ranges)));
    std::vector<Extent> extents;
    for (const DatasetRange& range : ranges) {
        const auto extent = extentOf(range.first, range.blocks);
        if (!extent)
            return finish(ticket, Status::OutOfRange);
        if (extent->length != 0)
            extents.push_back(*extent);
    }
    if ((command.dword11 & DeallocateAttribute) == 0)
        return finish(ticket, Status::Success); // the other attributes are hints
    auto job = std::make_shared<DiscardJob>(DiscardJob{.ticket = ticket});
    const auto finishOne = [this, job](BlockStatus status) {
        if (status != BlockStatus::Ok)
            job->status = toStatus(status, true);
        if (--job->left == 0)
            finish(job->ticket, job->status);
    };
    for (const Extent& extent : extents) {
        ++job->left;
        m_backend->discard(extent.offset, extent.length, track(finishOne));
    }
    finishOne(BlockStatus::Ok);
}

} // namespace engine::nvme
