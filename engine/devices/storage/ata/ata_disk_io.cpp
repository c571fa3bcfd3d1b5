// SPDX-License-Identifier: GPL-3.0-or-later
// Commands of AtaDisk that reach the medium.
#include "base/checked.h"
#include "devices/storage/ata/ata_disk.h"

#include <algorithm>
#include <vector>

namespace engine::ata {

namespace {

constexpr std::uint64_t Lba48Mask = (std::uint64_t{1} << 48) - 1;
constexpr std::uint32_t Lba24Mask = 0x00ff'ffff;
constexpr std::uint8_t DeviceLbaMode = 0x40;

/// Cylinder, head and sector to a block address (ATA/ATAPI-5, 6.2); nullopt for sector 0.
std::optional<std::uint64_t> fromChs(const TaskFile& registers)
{
    constexpr std::uint64_t Heads = 16;
    constexpr std::uint64_t SectorsPerTrack = 63;
    const std::uint64_t sector = registers.lba & 0xff;
    const std::uint64_t cylinder = registers.lba >> 8 & 0xffff;
    if (sector == 0 || sector > SectorsPerTrack)
        return std::nullopt;
    return (cylinder * Heads + (registers.device & 0x0fU)) * SectorsPerTrack + sector - 1;
}

} // namespace

/// Several discards that end as one command.
struct AtaDisk::TrimJob {
    Outcome outcome;
    Done done;
    unsigned left = 0;
};

/// A verification that reads piece by piece into a buffer of its own.
struct AtaDisk::VerifyJob {
    Outcome outcome;
    Done done;
    Range range;
    std::uint64_t at = 0;
    std::vector<std::byte> buffer;
};

std::optional<AtaDisk::Range> AtaDisk::rangeOf(const TaskFile& registers, bool extended, bool queued) const
{
    // A 28-bit command carries address bits 24 to 27 in the device register.
    std::uint64_t first = extended ? registers.lba & Lba48Mask
                                   : (registers.lba & Lba24Mask) | (registers.device & 0x0fULL) << 24;
    if (!extended && (registers.device & DeviceLbaMode) == 0) {
        const auto translated = fromChs(registers);
        if (!translated)
            return std::nullopt;
        first = *translated;
    }
    const std::uint32_t field = queued ? registers.features : registers.count;
    std::uint64_t sectors = extended ? field : field & 0xff;
    if (sectors == 0)
        sectors = extended ? 65536 : 256;
    const std::uint64_t capacity = m_info.capacityBytes / m_info.logicalBlockBytes;
    if (!isInside(first, sectors, capacity))
        return std::nullopt;
    return Range{.offset = first * m_info.logicalBlockBytes, .length = sectors * m_info.logicalBlockBytes};
}

void AtaDisk::finishTransfer(Outcome good, Done done, BlockStatus status)
{
    if (status != BlockStatus::Ok) {
        good.status = StatusGood | StatusError;
        good.error = errorBits(status);
        good.transferredBytes = 0;
        m_log.warning(m_name, "the host could not complete a disk request");
        if (good.protocol == Protocol::Queued)
            m_queuedError = QueuedError{.outcome = good,
                                        .tag = static_cast<std::uint8_t>(good.registers.count >> 3 & 31)};
    }
    done(good);
}

void AtaDisk::read(const Command& command, Done done, Protocol protocol, bool extended)
{
    const auto range = rangeOf(command.registers, extended, protocol == Protocol::Queued);
    if (!range)
        return finishTransfer(finished(command, protocol), std::move(done), BlockStatus::OutOfRange);
    auto target = command.buffer.map(IoDirection::ToGuest, range->length);
    if (!target) {
        Outcome outcome = failure(command, protocol, ErrorAbort);
        outcome.badAddress = target.error() == TransferError::BadAddress;
        return done(outcome);
    }
    m_backend->read(
        range->offset, std::move(*target),
        m_tracker->track([this, good = finished(command, protocol, range->length), done = std::move(done)](
                             BlockStatus status) mutable { finishTransfer(good, std::move(done), status); }));
}

void AtaDisk::write(const Command& command, Done done, Protocol protocol, bool extended, bool forceUnit)
{
    const auto range = rangeOf(command.registers, extended, protocol == Protocol::Queued);
    if (!range || m_info.readOnly)
        return finishTransfer(finished(command, protocol), std::move(done),
                              range ? BlockStatus::ReadOnly : BlockStatus::OutOfRange);
    auto source = command.buffer.map(IoDirection::FromGuest, range->length);
    if (!source) {
        Outcome outcome = failure(command, protocol, ErrorAbort);
        outcome.badAddress = source.error() == TransferError::BadAddress;
        return done(outcome);
    }
    const bool stable = forceUnit || !m_settings.writeCache;
    m_backend->write(range->offset, std::move(*source),
                     m_tracker->track([this, stable, good = finished(command, protocol, range->length),
                                       done = std::move(done)](BlockStatus status) mutable {
                         if (status != BlockStatus::Ok || !stable)
                             return finishTransfer(good, std::move(done), status);
                         m_backend->flush(m_tracker->track(
                             [this, good, done = std::move(done)](BlockStatus flushed) mutable {
                                 finishTransfer(good, std::move(done), flushed);
                             }));
                     }));
}

void AtaDisk::verify(const Command& command, Done done, bool extended)
{
    constexpr std::uint64_t PieceBytes = 256 << 10;
    const auto range = rangeOf(command.registers, extended, false);
    if (!range)
        return finishTransfer(finished(command, Protocol::NonData), std::move(done), BlockStatus::OutOfRange);
    auto job = std::make_shared<VerifyJob>();
    job->outcome = finished(command, Protocol::NonData);
    job->done = std::move(done);
    job->range = *range;
    job->buffer.resize(std::min(range->length, PieceBytes));
    verifyNext(job);
}

void AtaDisk::verifyNext(const std::shared_ptr<VerifyJob>& job)
{
    const std::uint64_t length = std::min<std::uint64_t>(job->buffer.size(), job->range.length - job->at);
    IoVectors into;
    into.append(job->buffer.data(), length);
    m_backend->read(job->range.offset + job->at, std::move(into),
                    m_tracker->track([this, job, length](BlockStatus status) {
                        job->at += length;
                        if (status != BlockStatus::Ok || job->at >= job->range.length)
                            return finishTransfer(job->outcome, std::move(job->done), status);
                        // Through the loop, so that a backend that completes at once costs no stack.
                        m_backend->loop().defer([resume = m_tracker->track([this, job](BlockStatus) {
                            verifyNext(job);
                        })]() mutable { resume(BlockStatus::Ok); });
                    }));
}

void AtaDisk::flush(const Command& command, Done done)
{
    m_backend->flush(
        m_tracker->track([this, good = finished(command, Protocol::NonData), done = std::move(done)](
                             BlockStatus status) mutable { finishTransfer(good, std::move(done), status); }));
}

void AtaDisk::trim(const Command& command, Done done)
{
    constexpr std::uint16_t Trim = 1;
    constexpr std::size_t BlockBytes = 512;
    constexpr unsigned MaxBlocks = 8; // IDENTIFY word 105
    const unsigned blocks = command.registers.count;
    if (!m_info.canDiscard || (command.registers.features & Trim) == 0 || blocks == 0 || blocks > MaxBlocks)
        return done(failure(command, Protocol::Dma, ErrorAbort));
    std::vector<std::uint64_t> entries(blocks * BlockBytes / sizeof(std::uint64_t));
    const auto source = command.buffer.map(IoDirection::FromGuest, blocks * BlockBytes);
    if (!source) {
        Outcome outcome = failure(command, Protocol::Dma, ErrorAbort);
        outcome.badAddress = source.error() == TransferError::BadAddress;
        return done(outcome);
    }
    source->copyTo(std::as_writable_bytes(std::span(entries)));

    std::vector<Range> ranges;
    const std::uint64_t capacity = m_info.capacityBytes / m_info.logicalBlockBytes;
    for (const std::uint64_t entry : entries) {
        const std::uint64_t first = entry & Lba48Mask;
        const std::uint64_t sectors = entry >> 48;
        if (sectors == 0)
            continue;
        if (!isInside(first, sectors, capacity))
            return finishTransfer(finished(command, Protocol::Dma), std::move(done), BlockStatus::OutOfRange);
        ranges.push_back(
            {.offset = first * m_info.logicalBlockBytes, .length = sectors * m_info.logicalBlockBytes});
    }
    auto job = std::make_shared<TrimJob>();
    job->outcome = finished(command, Protocol::Dma, blocks * BlockBytes);
    job->done = std::move(done);
    job->left = 1; // ours, so that the job cannot end while requests are still being made
    const auto finishOne = [job](BlockStatus status) {
        if (status != BlockStatus::Ok && !job->outcome.failed()) {
            job->outcome.status = StatusGood | StatusError;
            job->outcome.error = errorBits(status);
        }
        if (--job->left == 0)
            job->done(job->outcome);
    };
    for (const Range& range : ranges) {
        ++job->left;
        m_backend->discard(range.offset, range.length, m_tracker->track(finishOne));
    }
    finishOne(BlockStatus::Ok);
}

} // namespace engine::ata
