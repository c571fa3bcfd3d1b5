// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/state.h"
#include "devices/storage/nvme/nvme_types.h"
#include "memory/guest_memory.h"

#include <deque>
#include <map>
#include <optional>

namespace engine::nvme {

/// The controller's side of one submission queue (NVMe 1.4, 4.1). Loop thread.
struct SubmissionQueue {
    GuestAddress base;
    std::uint32_t entries = 0;
    std::uint32_t head = 0;
    std::uint32_t tail = 0;
    std::uint16_t completionQueue = 0;
    /// Fetched and not completed, by command identifier; what a snapshot has to repeat.
    std::map<std::uint16_t, Submission> inFlight;

    [[nodiscard]] bool isEmpty() const { return head == tail; }
    /// Takes the next entry; an error when the queue is not in RAM.
    [[nodiscard]] Result<Submission> fetch(const GuestMemory& memory);

    void saveState(StateWriter& out) const;
    /// False when the values are impossible.
    [[nodiscard]] bool readState(StateReader& in);
};

/// The controller's side of one completion queue. Loop thread.
struct CompletionQueue {
    struct Entry {
        std::uint32_t result = 0;
        std::uint16_t submissionHead = 0;
        std::uint16_t submissionQueue = 0;
        std::uint16_t id = 0;
        Status status = Status::Success;
    };
    GuestAddress base;
    std::uint32_t entries = 0;
    std::uint32_t head = 0;
    std::uint32_t tail = 0;
    bool phase = true;
    bool interrupts = false;
    std::uint16_t vector = 0;
    unsigned users = 0;        ///< submission queues that complete here
    unsigned outstanding = 0;  ///< commands that will complete here
    std::deque<Entry> waiting; ///< for room in the queue

    [[nodiscard]] bool isEmpty() const { return head == tail; }
    [[nodiscard]] bool isFull() const { return (tail + 1) % entries == head; }
    /// Another command may be fetched: what is out cannot outgrow the queue.
    [[nodiscard]] bool hasRoom() const { return outstanding + waiting.size() < entries; }
    /// Moves waiting entries into the queue; the number moved, or an error when it is not in RAM.
    [[nodiscard]] Result<unsigned> post(const GuestMemory& memory);

    void saveState(StateWriter& out) const;
    [[nodiscard]] bool readState(StateReader& in);
};

} // namespace engine::nvme
