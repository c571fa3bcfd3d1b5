// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/virtio/gpu_renderer.h"
#include "devices/virtio/virtio_device.h"

#include <mutex>

namespace engine::virtio {

/// A virtio GPU without 3D (VIRTIO 1.2, 5.7): one screen, EDID, a pointer plane. What the driver draws
/// appears on screen(), from which the scan-out takes it; there a window also asks for another size,
/// which the driver hears of through a change of its configuration.
class GpuDevice final : public VirtioDevice {
public:
    static constexpr std::uint16_t ControlQueueSize = 256;
    static constexpr std::uint16_t CursorQueueSize = 16;

    /// `loop` outlives the device.
    explicit GpuDevice(EventLoop& loop) : m_loop(loop), m_renderer(m_screen) {}
    ~GpuDevice() override;
    GpuDevice(const GpuDevice&) = delete;
    GpuDevice& operator=(const GpuDevice&) = delete;
    GpuDevice(GpuDevice&&) = delete;
    GpuDevice& operator=(GpuDevice&&) = delete;

    [[nodiscard]] display::DrawnScreen& screen() { return m_screen; }

    [[nodiscard]] DeviceType type() const override { return DeviceType::Gpu; }
    /// Compatible with VGA; VirtioVga adds what that takes.
    [[nodiscard]] std::uint32_t pciClass() const override { return 0x030000; }
    [[nodiscard]] std::uint64_t offeredFeatures() const override { return gpu::FeatureEdid; }
    [[nodiscard]] std::vector<std::uint16_t> queueSizes() const override
    {
        return {ControlQueueSize, CursorQueueSize};
    }
    [[nodiscard]] EventLoop& loop() override { return m_loop; }
    void connect(DeviceServices& services, const GuestMemory& memory) override;
    void readConfig(std::uint64_t offset, std::span<std::byte> data) override;
    void writeConfig(std::uint64_t offset, std::span<const std::byte> data) override;
    void activate(const ActivationResources& resources) override { m_queues = resources.queues; }
    void onQueueNotified(unsigned queue) override;
    void onQueueReset(unsigned /*queue*/, std::move_only_function<void()> done) override { done(); }
    void reset(std::move_only_function<void()> done) override;
    void saveState(StateWriter& out) const override;
    [[nodiscard]] Result<> restoreState(StateReader& in) override;

private:
    void answerControl(const DescriptorChain& chain);
    void followCursor(const DescriptorChain& chain);
    void changeMonitor(const display::EdidDescription& monitor);

    EventLoop& m_loop;
    display::DrawnScreen m_screen;
    DeviceServices* m_services = nullptr;
    std::vector<Virtqueue*> m_queues; // loop thread
    mutable std::mutex m_mutex;
    gpu::Renderer m_renderer;    // guarded by m_mutex
    bool m_displayEvent = false; // guarded by m_mutex
};

} // namespace engine::virtio
