// SPDX-License-Identifier: GPL-3.0-or-later
// Admin commands (NVMe 1.4, chapter 5): queues, identify, events.
#include "devices/storage/nvme/nvme_engine.h"
#include "devices/storage/nvme/prp.h"

#include <algorithm>

namespace engine::nvme {

namespace {

constexpr std::uint32_t AllNamespaces = 0xffff'ffff;
constexpr std::uint32_t Contiguous = 1; ///< PC, dword 11

} // namespace

void Engine::executeAdmin(const Ticket& ticket, const Submission& command)
{
    switch (command.opcode) {
    case admin_opcode::CreateCompletionQueue: return finish(ticket, createCompletionQueue(command));
    case admin_opcode::CreateSubmissionQueue: return finish(ticket, createSubmissionQueue(command));
    case admin_opcode::DeleteCompletionQueue: return finish(ticket, deleteCompletionQueue(command));
    case admin_opcode::DeleteSubmissionQueue: return deleteSubmissionQueue(ticket, command);
    case admin_opcode::Identify: return identify(ticket, command);
    case admin_opcode::GetLogPage: return getLogPage(ticket, command);
    case admin_opcode::SetFeatures: return setFeatures(ticket, command);
    case admin_opcode::GetFeatures: return getFeatures(ticket, command);
    case admin_opcode::Abort:
        return finish(ticket, Status::Success, 1); // 1: not aborted, it will end by itself
    case admin_opcode::AsyncEventRequest: return requestEvent(ticket);
    case admin_opcode::DoorbellBufferConfig: return finish(ticket, configureShadow(command));
    default: return finish(ticket, Status::InvalidOpcode);
    }
}

Status Engine::createCompletionQueue(const Submission& command)
{
    constexpr std::uint32_t InterruptEnable = 2;
    const std::uint32_t id = command.dword10 & 0xffff;
    const std::uint32_t entries = (command.dword10 >> 16) + 1;
    const std::uint32_t vector = command.dword11 >> 16;
    if (id == 0 || id >= QueueCount || m_completion.at(id))
        return Status::QueueIdInvalid;
    if (entries < 2 || entries > MaxQueueEntries)
        return Status::QueueSizeInvalid;
    if (vector >= VectorCount)
        return Status::VectorInvalid;
    if ((command.dword11 & Contiguous) == 0)
        return Status::InvalidField;
    if (command.prp1 % (std::uint64_t{1} << m_pageShift) != 0)
        return Status::InvalidPrpOffset;
    m_completion.at(id).emplace(CompletionQueue{.base = GuestAddress(command.prp1),
                                                .entries = entries,
                                                .interrupts = (command.dword11 & InterruptEnable) != 0,
                                                .vector = static_cast<std::uint16_t>(vector)});
    clearDoorbell(id, ShadowDoorbells::Side::CompletionHead);
    return Status::Success;
}

Status Engine::createSubmissionQueue(const Submission& command)
{
    const std::uint32_t id = command.dword10 & 0xffff;
    const std::uint32_t entries = (command.dword10 >> 16) + 1;
    const std::uint32_t completion = command.dword11 >> 16;
    if (id == 0 || id >= QueueCount || m_submission.at(id))
        return Status::QueueIdInvalid;
    if (completion == 0 || completion >= QueueCount || !m_completion.at(completion))
        return Status::CompletionQueueInvalid;
    if (entries < 2 || entries > MaxQueueEntries)
        return Status::QueueSizeInvalid;
    if ((command.dword11 & Contiguous) == 0)
        return Status::InvalidField;
    if (command.prp1 % (std::uint64_t{1} << m_pageShift) != 0)
        return Status::InvalidPrpOffset;
    m_submission.at(id).emplace(Slot{.queue = {.base = GuestAddress(command.prp1),
                                               .entries = entries,
                                               .completionQueue = static_cast<std::uint16_t>(completion)},
                                     .sequence = m_nextSequence++});
    ++m_completion.at(completion)->users;
    clearDoorbell(id, ShadowDoorbells::Side::SubmissionTail);
    return Status::Success;
}

Status Engine::deleteCompletionQueue(const Submission& command)
{
    const std::uint32_t id = command.dword10 & 0xffff;
    if (id == 0 || id >= QueueCount || !m_completion.at(id))
        return Status::QueueIdInvalid;
    if (m_completion.at(id)->users != 0)
        return Status::QueueDeletionInvalid;
    m_completion.at(id).reset();
    return Status::Success;
}

void Engine::deleteSubmissionQueue(const Ticket& ticket, const Submission& command)
{
    const std::uint32_t id = command.dword10 & 0xffff;
    if (id == 0 || id >= QueueCount || !m_submission.at(id) || m_submission.at(id)->deletion)
        return finish(ticket, Status::QueueIdInvalid);
    m_submission.at(id)->deletion = ticket; // ends when the queue's commands have
    endDeletions(static_cast<std::uint16_t>(id));
}

void Engine::identify(const Ticket& ticket, const Submission& command)
{
    const bool isOurs = command.namespaceId == 1;
    switch (command.dword10 & 0xff) { // CNS
    case 0x00:
        if (!isOurs && command.namespaceId != AllNamespaces)
            return finish(ticket, Status::InvalidNamespace);
        return reply(ticket, command, identifyNamespace(m_info));
    case 0x01: return reply(ticket, command, identifyController(m_info));
    case 0x02:
        if (command.namespaceId >= AllNamespaces - 1)
            return finish(ticket, Status::InvalidNamespace);
        return reply(ticket, command, identifyNamespaceList(command.namespaceId));
    case 0x03:
        if (!isOurs)
            return finish(ticket, Status::InvalidNamespace);
        return reply(ticket, command, identifyDescriptors(m_info));
    default: return finish(ticket, Status::InvalidField);
    }
}

void Engine::reply(const Ticket& ticket, const Submission& command, std::span<const std::byte> data)
{
    const auto target = PrpBuffer(m_memory, m_pageShift, command).map(IoDirection::ToGuest, data.size());
    if (!target)
        return finish(ticket, target.error());
    target->copyFrom(data);
    finish(ticket, Status::Success);
}

void Engine::requestEvent(const Ticket& ticket)
{
    if (m_eventRequests.size() >= MaxEventRequests)
        return finish(ticket, Status::EventLimitExceeded);
    // It may stay for ever, so it must not take the place of a command's completion.
    --m_completion[0]->outstanding;
    m_eventRequests.push_back(ticket);
    tellEvents();
}

void Engine::tellEvents()
{
    while (!m_events.empty() && !m_eventRequests.empty()) {
        const Ticket ticket = m_eventRequests.front();
        m_eventRequests.pop_front();
        const std::uint32_t event = m_events.front();
        m_events.pop_front();
        ++m_completion[0]->outstanding;
        finish(ticket, Status::Success, event);
    }
}

} // namespace engine::nvme
