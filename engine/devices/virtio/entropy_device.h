// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/virtio/virtio_device.h"

namespace engine::virtio {

/// A virtio entropy device (VIRTIO 1.2, 5.4): random bytes from the host's getrandom(2).
class EntropyDevice final : public VirtioDevice {
public:
    static constexpr std::uint16_t QueueSize = 8;
    /// The most that one buffer gets; the driver asks again for more.
    static constexpr std::size_t ReplyLimit = 4096;

    /// `loop` outlives the device.
    explicit EntropyDevice(EventLoop& loop) : m_loop(loop) {}

    [[nodiscard]] DeviceType type() const override { return DeviceType::Entropy; }
    [[nodiscard]] std::uint32_t pciClass() const override { return 0x00ff00; }
    [[nodiscard]] std::uint64_t offeredFeatures() const override { return 0; }
    [[nodiscard]] std::vector<std::uint16_t> queueSizes() const override { return {QueueSize}; }
    [[nodiscard]] EventLoop& loop() override { return m_loop; }
    void connect(DeviceServices& /*services*/, const GuestMemory& /*memory*/) override {}
    void readConfig(std::uint64_t /*offset*/, std::span<std::byte> data) override;
    void activate(const ActivationResources& resources) override { m_ring = resources.queues.at(0); }
    void onQueueNotified(unsigned queue) override;
    void onQueueReset(unsigned /*queue*/, std::move_only_function<void()> done) override { done(); }
    void reset(std::move_only_function<void()> done) override;
    void saveState(StateWriter& out) const override { out.version(1); }
    [[nodiscard]] Result<> restoreState(StateReader& in) override;

private:
    void answer(const DescriptorChain& chain);

    EventLoop& m_loop;
    Virtqueue* m_ring = nullptr; // loop thread
};

} // namespace engine::virtio
