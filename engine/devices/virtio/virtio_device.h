// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/event_loop.h"
#include "base/state.h"
#include "devices/virtio/virtqueue.h"
#include "memory/guest_memory.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

/// Virtual I/O devices (VIRTIO 1.2). A device is a VirtioDevice; VirtioPciTransport makes a PCI
/// function of it. All queue work happens on the device's event loop.
namespace engine::virtio {

/// Device types (VIRTIO 1.2, 5).
enum class DeviceType : std::uint16_t {
    Network = 1,
    Block = 2,
    Console = 3,
    Entropy = 4,
    Gpu = 16,
    Input = 18
};

/// What a device may ask of its transport. Any thread; never with a lock held that the device's
/// configuration accessors take.
class DeviceServices {
public:
    virtual ~DeviceServices() = default;
    /// The device's configuration space has changed: raises the configuration interrupt.
    virtual void configurationChanged() = 0;
    /// The guest broke the protocol beyond repair: DEVICE_NEEDS_RESET, until it resets the device.
    virtual void needsReset(std::string_view reason) = 0;
};

/// What a device works with from DRIVER_OK on.
struct ActivationResources {
    std::uint64_t features = 0; ///< what driver and device agreed on
    /// One per queue in the order of queueSizes(). The objects stay the same until the device is
    /// destroyed; a queue that the driver has not enabled (or has reset) pops nothing.
    std::vector<Virtqueue*> queues;
};

/// A virtio device without its transport. The order of calls is: connect() once; then any number of
/// times activate(), onQueueNotified()/onQueueReset(), reset().
class VirtioDevice {
public:
    virtual ~VirtioDevice() = default;

    // --- fixed properties, any thread
    [[nodiscard]] virtual DeviceType type() const = 0;
    /// PCI class << 16 | subclass << 8 | interface.
    [[nodiscard]] virtual std::uint32_t pciClass() const = 0;
    /// Bits 0 to 23 (and 50 up) of the device's own section; the transport adds VERSION_1, INDIRECT_DESC,
    /// EVENT_IDX and RING_RESET.
    [[nodiscard]] virtual std::uint64_t offeredFeatures() const = 0;
    /// The largest size of each queue: powers of two up to 1024.
    [[nodiscard]] virtual std::vector<std::uint16_t> queueSizes() const = 0;
    /// Where the queues are processed; outlives the device.
    [[nodiscard]] virtual EventLoop& loop() = 0;

    /// Before anything else; `services` and `memory` outlive the device.
    virtual void connect(DeviceServices& services, const GuestMemory& memory) = 0;

    // --- configuration space: vCPU threads, one at a time; must not call DeviceServices
    /// Fills all of `data`; beyond the end with zeros.
    virtual void readConfig(std::uint64_t offset, std::span<std::byte> data) = 0;
    virtual void writeConfig(std::uint64_t /*offset*/, std::span<const std::byte> /*data*/) {}

    // --- the loop's thread
    /// The driver is ready. Every enabled queue is notified right after this.
    virtual void activate(const ActivationResources& resources) = 0;
    /// There may be new buffers in the queue; also called without any, and again while a
    /// Virtqueue::drain() had to leave some.
    virtual void onQueueNotified(unsigned queue) = 0;
    /// The driver resets one queue: forget its buffers, then call `done` once when nothing uses their
    /// memory any more.
    virtual void onQueueReset(unsigned queue, std::move_only_function<void()> done) = 0;
    /// Forget everything that activate() brought; call `done` once when nothing uses guest memory any
    /// more. Buffers that complete later are dropped by the queues. Also called when never activated.
    virtual void reset(std::move_only_function<void()> done) = 0;

    // --- with vCPUs and loops stopped
    /// Waits until no request is with the host; what remains is done again after a restore. Not on the loop.
    [[nodiscard]] virtual bool waitIdle(std::chrono::milliseconds /*limit*/) { return true; }
    /// The device's own state; queues and registers are the transport's.
    virtual void saveState(StateWriter& out) const = 0;
    [[nodiscard]] virtual Result<> restoreState(StateReader& in) = 0;
};

/// Copies the part of a configuration structure that [offset, offset + data.size()) covers; zeros beyond.
template <GuestPod T>
void readConfigFrom(const T& structure, std::uint64_t offset, std::span<std::byte> data)
{
    const auto bytes = std::as_bytes(std::span(&structure, 1));
    for (std::size_t i = 0; i < data.size(); ++i)
        data[i] = offset < bytes.size() && i < bytes.size() - offset ? bytes[offset + i] : std::byte{0};
}

} // namespace engine::virtio
