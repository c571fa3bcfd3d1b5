// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/log.h"
#include "devices/storage/answer_batch.h"
#include "devices/storage/request_tracker.h"
#include "devices/virtio/block_request.h"
#include "devices/virtio/virtio_device.h"

#include <atomic>
#include <memory>
#include <mutex>

namespace engine::virtio {

/// A virtio block device (VIRTIO 1.2, 5.2) over a BlockBackend: several queues, flush, discard, write
/// zeroes, serial number, block size and topology, read-only disks, a write-back switch. Works on the
/// backend's loop.
class BlockDevice final : public VirtioDevice {
public:
    static constexpr std::uint16_t QueueSize = 256;

    /// 1 to 16 queues; one per vCPU is best.
    BlockDevice(std::shared_ptr<BlockBackend> backend, Log& log, unsigned queues = 1);
    /// Not on the backend's loop.
    ~BlockDevice() override;
    BlockDevice(const BlockDevice&) = delete;
    BlockDevice& operator=(const BlockDevice&) = delete;
    BlockDevice(BlockDevice&&) = delete;
    BlockDevice& operator=(BlockDevice&&) = delete;

    [[nodiscard]] DeviceType type() const override { return DeviceType::Block; }
    [[nodiscard]] std::uint32_t pciClass() const override { return 0x010000; }
    [[nodiscard]] std::uint64_t offeredFeatures() const override;
    [[nodiscard]] std::vector<std::uint16_t> queueSizes() const override;
    [[nodiscard]] EventLoop& loop() override { return m_backend->loop(); }
    void connect(DeviceServices& services, const GuestMemory& memory) override;
    void readConfig(std::uint64_t offset, std::span<std::byte> data) override;
    void writeConfig(std::uint64_t offset, std::span<const std::byte> data) override;
    void activate(const ActivationResources& resources) override;
    void onQueueNotified(unsigned queue) override;
    void onQueueReset(unsigned queue, std::move_only_function<void()> done) override;
    void reset(std::move_only_function<void()> done) override;
    [[nodiscard]] bool waitIdle(std::chrono::milliseconds limit) override
    {
        return m_tracker->waitIdle(limit);
    }
    void saveState(StateWriter& out) const override;
    [[nodiscard]] Result<> restoreState(StateReader& in) override;

    /// The disk behind it has a new size (or other properties): tells the driver. Any thread.
    void backendChanged();

private:
    /// One request on its way; owns the driver's buffer until it is given back.
    struct Job {
        DescriptorChain chain;
        unsigned queue = 0;
        std::uint32_t dataBytes = 0;
        unsigned parts = 1; ///< backend requests that are still out
        bool flushAfter = false;
        BlockRequestStatus status = BlockRequestStatus::Ok;
    };
    struct QueueState {
        Virtqueue* ring = nullptr;
        unsigned jobs = 0;
        bool turnPending = false;
        AnswerBatch answers;
        std::move_only_function<void()> resetDone;
    };

    void start(unsigned queue, DescriptorChain chain);
    void submit(const std::shared_ptr<Job>& job, BlockRequest request);
    void submitRanges(const std::shared_ptr<Job>& job, const BlockRequest& request);
    void answerId(const std::shared_ptr<Job>& job);
    [[nodiscard]] BlockBackend::Completion completion(const std::shared_ptr<Job>& job);
    void finishPart(const std::shared_ptr<Job>& job, BlockStatus status);
    void finish(const Job& job);
    [[nodiscard]] bool takeRequests(unsigned queue);
    void takeTurn(unsigned queue);
    void takeTurnSoon(unsigned queue);
    void settleResets(unsigned queue);
    [[nodiscard]] BlockInfo info() const;

    const std::shared_ptr<BlockBackend> m_backend;
    const std::shared_ptr<RequestTracker> m_tracker = std::make_shared<RequestTracker>();
    Log& m_log;
    DeviceServices* m_services = nullptr;
    mutable std::mutex m_infoMutex;
    BlockInfo m_info;                            // guarded by m_infoMutex
    std::atomic<bool> m_writeBack = true;        ///< the driver's wish (CONFIG_WCE)
    bool m_flushNegotiated = false;              // loop thread
    std::vector<QueueState> m_queues;            // loop thread
    std::move_only_function<void()> m_resetDone; // loop thread
};

} // namespace engine::virtio
