// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/storage/nvme/nvme_engine.h"

#include <algorithm>

namespace engine::nvme {

Engine::Engine(EngineHost& host, const GuestMemory& memory, std::shared_ptr<BlockBackend> backend, Log& log)
    : m_host(host), m_memory(memory), m_backend(std::move(backend)), m_log(log), m_info(m_backend->info())
{}

void Engine::start(const EnableSettings& settings)
{
    m_running = true;
    m_pageShift = settings.pageShift;
    m_submission[0].emplace(
        Slot{.queue = {.base = settings.adminSubmission, .entries = settings.adminSubmissionEntries},
             .sequence = m_nextSequence++});
    m_completion[0].emplace(CompletionQueue{.base = settings.adminCompletion,
                                            .entries = settings.adminCompletionEntries,
                                            .interrupts = true,
                                            .users = 1});
    m_host.clearDoorbell(0, true);
    m_host.clearDoorbell(0, false);
}

void Engine::stop()
{
    m_running = false;
    std::ranges::fill(m_submission, std::nullopt);
    std::ranges::fill(m_completion, std::nullopt);
    m_features = {};
    m_eventRequests.clear();
    m_events.clear();
    m_doorbellErrorTold = false;
    m_again.clear();
    m_host.setPendingVectors(0);
}

void Engine::service()
{
    if (!m_running)
        return;
    for (const auto& [queue, command] : std::exchange(m_again, {}))
        begin(queue, command, true);
    followDoorbells();
    bool more = false;
    for (unsigned queue = 0; queue < QueueCount && m_running; ++queue)
        more = takeCommands(queue) || more;
    deliver();
    if (more && m_running)
        m_host.serviceLater();
}

void Engine::followDoorbells()
{
    for (unsigned i = 0; i < QueueCount; ++i) {
        if (m_submission.at(i)) {
            SubmissionQueue& queue = m_submission.at(i)->queue;
            const std::uint32_t tail = m_host.submissionTail(i);
            if (tail < queue.entries)
                queue.tail = tail;
            else
                noteDoorbellError();
        }
        if (!m_completion.at(i))
            continue;
        CompletionQueue& queue = *m_completion.at(i);
        const std::uint32_t head = m_host.completionHead(i);
        const std::uint32_t filled = (queue.tail + queue.entries - queue.head) % queue.entries;
        const std::uint32_t consumed = (head + queue.entries - queue.head) % queue.entries;
        if (head < queue.entries && consumed <= filled)
            queue.head = head;
        else
            noteDoorbellError();
    }
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

bool Engine::takeCommands(unsigned queue)
{
    constexpr unsigned Burst = 64;
    for (unsigned taken = 0;; ++taken) {
        auto& slot = m_submission.at(queue);
        if (!m_running || !slot || slot->deletion || slot->queue.isEmpty())
            return false;
        if (!m_completion.at(slot->queue.completionQueue)->hasRoom())
            return false; // goes on when the driver has consumed completions
        if (taken == Burst)
            return true;
        const auto command = slot->queue.fetch(m_memory);
        if (!command) {
            fail("a submission queue lies outside of RAM");
            return false;
        }
        begin(queue, *command, false);
    }
}

void Engine::begin(unsigned queue, const Submission& command, bool again)
{
    auto& slot = m_submission.at(queue);
    if (!slot)
        return;
    SubmissionQueue& from = slot->queue;
    const Ticket ticket{
        .queue = static_cast<std::uint16_t>(queue), .id = command.id, .sequence = slot->sequence};
    if (!again && from.inFlight.contains(command.id)) {
        m_completion.at(from.completionQueue)
            ->waiting.push_back({.submissionHead = static_cast<std::uint16_t>(from.head),
                                 .submissionQueue = ticket.queue,
                                 .id = command.id,
                                 .status = Status::IdConflict});
        return;
    }
    from.inFlight[command.id] = command;
    ++m_completion.at(from.completionQueue)->outstanding;
    constexpr std::uint8_t FusedOrScatterList = 0xc3;
    if ((command.flags & FusedOrScatterList) != 0)
        finish(ticket, Status::InvalidField);
    else if (queue == 0)
        executeAdmin(ticket, command);
    else
        executeIo(ticket, command);
}

void Engine::finish(const Ticket& ticket, Status status, std::uint32_t result)
{
    auto& slot = m_submission.at(ticket.queue);
    if (!slot || slot->sequence != ticket.sequence || slot->queue.inFlight.erase(ticket.id) == 0)
        return; // the queue is gone, or the controller was reset
    CompletionQueue& queue = *m_completion.at(slot->queue.completionQueue);
    --queue.outstanding;
    queue.waiting.push_back({.result = result,
                             .submissionHead = static_cast<std::uint16_t>(slot->queue.head),
                             .submissionQueue = ticket.queue,
                             .id = ticket.id,
                             .status = status});
    endDeletions(ticket.queue);
    deliverSoon();
}

void Engine::endDeletions(std::uint16_t queue)
{
    auto& slot = m_submission.at(queue);
    if (!slot || !slot->deletion || !slot->queue.inFlight.empty())
        return;
    const Ticket deletion = *slot->deletion;
    --m_completion.at(slot->queue.completionQueue)->users;
    slot.reset();
    finish(deletion, Status::Success);
}

void Engine::deliverSoon()
{
    if (std::exchange(m_deliveryPending, true))
        return;
    m_backend->loop().defer([this] {
        m_deliveryPending = false;
        deliver();
        // Commands that waited for room in a completion queue.
        for (const auto& slot : m_submission)
            if (slot && !slot->queue.isEmpty() && !slot->deletion
                && m_completion.at(slot->queue.completionQueue)->hasRoom())
                return m_host.serviceLater();
    });
}

void Engine::deliver()
{
    for (auto& queue : m_completion) {
        if (!queue || queue->waiting.empty())
            continue;
        const auto posted = queue->post(m_memory);
        if (!posted)
            return fail("a completion queue lies outside of RAM");
        if (*posted != 0 && queue->interrupts)
            m_host.signalVector(queue->vector);
    }
    reportPending();
}

void Engine::reportPending()
{
    std::uint32_t pending = 0;
    for (const auto& queue : m_completion)
        if (queue && queue->interrupts && !queue->isEmpty())
            pending |= 1U << queue->vector;
    m_host.setPendingVectors(pending);
}

void Engine::fail(std::string_view reason)
{
    m_log.warning("nvme", reason);
    stop();
    m_host.fatal();
}

BlockBackend::Completion Engine::track(std::move_only_function<void(BlockStatus)> done)
{
    ++m_backendRequests;
    return m_tracker->track([this, done = std::move(done)](BlockStatus status) mutable {
        done(status);
        if (--m_backendRequests == 0 && !m_running && m_onIdle)
            m_onIdle();
    });
}

void Engine::flushDisk(BlockBackend::Completion done)
{
    m_backend->flush(track(std::move(done)));
}

void Engine::saveState(StateWriter& out) const
{
    out.boolean(m_running);
    out.integer(static_cast<std::uint8_t>(m_pageShift));
    for (const auto& slot : m_submission) {
        out.boolean(slot.has_value());
        if (slot)
            slot->queue.saveState(out);
    }
    for (const auto& queue : m_completion) {
        out.boolean(queue.has_value());
        if (queue)
            queue->saveState(out);
    }
    for (const std::uint32_t value :
         {m_features.arbitration, m_features.temperatureThreshold, m_features.errorRecovery,
          m_features.interruptCoalescing, m_features.writeAtomicity, m_features.asyncEvents})
        out.integer(value);
    out.boolean(m_features.writeCache);
}

bool Engine::readState(StateReader& in)
{
    m_running = in.boolean();
    m_pageShift = in.integer<std::uint8_t>();
    bool possible = m_pageShift >= 12 && m_pageShift <= 16;
    for (auto& slot : m_submission)
        if (in.boolean()) {
            slot.emplace(Slot{});
            possible = slot->queue.readState(in) && possible;
        }
    for (auto& queue : m_completion)
        if (in.boolean()) {
            queue.emplace();
            possible = queue->readState(in) && possible;
        }
    for (std::uint32_t* value :
         {&m_features.arbitration, &m_features.temperatureThreshold, &m_features.errorRecovery,
          &m_features.interruptCoalescing, &m_features.writeAtomicity, &m_features.asyncEvents})
        *value = in.integer<std::uint32_t>();
    m_features.writeCache = in.boolean();
    for (auto& slot : m_submission) {
        if (!possible || !slot)
            continue;
        auto& target = m_completion.at(slot->queue.completionQueue);
        possible = target.has_value();
        if (target)
            ++target->users;
    }
    return possible && (!m_running || (m_submission[0] && m_completion[0]));
}

void Engine::adopt(Engine&& restored)
{
    stop();
    m_running = restored.m_running;
    m_pageShift = restored.m_pageShift;
    m_submission = std::move(restored.m_submission);
    m_completion = std::move(restored.m_completion);
    m_features = restored.m_features;
    for (unsigned i = 0; i < QueueCount; ++i) {
        auto& slot = m_submission.at(i);
        if (!slot)
            continue;
        slot->sequence = m_nextSequence++;
        for (const auto& [id, command] : slot->queue.inFlight)
            m_again.emplace_back(i, command);
        slot->queue.inFlight.clear();
    }
}

} // namespace engine::nvme
