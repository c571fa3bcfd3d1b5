// SPDX-License-Identifier: GPL-3.0-or-later
// The loop's side of VirtioPciTransport: brings the device to the state that the registers ask for.
#include "devices/virtio/virtio_pci_transport.h"

namespace engine::virtio {

void VirtioPciTransport::resumeWork()
{
    {
        std::scoped_lock lock(m_mutex);
        m_hold = false;
    }
    m_work.kick();
}

void VirtioPciTransport::synchronise()
{
    std::unique_lock lock(m_mutex);
    if (m_finishedEpoch != m_epoch)
        beginReset(lock);
    else if (m_hold)
        return; // restored: RAM may not be in place yet
    else if (m_config.isDriverReady() && !m_active)
        activate(lock);
    else if (m_active)
        followQueues(lock);
}

void VirtioPciTransport::beginReset(std::unique_lock<std::mutex>& lock)
{
    if (m_resetRunning)
        return;
    m_resetRunning = true;
    const std::uint64_t epoch = m_epoch;
    lock.unlock();
    m_active = false;
    m_queueResetRunning.assign(m_queues.size(), false);
    for (const auto& queue : m_queues)
        queue->release();
    m_device->reset([this, epoch] { finishReset(epoch); });
}

void VirtioPciTransport::finishReset(std::uint64_t epoch)
{
    m_resetRunning = false;
    {
        std::scoped_lock lock(m_mutex);
        m_finishedEpoch = epoch;
        if (m_epoch == epoch)
            m_config.showResetting(false);
        m_resetDone.notify_all();
    }
    m_work.kick(); // the driver may have gone on already
}

void VirtioPciTransport::activate(std::unique_lock<std::mutex>& lock)
{
    ActivationResources resources{.features = m_config.features()};
    std::vector<unsigned> enabled;
    for (unsigned i = 0; i < m_queues.size(); ++i) {
        resources.queues.push_back(m_queues[i].get());
        if (!m_config.queue(i).enabled)
            continue;
        m_queues[i]->configure(m_config.layout(i), i < m_restored.size() ? m_restored[i] : QueuePosition{});
        enabled.push_back(i);
    }
    m_restored.clear();
    lock.unlock();
    m_active = true;
    m_device->activate(resources);
    for (const unsigned queue : enabled)
        m_device->onQueueNotified(queue);
}

void VirtioPciTransport::followQueues(std::unique_lock<std::mutex>& lock)
{
    const std::uint64_t epoch = m_epoch;
    std::vector<unsigned> fresh;
    std::vector<unsigned> leaving;
    for (unsigned i = 0; i < m_queues.size(); ++i) {
        if (m_config.queue(i).enabled && m_queues[i]->size() == 0) {
            m_queues[i]->configure(m_config.layout(i));
            fresh.push_back(i);
        } else if (m_config.queue(i).resetting && !m_queueResetRunning[i]) {
            m_queueResetRunning[i] = true;
            leaving.push_back(i);
        }
    }
    lock.unlock();
    for (const unsigned queue : leaving) {
        m_queues[queue]->release();
        m_device->onQueueReset(queue, [this, queue, epoch] { finishQueueReset(queue, epoch); });
    }
    for (const unsigned queue : fresh)
        m_device->onQueueNotified(queue);
}

void VirtioPciTransport::finishQueueReset(unsigned queue, std::uint64_t epoch)
{
    std::scoped_lock lock(m_mutex);
    if (epoch != m_epoch)
        return;
    m_queueResetRunning[queue] = false;
    m_config.finishQueueReset(queue);
}

void VirtioPciTransport::onDoorbell(unsigned queue)
{
    (void)m_doorbells[queue].drain();
    if (m_active && m_queues[queue]->isReady())
        m_device->onQueueNotified(queue);
}

} // namespace engine::virtio
