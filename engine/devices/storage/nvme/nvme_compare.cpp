// SPDX-License-Identifier: GPL-3.0-or-later
// The compare command (NVMe 1.4, 6.6).
#include "devices/storage/nvme/nvme_engine.h"
#include "devices/storage/nvme/prp.h"

#include <algorithm>

namespace engine::nvme {

namespace {

/// One part is read and compared at a time, and one command, so that a full queue of them is cheap.
constexpr std::uint64_t PartBytes = 64 * 1024;

} // namespace

struct Engine::CompareJob {
    Ticket ticket;
    Extent extent;
    IoVectors expected;
    std::uint64_t done = 0;
    bool isReading = false;
    std::vector<std::byte> onDisk = {};
};

void Engine::compare(const Ticket& ticket, const Submission& command)
{
    const std::uint64_t blocks = std::uint64_t{command.dword12 & 0xffff} + 1;
    const auto extent = extentOf(command.dword10 | std::uint64_t{command.dword11} << 32, blocks);
    if (blocks * m_info.logicalBlockBytes > MaxTransferBytes)
        return finish(ticket, Status::InvalidField);
    if (!extent)
        return finish(ticket, Status::OutOfRange);
    auto vectors = PrpBuffer(m_memory, m_pageShift, command).map(IoDirection::FromGuest, extent->length);
    if (!vectors)
        return finish(ticket, vectors.error());
    m_activity.noteRead(extent->length);
    m_compares.push_back(std::make_shared<CompareJob>(
        CompareJob{.ticket = ticket, .extent = *extent, .expected = std::move(*vectors)}));
    if (m_compares.size() == 1)
        compareNext();
}

void Engine::compareNext()
{
    if (m_compares.empty() || m_compares.front()->isReading)
        return;
    const std::shared_ptr<CompareJob> job = m_compares.front();
    job->isReading = true;
    job->onDisk.resize(std::min(PartBytes, job->extent.length - job->done));
    IoVectors into;
    into.append(job->onDisk.data(), job->onDisk.size());
    m_backend->read(job->extent.offset + job->done, std::move(into),
                    track([this, job](BlockStatus status) { endPart(job, status); }));
}

void Engine::endPart(const std::shared_ptr<CompareJob>& job, BlockStatus status)
{
    if (m_compares.empty() || m_compares.front() != job)
        return; // the controller was reset
    job->isReading = false;
    Status result = toStatus(status, false);
    if (status == BlockStatus::Ok) {
        std::vector<std::byte> expected(job->onDisk.size());
        job->expected.copyTo(expected, job->done);
        job->done += expected.size();
        if (expected != job->onDisk)
            result = Status::CompareFailure;
        else if (job->done < job->extent.length)
            return compareNext();
    }
    m_compares.pop_front();
    finish(job->ticket, result);
    if (!m_compares.empty())
        m_backend->loop().defer([this] { compareNext(); }); // not deeper and deeper
}

} // namespace engine::nvme
