// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/storage/nvme/nvme_engine.h"

#include <algorithm>

namespace engine::nvme {

Engine::Engine(EngineHost& host, const GuestMemory& memory, std::shared_ptr<BlockBackend> backend, Log& log)
    : m_host(host), m_memory(memory), m_backend(std::move(backend)), m_log(log), m_info(m_backend->info()),
      m_shadow(memory)
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
    m_shadow.deactivate();
    m_compares.clear();
    m_host.setPendingVectors(0);
}

void Engine::service()
{
    if (!m_running)
        return;
    for (const auto& [queue, command] : std::exchange(m_again, {}))
        begin(queue, command, true);
    followDoorbells();
    const std::uint64_t takenBefore = m_taken;
    const bool more = takeAllCommands();
    if (m_deliveryPending && !more)
        return; // it looks again itself
    deliver();
    if (!m_running)
        return;
    if (more)
        m_host.serviceLater();
    else if (m_shadow.isActive() && (m_taken != takenBefore || askForDoorbells()))
        lookAgainSoon(); // where there was one command the next is not far
}

/// True when some queue still has commands that could be taken.
bool Engine::takeAllCommands()
{
    bool more = false;
    for (unsigned queue = 0; queue < QueueCount && m_running; ++queue)
        more = takeCommands(queue) || more;
    return more;
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
        ++m_taken;
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
    if (!slot || slot->sequence != ticket.sequence)
        return; // the queue is gone, or the controller was reset
    const auto command = slot->queue.inFlight.find(ticket.id);
    if (command == slot->queue.inFlight.end())
        return;
    if (status != Status::Success)
        m_activity.noteError(ticket.queue, command->second, status);
    slot->queue.inFlight.erase(command);
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
        if (m_running && m_answers.isWorthWaiting([this] { return hasNewCommands(); })) {
            followDoorbells();
            const bool more = takeAllCommands();
            deliverSoon(); // after the I/O of the new ones
            if (more)
                m_host.serviceLater();
            return;
        }
        deliver();
        if (m_shadow.isActive())
            return lookAgainSoon();
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
    m_answers.told();
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

} // namespace engine::nvme
