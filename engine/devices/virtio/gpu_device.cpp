// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/virtio/gpu_device.h"

#include "bus/bus_device.h"

#include <algorithm>
#include <cstddef>

namespace engine::virtio {

GpuDevice::~GpuDevice()
{
    m_screen.setMonitorListener({});
}

void GpuDevice::connect(DeviceServices& services, const GuestMemory& memory)
{
    m_services = &services;
    m_renderer.setMemory(memory);
    m_screen.setMonitorListener([this](const display::EdidDescription& monitor) { changeMonitor(monitor); });
}

void GpuDevice::readConfig(std::uint64_t offset, std::span<std::byte> data)
{
    std::scoped_lock lock(m_mutex);
    const gpu::Config config{.eventsRead = m_displayEvent ? gpu::EventDisplay : 0};
    readConfigFrom(config, offset, data);
}

void GpuDevice::writeConfig(std::uint64_t offset, std::span<const std::byte> data)
{
    if (offset != offsetof(gpu::Config, eventsClear) || data.empty())
        return;
    std::scoped_lock lock(m_mutex);
    if ((std::to_integer<std::uint32_t>(data[0]) & gpu::EventDisplay) != 0)
        m_displayEvent = false;
}

void GpuDevice::changeMonitor(const display::EdidDescription& monitor)
{
    {
        std::scoped_lock lock(m_mutex);
        m_renderer.setMonitor(monitor);
        m_displayEvent = true;
    }
    m_services->configurationChanged();
}

void GpuDevice::onQueueNotified(unsigned queue)
{
    if (queue >= m_queues.size())
        return;
    m_queues[queue]->drain([this, queue](const DescriptorChain& chain) {
        if (queue == gpu::ControlQueue)
            answerControl(chain);
        else
            followCursor(chain);
    });
}

void GpuDevice::answerControl(const DescriptorChain& chain)
{
    Virtqueue& ring = *m_queues[gpu::ControlQueue];
    std::optional<std::vector<std::byte>> answer;
    {
        std::scoped_lock lock(m_mutex);
        answer = m_renderer.control(chain);
    }
    if (!answer)
        return ring.breakQueue("a request to the GPU is too short");
    const auto length =
        static_cast<std::size_t>(std::min<std::uint64_t>(chain.writableBytes(), answer->size()));
    if (!chain.write(0, std::span(*answer).first(length)))
        return ring.breakQueue("a buffer for an answer of the GPU lies outside of RAM");
    ring.complete(chain, static_cast<std::uint32_t>(length));
}

void GpuDevice::followCursor(const DescriptorChain& chain)
{
    {
        std::scoped_lock lock(m_mutex);
        m_renderer.cursor(chain);
    }
    m_queues[gpu::CursorQueue]->complete(chain, 0);
}

void GpuDevice::reset(std::move_only_function<void()> done)
{
    m_queues.clear();
    {
        std::scoped_lock lock(m_mutex);
        m_renderer.reset();
        m_displayEvent = false;
    }
    done();
}

void GpuDevice::saveState(StateWriter& out) const
{
    std::scoped_lock lock(m_mutex);
    out.version(1);
    out.boolean(m_displayEvent);
    m_renderer.saveState(out);
}

Result<> GpuDevice::restoreState(StateReader& in)
{
    (void)in.version(1);
    const bool event = in.boolean();
    std::scoped_lock lock(m_mutex);
    VM_TRY(m_renderer.restoreState(in));
    m_displayEvent = event;
    return {};
}

} // namespace engine::virtio
