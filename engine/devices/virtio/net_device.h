// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/log.h"
#include "devices/network/net_backend.h"
#include "devices/virtio/virtio_device.h"

#include <atomic>
#include <memory>
#include <vector>

namespace engine::virtio {

/// A virtio network card (VIRTIO 1.2, 5.1) with one pair of queues: mergeable receive buffers, checksums
/// and large TCP segments left to the host where the backend takes them.
class NetDevice final : public VirtioDevice, private NetClient {
public:
    static constexpr std::uint16_t QueueSize = 256;

    /// `backend` and `log` outlive the device. Not on the backend's loop, neither here nor in the
    /// destructor.
    NetDevice(NetBackend& backend, const MacAddress& mac, Log& log);
    ~NetDevice() override;
    NetDevice(const NetDevice&) = delete;
    NetDevice& operator=(const NetDevice&) = delete;
    NetDevice(NetDevice&&) = delete;
    NetDevice& operator=(NetDevice&&) = delete;

    [[nodiscard]] DeviceType type() const override { return DeviceType::Network; }
    [[nodiscard]] std::uint32_t pciClass() const override { return 0x020000; }
    [[nodiscard]] std::uint64_t offeredFeatures() const override;
    [[nodiscard]] std::vector<std::uint16_t> queueSizes() const override { return {QueueSize, QueueSize}; }
    [[nodiscard]] EventLoop& loop() override { return m_backend.loop(); }
    void connect(DeviceServices& services, const GuestMemory& memory) override;
    void readConfig(std::uint64_t offset, std::span<std::byte> data) override;
    void activate(const ActivationResources& resources) override;
    void onQueueNotified(unsigned queue) override;
    void onQueueReset(unsigned queue, std::move_only_function<void()> done) override;
    void reset(std::move_only_function<void()> done) override;
    void saveState(StateWriter& out) const override { out.version(1); }
    [[nodiscard]] Result<> restoreState(StateReader& in) override;

private:
    // NetClient
    [[nodiscard]] bool receiveFrame(std::span<const std::byte> frame) override;
    void linkChanged(bool up) override;

    void transmit(const DescriptorChain& chain);
    [[nodiscard]] bool collectBuffers(std::size_t bytes);
    void storeFrame(std::span<const std::byte> packet);
    void publishSoon();
    [[nodiscard]] bool hasFeature(std::uint64_t bit) const { return (m_features & bit) != 0; }

    NetBackend& m_backend;
    const MacAddress m_mac;
    Log& m_log;
    std::atomic<bool> m_linkUp;

    // --- loop thread
    DeviceServices* m_services = nullptr;
    Virtqueue* m_receive = nullptr;
    Virtqueue* m_transmit = nullptr;
    std::uint64_t m_features = 0;
    std::vector<DescriptorChain> m_buffers; ///< taken from the receive queue, not yet filled
    std::vector<std::byte> m_packet;        ///< header and frame on their way to the guest
    std::vector<std::byte> m_outgoing;
    bool m_publishing = false;
    const std::shared_ptr<bool> m_alive = std::make_shared<bool>(true); ///< for tasks already deferred
};

} // namespace engine::virtio
