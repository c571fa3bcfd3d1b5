// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/log.h"
#include "bus/bus_device.h"
#include "devices/pci/pci_function.h"
#include "devices/storage/loop_kick.h"
#include "devices/storage/quiescent_device.h"
#include "devices/virtio/common_config.h"
#include "devices/virtio/virtio_device.h"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

namespace engine::virtio {

/// A virtio device as a PCI function (VIRTIO 1.2, 4.1; modern interface only): 1AF4:1040 + type,
/// revision 1, MSI-X in BAR 1 with one vector per queue and one for the configuration, everything else
/// in the 64-bit BAR 4, where every queue has a notification address of its own.
///
///     auto transport = VirtioPciTransport::create("disk0", std::make_unique<BlockDevice>(backend, ...),
///     memory, log); rootComplex.insert(address, **transport, services, irqLine);
///
/// vCPU threads only touch the registers; notifications reach the device's event loop through an
/// eventfd per queue, which the hypervisor signals without an exit where it can. `memory`, `log` and
/// the loop outlive the transport; it must not be destroyed on the loop.
class VirtioPciTransport : public pci::PciFunction,
                           public QuiescentDevice,
                           private BusDevice,
                           private DeviceServices {
public:
    [[nodiscard]] static Result<std::unique_ptr<VirtioPciTransport>>
    create(std::string name, std::unique_ptr<VirtioDevice> device, const GuestMemory& memory, Log& log);
    ~VirtioPciTransport() override;
    VirtioPciTransport(const VirtioPciTransport&) = delete;
    VirtioPciTransport& operator=(const VirtioPciTransport&) = delete;
    VirtioPciTransport(VirtioPciTransport&&) = delete;
    VirtioPciTransport& operator=(VirtioPciTransport&&) = delete;

    /// The device that create() was given.
    [[nodiscard]] VirtioDevice& device() { return *m_device; }
    /// The network boot ROM; before the function is plugged in.
    [[nodiscard]] Result<> setBootRom(std::span<const std::byte> image) { return addRom(image); }

    void reset() override;
    [[nodiscard]] bool waitIdle(std::chrono::milliseconds limit) override
    {
        return m_device->waitIdle(limit);
    }
    void resumeWork() override;
    void saveState(StateWriter& out) const override;
    [[nodiscard]] Result<> restoreState(StateReader& in) override;

protected:
    // --- for functions that are more than their virtio device: they add BARs (0, 2 and 3 are free) and
    // a ROM after construction, then call watchDoorbells().
    VirtioPciTransport(std::string name, std::unique_ptr<VirtioDevice> device, const GuestMemory& memory,
                       Log& log, std::vector<EventFd> doorbells);
    [[nodiscard]] static Result<std::vector<EventFd>> createDoorbells(const VirtioDevice& device);
    [[nodiscard]] Result<> watchDoorbells();

    void beforeConfigRead(std::uint16_t offset, unsigned width) override;
    void onConfigWritten(std::uint16_t offset, unsigned width) override;

private:
    void addCapabilities();
    void createQueues(const GuestMemory& memory);

    // BusDevice: BAR 4
    void read(std::uint64_t offset, std::span<std::byte> data) override;
    void write(std::uint64_t offset, std::span<const std::byte> data) override;
    void stopForRestore();
    void notifySlowly(std::uint64_t offset);
    /// The window into BAR 4 that lies in configuration space (4.1.4.9).
    [[nodiscard]] std::optional<std::uint64_t> windowTarget() const;
    [[nodiscard]] unsigned windowWidth() const;

    // DeviceServices
    void configurationChanged() override;
    void needsReset(std::string_view reason) override;

    // --- loop thread (virtio_pci_work.cpp)
    void synchronise();
    void beginReset(std::unique_lock<std::mutex>& lock);
    void finishReset(std::uint64_t epoch);
    void activate(std::unique_lock<std::mutex>& lock);
    void followQueues(std::unique_lock<std::mutex>& lock);
    void onDoorbell(unsigned queue);
    void interruptQueue(unsigned queue);
    void finishQueueReset(unsigned queue, std::uint64_t epoch);
    // --- any thread
    void interruptLocked(std::uint16_t vector, std::uint8_t isrBit);
    [[nodiscard]] bool waitForReset(std::chrono::milliseconds limit);

    const std::unique_ptr<VirtioDevice> m_device;
    Log& m_log;
    const std::vector<EventFd> m_doorbells;
    std::vector<std::unique_ptr<Virtqueue>> m_queues; // contents: loop thread
    LoopKick m_work;

    mutable std::mutex m_mutex;
    std::condition_variable m_resetDone;
    CommonConfig m_config;                 // guarded by m_mutex
    std::uint8_t m_isr = 0;                // guarded by m_mutex
    std::uint64_t m_epoch = 0;             // counts resets asked for; guarded by m_mutex
    std::uint64_t m_finishedEpoch = 0;     // and the last one carried out; guarded by m_mutex
    bool m_hold = false;                   // restored, waits for resumeWork(); guarded by m_mutex
    std::vector<QueuePosition> m_restored; // positions for the next activation; guarded by m_mutex

    bool m_active = false;                 // loop thread: the device has been activated
    bool m_resetRunning = false;           // loop thread
    std::vector<bool> m_queueResetRunning; // loop thread
};

} // namespace engine::virtio
