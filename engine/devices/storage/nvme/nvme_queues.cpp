// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/storage/nvme/nvme_queues.h"

namespace engine::nvme {

namespace {

Result<GuestAddress> entryAddress(GuestAddress base, std::uint64_t index, std::uint64_t bytes)
{
    const auto at = base.checkedAdd(index * bytes);
    if (!at)
        return fail(ErrorCode::OutOfBounds, "queue wraps");
    return *at;
}

constexpr std::uint32_t StateQueueLimit = 4096; // an admin queue's largest size

} // namespace

Result<Submission> SubmissionQueue::fetch(const GuestMemory& memory)
{
    const auto at = VM_TRY(entryAddress(base, head, sizeof(Submission)));
    const auto command = VM_TRY(memory.readObject<Submission>(at));
    head = (head + 1) % entries;
    return command;
}

Result<unsigned> CompletionQueue::post(const GuestMemory& memory)
{
    unsigned posted = 0;
    while (!waiting.empty() && !isFull()) {
        const Entry& entry = waiting.front();
        const auto at = VM_TRY(entryAddress(base, tail, CompletionBytes));
        VM_TRY(memory.writeObject(at, CompletionBody{.result = entry.result,
                                                     .reserved = 0,
                                                     .submissionHead = entry.submissionHead,
                                                     .submissionQueue = entry.submissionQueue}));
        const auto status =
            static_cast<std::uint32_t>(entry.status) << 17 | (phase ? 1U << 16 : 0U) | entry.id;
        const auto last = VM_TRY(entryAddress(at, 1, sizeof(CompletionBody)));
        VM_TRY(memory.storeRelease(last, status)); // the phase: visible after the rest
        tail = (tail + 1) % entries;
        if (tail == 0)
            phase = !phase;
        waiting.pop_front();
        ++posted;
    }
    return posted;
}

void SubmissionQueue::saveState(StateWriter& out) const
{
    out.integer(base.raw());
    for (const std::uint32_t value : {entries, head, tail})
        out.integer(value);
    out.integer(completionQueue);
    out.integer(static_cast<std::uint32_t>(inFlight.size()));
    for (const auto& [id, command] : inFlight)
        out.bytes(std::as_bytes(std::span(&command, 1)));
}

bool SubmissionQueue::readState(StateReader& in)
{
    base = GuestAddress(in.integer<std::uint64_t>());
    entries = in.integer<std::uint32_t>();
    head = in.integer<std::uint32_t>();
    tail = in.integer<std::uint32_t>();
    completionQueue = in.integer<std::uint16_t>();
    const auto count = in.integer<std::uint32_t>();
    if (count > StateQueueLimit)
        return false;
    for (std::uint32_t i = 0; i < count; ++i) {
        Submission command{};
        in.bytes(std::as_writable_bytes(std::span(&command, 1)));
        inFlight[command.id] = command;
    }
    return entries >= 2 && entries <= StateQueueLimit && head < entries && tail < entries
           && completionQueue < QueueCount && base.raw() % 4096 == 0;
}

void CompletionQueue::saveState(StateWriter& out) const
{
    out.integer(base.raw());
    for (const std::uint32_t value : {entries, head, tail})
        out.integer(value);
    out.boolean(phase);
    out.boolean(interrupts);
    out.integer(vector);
    out.integer(static_cast<std::uint32_t>(waiting.size()));
    for (const Entry& entry : waiting) {
        out.integer(entry.result);
        out.integer(entry.submissionHead);
        out.integer(entry.submissionQueue);
        out.integer(entry.id);
        out.integer(static_cast<std::uint16_t>(entry.status));
    }
}

bool CompletionQueue::readState(StateReader& in)
{
    base = GuestAddress(in.integer<std::uint64_t>());
    entries = in.integer<std::uint32_t>();
    head = in.integer<std::uint32_t>();
    tail = in.integer<std::uint32_t>();
    phase = in.boolean();
    interrupts = in.boolean();
    vector = in.integer<std::uint16_t>();
    const auto count = in.integer<std::uint32_t>();
    if (count > StateQueueLimit)
        return false;
    for (std::uint32_t i = 0; i < count; ++i) {
        Entry entry;
        entry.result = in.integer<std::uint32_t>();
        entry.submissionHead = in.integer<std::uint16_t>();
        entry.submissionQueue = in.integer<std::uint16_t>();
        entry.id = in.integer<std::uint16_t>();
        entry.status = static_cast<Status>(in.integer<std::uint16_t>() & 0x7fff);
        waiting.push_back(entry);
    }
    return entries >= 2 && entries <= StateQueueLimit && head < entries && tail < entries
           && vector < VectorCount && base.raw() % 4096 == 0;
}

} // namespace engine::nvme
