// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/log.h"
#include "devices/storage/answer_batch.h"
#include "devices/storage/nvme/nvme_activity.h"
#include "devices/storage/nvme/nvme_identify.h"
#include "devices/storage/nvme/nvme_queues.h"
#include "devices/storage/nvme/nvme_registers.h"
#include "devices/storage/nvme/shadow_doorbells.h"
#include "devices/storage/request_tracker.h"

#include <array>
#include <deque>
#include <memory>
#include <optional>

namespace engine::nvme {

/// What the command engine needs from its controller. Loop thread.
class EngineHost {
public:
    virtual ~EngineHost() = default;
    /// The last value that the driver wrote into a doorbell.
    [[nodiscard]] virtual std::uint32_t submissionTail(unsigned queue) const = 0;
    [[nodiscard]] virtual std::uint32_t completionHead(unsigned queue) const = 0;
    virtual void clearDoorbell(unsigned queue, bool submission) = 0;
    /// There are new completions in a queue with this vector.
    virtual void signalVector(unsigned vector) = 0;
    /// Vectors whose queues hold completions that the driver has not seen, for the interrupt pin.
    virtual void setPendingVectors(std::uint32_t vectors) = 0;
    /// Interrupts go through the pin, which falls when the driver has consumed completions.
    [[nodiscard]] virtual bool usesPin() const = 0;
    /// Call service() again soon.
    virtual void serviceLater() = 0;
    /// A queue lies outside of RAM: CSTS.CFS.
    virtual void fatal() = 0;
};

/// Queues and commands of an NVMe 1.4 controller with one namespace. Everything on the backend's
/// loop; state functions with the loop idle.
class Engine {
public:
    Engine(EngineHost& host, const GuestMemory& memory, std::shared_ptr<BlockBackend> backend, Log& log);

    void start(const EnableSettings& settings);
    /// Forgets queues and commands; see isIdle().
    void stop();
    [[nodiscard]] bool isRunning() const { return m_running; }
    /// No command of any generation uses guest memory.
    [[nodiscard]] bool isIdle() const { return m_backendRequests == 0; }
    /// Looks at the doorbells, takes commands, delivers completions.
    void service();
    void flushDisk(BlockBackend::Completion done);
    [[nodiscard]] RequestTracker& tracker() { return *m_tracker; }
    /// When the last backend request of a stopped engine has ended.
    void setIdleCallback(std::function<void()> callback) { m_onIdle = std::move(callback); }

    void saveState(StateWriter& out) const;
    /// Reads into this fresh engine; false when values are impossible. Judge with finish(), too.
    [[nodiscard]] bool readState(StateReader& in, std::uint16_t version);
    /// Takes over what `restored` has read; its unfinished commands run again with service().
    void adopt(Engine&& restored);

private:
    /// A command on its way. `sequence` tells the queue from a later one with the same number.
    struct Ticket {
        std::uint16_t queue = 0;
        std::uint16_t id = 0;
        std::uint64_t sequence = 0;
    };
    struct Slot {
        SubmissionQueue queue;
        std::uint64_t sequence = 0;
        std::optional<Ticket> deletion; ///< the command that waits for this queue to end
    };
    struct Features {
        std::uint32_t arbitration = 7; ///< any number of commands from a queue at a time
        std::uint32_t temperatureThreshold = 343;
        std::uint32_t errorRecovery = 0;
        std::uint32_t interruptCoalescing = 0;
        std::uint32_t writeAtomicity = 0;
        std::uint32_t asyncEvents = 0;
        bool writeCache = true;
    };
    struct DiscardJob;
    struct CompareJob;

    // nvme_doorbells.cpp
    void followDoorbells();
    [[nodiscard]] bool hasNewCommands() const;
    void followTail(unsigned queue);
    void followHead(unsigned queue);
    [[nodiscard]] std::uint32_t submissionTail(unsigned queue) const;
    [[nodiscard]] std::uint32_t completionHead(unsigned queue) const;
    [[nodiscard]] bool isShadowed(unsigned queue) const { return queue != 0 && m_shadow.isActive(); }
    void clearDoorbell(unsigned queue, ShadowDoorbells::Side side);
    [[nodiscard]] Status configureShadow(const Submission& command);
    [[nodiscard]] bool askForDoorbells();
    void lookAgainSoon();
    void noteDoorbellError();

    // nvme_engine.cpp
    [[nodiscard]] bool takeCommands(unsigned queue);
    [[nodiscard]] bool takeAllCommands();
    void begin(unsigned queue, const Submission& command, bool again);
    void finish(const Ticket& ticket, Status status, std::uint32_t result = 0);
    void deliver();
    void deliverSoon();
    void reportPending();
    void endDeletions(std::uint16_t queue);
    void fail(std::string_view reason);
    [[nodiscard]] BlockBackend::Completion track(std::move_only_function<void(BlockStatus)> done);

    // nvme_admin.cpp
    void executeAdmin(const Ticket& ticket, const Submission& command);
    [[nodiscard]] Status createCompletionQueue(const Submission& command);
    [[nodiscard]] Status createSubmissionQueue(const Submission& command);
    [[nodiscard]] Status deleteCompletionQueue(const Submission& command);
    void deleteSubmissionQueue(const Ticket& ticket, const Submission& command);
    void identify(const Ticket& ticket, const Submission& command);
    void requestEvent(const Ticket& ticket);
    void tellEvents();
    void reply(const Ticket& ticket, const Submission& command, std::span<const std::byte> data);

    // nvme_features.cpp
    void setFeatures(const Ticket& ticket, const Submission& command);
    void getFeatures(const Ticket& ticket, const Submission& command);
    [[nodiscard]] std::optional<std::uint32_t> feature(const Submission& command, const Features& from) const;
    void getLogPage(const Ticket& ticket, const Submission& command);

    // nvme_io.cpp
    void executeIo(const Ticket& ticket, const Submission& command);
    void transfer(const Ticket& ticket, const Submission& command, bool isWrite);
    void writeZeroes(const Ticket& ticket, const Submission& command);
    void manageDataset(const Ticket& ticket, const Submission& command);
    void flush(const Ticket& ticket);

    // nvme_compare.cpp
    void compare(const Ticket& ticket, const Submission& command);
    void compareNext();
    void endPart(const std::shared_ptr<CompareJob>& job, BlockStatus status);

    // nvme_io.cpp
    /// Ends a command that changed the disk: flushes first when it has to be stable.
    [[nodiscard]] BlockBackend::Completion ending(const Ticket& ticket, bool isWrite, bool stable);
    struct Extent {
        std::uint64_t offset = 0;
        std::uint64_t length = 0;
    };
    [[nodiscard]] std::optional<Extent> extentOf(std::uint64_t first, std::uint64_t blocks) const;
    [[nodiscard]] static Status toStatus(BlockStatus status, bool isWrite);

    EngineHost& m_host;
    const GuestMemory& m_memory;
    const std::shared_ptr<BlockBackend> m_backend;
    const std::shared_ptr<RequestTracker> m_tracker = std::make_shared<RequestTracker>();
    Log& m_log;
    const BlockInfo m_info;
    std::function<void()> m_onIdle;

    bool m_running = false;
    unsigned m_pageShift = 12;
    std::array<std::optional<Slot>, QueueCount> m_submission;
    std::array<std::optional<CompletionQueue>, QueueCount> m_completion;
    std::uint64_t m_nextSequence = 1;
    Features m_features;
    Activity m_activity;
    ShadowDoorbells m_shadow;
    std::deque<std::shared_ptr<CompareJob>> m_compares; ///< the first one is running
    std::deque<Ticket> m_eventRequests;
    std::deque<std::uint32_t> m_events;
    bool m_doorbellErrorTold = false;
    std::vector<std::pair<unsigned, Submission>> m_again; ///< unfinished when the state was saved
    unsigned m_backendRequests = 0;
    bool m_deliveryPending = false;
    AnswerBatch m_answers;
    bool m_lookPending = false;
    std::uint64_t m_taken = 0; ///< commands, ever
};

} // namespace engine::nvme
