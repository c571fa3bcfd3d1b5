// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/virtio/block_device.h"

#include <algorithm>
#include <bit>

namespace engine::virtio {

namespace {

/// VIRTIO 1.2, 5.2.4: struct virtio_blk_config.
struct Config {
    std::uint64_t capacity; ///< sectors of 512 bytes
    std::uint32_t sizeMax;
    std::uint32_t segmentMax;
    std::uint16_t cylinders;
    std::uint8_t heads;
    std::uint8_t sectors;
    std::uint32_t blockSize;
    std::uint8_t physicalBlockExponent;
    std::uint8_t alignmentOffset;
    std::uint16_t minIoSize;
    std::uint32_t optimalIoSize;
    std::uint8_t writeBack;
    std::uint8_t unused0;
    std::uint16_t queues;
    std::uint32_t maxDiscardSectors;
    std::uint32_t maxDiscardSegments;
    std::uint32_t discardAlignment;
    std::uint32_t maxZeroSectors;
    std::uint32_t maxZeroSegments;
    std::uint8_t zeroMayUnmap;
    std::array<std::uint8_t, 7> unused1; // to the structure's alignment
};
static_assert(sizeof(Config) == 64);
constexpr std::uint64_t WriteBackOffset = 32;

constexpr unsigned MaxQueues = 16;

} // namespace

BlockDevice::BlockDevice(std::shared_ptr<BlockBackend> backend, Log& log, unsigned queues)
    : m_backend(std::move(backend)), m_log(log), m_info(m_backend->info()),
      m_queues(std::clamp(queues, 1U, MaxQueues))
{}

BlockDevice::~BlockDevice()
{
    m_backend->loop().runAndWait([this] { m_tracker->close(); });
    m_backend->loop().runAndWait([] {}); // what was deferred before has run, too
}

std::uint64_t BlockDevice::offeredFeatures() const
{
    namespace f = block_feature;
    const BlockInfo disk = info();
    std::uint64_t features = f::SegmentLimit | f::BlockSize | f::Flush | f::Topology | f::WriteBackSwitch;
    if (m_queues.size() > 1)
        features |= f::MultiQueue;
    if (disk.readOnly)
        return features | f::ReadOnly;
    return features | f::WriteZeroes | (disk.canDiscard ? f::Discard : 0);
}

std::vector<std::uint16_t> BlockDevice::queueSizes() const
{
    return std::vector<std::uint16_t>(m_queues.size(), QueueSize);
}

void BlockDevice::connect(DeviceServices& services, const GuestMemory& /*memory*/)
{
    m_services = &services;
}

BlockInfo BlockDevice::info() const
{
    std::scoped_lock lock(m_infoMutex);
    return m_info;
}

void BlockDevice::backendChanged()
{
    {
        const BlockInfo now = m_backend->info();
        std::scoped_lock lock(m_infoMutex);
        m_info = now;
    }
    if (m_services)
        m_services->configurationChanged();
}

void BlockDevice::readConfig(std::uint64_t offset, std::span<std::byte> data)
{
    const BlockInfo disk = info();
    const std::uint32_t ratio = std::max(disk.physicalBlockBytes / disk.logicalBlockBytes, 1U);
    Config config{};
    config.capacity = disk.capacityBytes / SectorBytes;
    config.segmentMax = MaxBlockSegments;
    config.blockSize = disk.logicalBlockBytes;
    config.physicalBlockExponent = static_cast<std::uint8_t>(std::countr_zero(std::bit_floor(ratio)));
    config.minIoSize = static_cast<std::uint16_t>(std::min(ratio, 0xffffU));
    config.writeBack = m_writeBack ? 1 : 0;
    config.queues = static_cast<std::uint16_t>(m_queues.size());
    config.maxDiscardSectors = MaxRangeSectors;
    config.maxDiscardSegments = MaxRanges;
    config.discardAlignment = std::max<std::uint32_t>(disk.physicalBlockBytes / SectorBytes, 1);
    config.maxZeroSectors = MaxRangeSectors;
    config.maxZeroSegments = MaxRanges;
    config.zeroMayUnmap = 1;
    readConfigFrom(config, offset, data);
}

void BlockDevice::writeConfig(std::uint64_t offset, std::span<const std::byte> data)
{
    if (offset == WriteBackOffset && data.size() == 1)
        m_writeBack = data[0] != std::byte{0};
}

void BlockDevice::activate(const ActivationResources& resources)
{
    m_flushNegotiated = (resources.features & block_feature::Flush) != 0;
    for (std::size_t i = 0; i < m_queues.size(); ++i)
        m_queues[i].ring = resources.queues[i];
}

void BlockDevice::onQueueNotified(unsigned queue)
{
    Virtqueue* ring = m_queues.at(queue).ring;
    if (ring == nullptr || !ring->isReady())
        return;
    ring->suppressNotifications();
    (void)takeRequests(queue);
    takeTurnSoon(queue);
}

/// Starts what the driver has offered, at most a ring's worth; true when there was something.
bool BlockDevice::takeRequests(unsigned queue)
{
    Virtqueue& ring = *m_queues[queue].ring;
    // Not much more than one large request: the driver prepares others while the disk copies these.
    constexpr std::uint64_t TurnBytes = 512 * 1024;
    unsigned taken = 0;
    std::uint64_t bytes = 0;
    while (taken < ring.size() && bytes < TurnBytes) {
        auto chain = ring.pop();
        if (!chain)
            break;
        ++taken;
        bytes += chain->readableBytes() + chain->writableBytes();
        start(queue, std::move(*chain));
    }
    return taken != 0;
}

/// Runs after the I/O that the last turn has started: takes what came meanwhile, or tells the driver
/// what is finished and asks it to notify again.
void BlockDevice::takeTurn(unsigned queue)
{
    QueueState& state = m_queues[queue];
    Virtqueue* const ring = state.ring;
    if (ring == nullptr || !ring->isReady())
        return;
    const bool hasMore = ring->hasUnpublished()
                             ? state.answers.isWorthWaiting([ring] { return ring->hasWork(); })
                             : ring->hasWork();
    if (hasMore && takeRequests(queue))
        return takeTurnSoon(queue);
    ring->publish();
    state.answers.told();
    if (ring->requestNotifications()) {
        ring->suppressNotifications();
        if (takeRequests(queue))
            takeTurnSoon(queue);
    }
}

void BlockDevice::start(unsigned queue, DescriptorChain chain)
{
    if (chain.writableBytes() == 0 || chain.readableBytes() < 16) {
        m_queues[queue].ring->breakQueue("a block request without room for its header or status");
        return;
    }
    auto request = BlockRequest::parse(chain, info());
    ++m_queues[queue].jobs;
    auto job = std::make_shared<Job>(Job{.chain = std::move(chain), .queue = queue});
    if (!request) {
        job->status = request.error();
        finish(*job);
        return;
    }
    job->dataBytes = static_cast<std::uint32_t>(request->dataBytes);
    submit(job, std::move(*request));
}

void BlockDevice::submit(const std::shared_ptr<Job>& job, BlockRequest request)
{
    // Without a flush command, or with the cache switched off, a finished write is a stable one.
    const bool writeThrough = !m_flushNegotiated || !m_writeBack;
    switch (request.operation) {
    case BlockOperation::Read:
        m_backend->read(request.offset, std::move(request.data), completion(job));
        break;
    case BlockOperation::Write:
        job->flushAfter = writeThrough;
        m_backend->write(request.offset, std::move(request.data), completion(job));
        break;
    case BlockOperation::Flush: m_backend->flush(completion(job)); break;
    case BlockOperation::GetId: answerId(job); break;
    case BlockOperation::WriteZeroes:
    case BlockOperation::Discard:
        job->flushAfter = writeThrough;
        submitRanges(job, request);
        break;
    }
}

void BlockDevice::submitRanges(const std::shared_ptr<Job>& job, const BlockRequest& request)
{
    // The extra part is ours, so that the job cannot end while requests are still being made.
    for (const BlockRequest::Range& range : request.ranges) {
        ++job->parts;
        if (request.operation == BlockOperation::Discard)
            m_backend->discard(range.offset, range.length, completion(job));
        else
            m_backend->writeZeroes(range.offset, range.length, range.mayUnmap, completion(job));
    }
    finishPart(job, BlockStatus::Ok);
}

void BlockDevice::answerId(const std::shared_ptr<Job>& job)
{
    constexpr std::size_t IdBytes = 20;
    std::array<std::byte, IdBytes> id{};
    const std::string serial = info().serial;
    for (std::size_t i = 0; i < std::min(serial.size(), IdBytes); ++i)
        id.at(i) = std::byte(static_cast<std::uint8_t>(serial[i]));
    const std::uint64_t room = std::min<std::uint64_t>(job->chain.writableBytes() - 1, IdBytes);
    if (!job->chain.write(0, std::span(id).first(room)))
        job->status = BlockRequestStatus::IoError;
    job->dataBytes = static_cast<std::uint32_t>(room);
    finish(*job);
}

BlockBackend::Completion BlockDevice::completion(const std::shared_ptr<Job>& job)
{
    return m_tracker->track([this, job](BlockStatus status) { finishPart(job, status); });
}

void BlockDevice::finishPart(const std::shared_ptr<Job>& job, BlockStatus status)
{
    if (status != BlockStatus::Ok) {
        m_log.warning("virtio-blk", "the host could not complete a disk request");
        job->status = BlockRequestStatus::IoError;
    }
    if (--job->parts != 0)
        return;
    if (job->flushAfter && job->status == BlockRequestStatus::Ok) {
        job->flushAfter = false;
        job->parts = 1;
        m_backend->flush(completion(job));
        return;
    }
    finish(*job);
}

void BlockDevice::finish(const Job& job)
{
    QueueState& queue = m_queues[job.queue];
    --queue.jobs;
    const std::uint64_t statusAt = job.chain.writableBytes() - 1;
    // After a reset the buffer belongs to the driver again: not even the status may be written.
    if (queue.ring && queue.ring->isCurrent(job.chain)) {
        const bool answered =
            job.chain.writeObject(statusAt, static_cast<std::uint8_t>(job.status)).has_value();
        if (!answered)
            queue.ring->breakQueue("a block request's status byte lies outside of RAM");
        const std::uint32_t data = job.status == BlockRequestStatus::Ok ? job.dataBytes : 0;
        queue.ring->complete(job.chain, data + 1);
        takeTurnSoon(job.queue);
    }
    settleResets(job.queue);
}

void BlockDevice::takeTurnSoon(unsigned queue)
{
    if (std::exchange(m_queues[queue].turnPending, true))
        return;
    m_backend->loop().defer([this, queue] {
        m_queues[queue].turnPending = false;
        takeTurn(queue);
    });
}

void BlockDevice::settleResets(unsigned queue)
{
    if (m_queues[queue].jobs == 0 && m_queues[queue].resetDone)
        std::exchange(m_queues[queue].resetDone, nullptr)();
    if (m_resetDone && std::ranges::all_of(m_queues, [](const QueueState& each) { return each.jobs == 0; }))
        std::exchange(m_resetDone, nullptr)();
}

void BlockDevice::onQueueReset(unsigned queue, std::move_only_function<void()> done)
{
    m_queues.at(queue).resetDone = std::move(done);
    settleResets(queue);
}

void BlockDevice::reset(std::move_only_function<void()> done)
{
    m_flushNegotiated = false;
    m_writeBack = true;
    for (QueueState& queue : m_queues) {
        queue.ring = nullptr;
        queue.resetDone = nullptr;
    }
    m_resetDone = std::move(done);
    settleResets(0);
}

void BlockDevice::saveState(StateWriter& out) const
{
    out.version(1);
    out.boolean(m_writeBack);
}

Result<> BlockDevice::restoreState(StateReader& in)
{
    (void)in.version(1);
    const bool writeBack = in.boolean();
    VM_TRY(in.finish());
    m_writeBack = writeBack;
    return {};
}

} // namespace engine::virtio
