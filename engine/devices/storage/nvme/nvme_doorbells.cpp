// SPDX-License-Identifier: GPL-3.0-or-later
// Doorbells: the registers, and their shadows in the driver's memory (NVMe 1.4, 3.1.24, 5.7 and B.5).
#include "devices/storage/nvme/nvme_engine.h"

#include <atomic>

namespace engine::nvme {

using Side = ShadowDoorbells::Side;

std::uint32_t Engine::submissionTail(unsigned queue) const
{
    if (isShadowed(queue))
        if (const auto value = m_shadow.read(queue, Side::SubmissionTail))
            return *value;
    return m_host.submissionTail(queue);
}

std::uint32_t Engine::completionHead(unsigned queue) const
{
    if (isShadowed(queue))
        if (const auto value = m_shadow.read(queue, Side::CompletionHead))
            return *value;
    return m_host.completionHead(queue);
}

void Engine::followDoorbells()
{
    for (unsigned i = 0; i < QueueCount; ++i) {
        if (m_submission.at(i))
            followTail(i);
        if (m_completion.at(i))
            followHead(i);
    }
}

/// The driver has submitted something that could be taken now.
bool Engine::hasNewCommands() const
{
    for (unsigned i = 0; i < QueueCount; ++i) {
        const auto& slot = m_submission.at(i);
        if (!slot || slot->deletion || !m_completion.at(slot->queue.completionQueue)->hasRoom())
            continue;
        const std::uint32_t tail = submissionTail(i);
        if (tail != slot->queue.head && tail < slot->queue.entries)
            return true;
    }
    return false;
}

void Engine::followTail(unsigned queue)
{
    SubmissionQueue& followed = m_submission.at(queue)->queue;
    const std::uint32_t tail = submissionTail(queue);
    if (tail < followed.entries)
        followed.tail = tail;
    else
        noteDoorbellError();
}

void Engine::followHead(unsigned queue)
{
    CompletionQueue& followed = *m_completion.at(queue);
    const std::uint32_t head = completionHead(queue);
    const std::uint32_t filled = (followed.tail + followed.entries - followed.head) % followed.entries;
    const std::uint32_t consumed = (head + followed.entries - followed.head) % followed.entries;
    if (head < followed.entries && consumed <= filled)
        followed.head = head;
    else
        noteDoorbellError();
}

void Engine::noteDoorbellError()
{
    if (std::exchange(m_doorbellErrorTold, true))
        return;
    m_log.warning("nvme", "a doorbell was given a value outside of its queue");
    constexpr std::uint32_t InvalidDoorbellValue = 1U << 8 | 1U << 16; // error event, see log page 1
    m_events.push_back(InvalidDoorbellValue);
    tellEvents();
}

void Engine::clearDoorbell(unsigned queue, Side side)
{
    m_host.clearDoorbell(queue, side == Side::SubmissionTail);
    if (isShadowed(queue))
        m_shadow.initialise(queue, side, 0);
}

Status Engine::configureShadow(const Submission& command)
{
    const std::uint64_t pageBytes = std::uint64_t{1} << m_pageShift;
    if (command.prp1 == 0 || command.prp2 == 0 || command.prp1 % pageBytes != 0
        || command.prp2 % pageBytes != 0)
        return Status::InvalidField;
    if (!m_shadow.activate(GuestAddress(command.prp1), GuestAddress(command.prp2), pageBytes))
        return Status::DataTransferError;
    // The admin queue keeps its registers; a driver that mirrors it as well is always asked to write.
    for (unsigned i = 0; i < QueueCount; ++i) {
        if (m_submission.at(i))
            m_shadow.initialise(i, Side::SubmissionTail, m_host.submissionTail(i));
        if (m_completion.at(i))
            m_shadow.initialise(i, Side::CompletionHead, m_host.completionHead(i));
    }
    return Status::Success;
}

/// Lets the driver ring for what comes next. True when something has come meanwhile.
bool Engine::askForDoorbells()
{
    for (unsigned i = 0; i < QueueCount; ++i) {
        auto& slot = m_submission.at(i);
        if (slot)
            m_shadow.askFor(i, Side::SubmissionTail, slot->queue.tail);
        // A head matters when something waits for room, or for the pin to fall.
        const auto& queue = m_completion.at(i);
        if (queue && (i == 0 || m_host.usesPin() || !queue->waiting.empty() || !queue->hasRoom()))
            m_shadow.askFor(i, Side::CompletionHead, queue->head);
    }
    // Our index is visible before we look: either the driver sees it, or we see the driver's value.
    std::atomic_thread_fence(std::memory_order_seq_cst);
    bool hasMoved = false;
    for (unsigned i = 1; i < QueueCount; ++i) {
        if (auto& slot = m_submission.at(i)) {
            const std::uint32_t before = slot->queue.tail;
            followTail(i);
            hasMoved = hasMoved || slot->queue.tail != before;
        }
        if (auto& queue = m_completion.at(i)) {
            const std::uint32_t before = queue->head;
            followHead(i);
            hasMoved = hasMoved || queue->head != before;
        }
    }
    return hasMoved;
}

void Engine::lookAgainSoon()
{
    if (std::exchange(m_lookPending, true))
        return;
    m_backend->loop().defer([this] {
        m_lookPending = false;
        service();
    });
}

} // namespace engine::nvme
