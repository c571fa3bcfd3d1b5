// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/log.h"
#include "bus/bus_device.h"
#include "devices/pci/pci_function.h"
#include "devices/storage/block_backend.h"
#include "devices/storage/loop_kick.h"
#include "devices/storage/nvme/nvme_engine.h"
#include "devices/storage/quiescent_device.h"

#include <array>
#include <atomic>
#include <condition_variable>
#include <memory>

namespace engine {

/// An NVMe 1.4 controller with one namespace (1b36:0010, class 010802): 16 I/O queue pairs, MSI-X in
/// BAR 4, registers and doorbells in the 64-bit BAR 0.
///
///     NvmeController nvme(backend, memory, log, "nvme0");
///     rootComplex.insert(address, nvme, services, irqLine);
///
/// Commands run on the backend's loop. A doorbell write carries a value, which an eventfd would lose,
/// so it always reaches a vCPU thread, which stores it and wakes the loop; there is no ioeventfd.
/// Drivers that know shadow doorbells (NVMe 1.4, B.5) need few of these writes.
/// `memory`, `log` and the loop outlive the controller; it must not be destroyed on the loop.
class NvmeController final : public pci::PciFunction,
                             public QuiescentDevice,
                             private BusDevice,
                             private nvme::EngineHost {
public:
    NvmeController(std::shared_ptr<BlockBackend> backend, const GuestMemory& memory, Log& log,
                   std::string name = "nvme0");
    ~NvmeController() override;
    NvmeController(const NvmeController&) = delete;
    NvmeController& operator=(const NvmeController&) = delete;
    NvmeController(NvmeController&&) = delete;
    NvmeController& operator=(NvmeController&&) = delete;

    void reset() override;
    [[nodiscard]] bool waitIdle(std::chrono::milliseconds limit) override;
    void resumeWork() override;
    void saveState(StateWriter& out) const override;
    [[nodiscard]] Result<> restoreState(StateReader& in) override;

protected:
    void onConfigWritten(std::uint16_t offset, unsigned width) override;

private:
    // BusDevice: BAR 0
    void read(std::uint64_t offset, std::span<std::byte> data) override;
    void write(std::uint64_t offset, std::span<const std::byte> data) override;
    void ringDoorbell(std::uint64_t offset, std::uint32_t value);
    // EngineHost: the loop's thread
    [[nodiscard]] std::uint32_t submissionTail(unsigned queue) const override { return m_tails.at(queue); }
    [[nodiscard]] std::uint32_t completionHead(unsigned queue) const override { return m_heads.at(queue); }
    void clearDoorbell(unsigned queue, bool submission) override;
    void signalVector(unsigned vector) override;
    void setPendingVectors(std::uint32_t vectors) override;
    [[nodiscard]] bool usesPin() const override { return !usesMessages(); }
    void serviceLater() override { m_work.kick(); }
    void fatal() override;

    void process();
    /// Follows CC.EN; true while the engine may work.
    [[nodiscard]] bool followEnable();
    void followShutdown();
    void finishShutdown();
    void updatePin();
    [[nodiscard]] bool waitForStop(std::chrono::milliseconds limit);

    const std::shared_ptr<BlockBackend> m_backend;
    const GuestMemory& m_memory;
    Log& m_log;
    std::array<std::atomic<std::uint32_t>, nvme::QueueCount> m_tails{};
    std::array<std::atomic<std::uint32_t>, nvme::QueueCount> m_heads{};
    LoopKick m_work;

    mutable std::mutex m_mutex;
    std::condition_variable m_stopped;
    nvme::Registers m_registers;        // guarded by m_mutex
    std::uint32_t m_pendingVectors = 0; // guarded by m_mutex
    std::uint64_t m_settledEpoch = 0;   // the registers' epoch that the engine follows; guarded by m_mutex
    bool m_hold = false;                // restored, waits for resumeWork(); guarded by m_mutex

    nvme::Engine m_engine; // loop thread; state functions with the loop idle
};

} // namespace engine
