// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/log.h"
#include "devices/storage/ahci/ahci_registers.h"
#include "devices/storage/ahci/command_slot.h"
#include "devices/storage/answer_batch.h"
#include "devices/storage/loop_kick.h"
#include "devices/storage/request_tracker.h"

#include <memory>
#include <mutex>

namespace engine::ahci {

/// What the command engines need from their controller.
class EngineHost {
public:
    virtual ~EngineHost() = default;
    [[nodiscard]] virtual std::mutex& mutex() = 0;
    [[nodiscard]] virtual HostRegisters& registers() = 0; // guarded by mutex()
    /// With the mutex held: drive the interrupt according to the registers.
    virtual void interruptsChanged() = 0;
    /// PCI bus mastering is on.
    [[nodiscard]] virtual bool mayUseMemory() const = 0;
};

/// Executes one port's commands on the thread of the device behind it: takes slots from the command
/// list, hands them to the device, stores the answering FISes, moves the registers on. Commands that
/// are not queued run one at a time; queued ones beside each other.
class CommandEngine {
public:
    CommandEngine(EngineHost& host, unsigned portIndex, const GuestMemory& memory, Log& log, EventLoop& loop,
                  std::shared_ptr<ata::Device> device, std::shared_ptr<RequestTracker> tracker);
    /// Waits for the work at the device and stops; never on the device's thread.
    ~CommandEngine();
    CommandEngine(const CommandEngine&) = delete;
    CommandEngine& operator=(const CommandEngine&) = delete;
    CommandEngine(CommandEngine&&) = delete;
    CommandEngine& operator=(CommandEngine&&) = delete;

    /// Any thread, also with the host's mutex held.
    void kick() { m_kick.kick(); }
    /// With the host's mutex held: before the next command, reset the device.
    void requestDeviceReset() { m_resetRequested = true; }
    /// With the host's mutex held: FIS reception came on, so the signature can be stored.
    void storeSignature();

    [[nodiscard]] ata::Device& device() { return *m_device; }
    [[nodiscard]] RequestTracker& tracker() { return *m_tracker; }

private:
    enum class Step : std::uint8_t { Idle, Again };
    /// A queued command costs the driver two register writes, each an exit.
    static constexpr std::chrono::microseconds SubmissionTime{80};

    void process();
    [[nodiscard]] Step startNext();
    void execute(unsigned slot, std::uint64_t generation, const CommandSlot& command);
    void handleControl(unsigned slot, const CommandSlot& command);
    void complete(unsigned slot, bool queued, std::uint64_t generation, const ata::Outcome& outcome);
    void holdQueued(unsigned slot, std::uint64_t generation, const ata::Outcome& outcome);
    void tellQueued();
    void tellOrGoOn();
    void reportSuccess(PortRegisters& port, unsigned slot, const ata::Outcome& outcome);
    void reportFailure(PortRegisters& port, unsigned slot, bool queued, const ata::Outcome& outcome);
    void store(const PortRegisters& port, std::uint64_t offset, std::span<const std::byte> fis);
    [[nodiscard]] PortRegisters& port() { return m_host.registers().port(m_index); }

    EngineHost& m_host;
    const unsigned m_index;
    const GuestMemory& m_memory;
    Log& m_log;
    EventLoop& m_loop;
    const std::shared_ptr<ata::Device> m_device;
    const std::shared_ptr<RequestTracker> m_tracker;
    LoopKick m_kick;
    bool m_resetRequested = false;          // guarded by the host's mutex
    bool m_softReset = false;               // loop thread only
    bool m_processing = false;              // loop thread only
    bool m_stopped = false;                 // loop thread only
    unsigned m_lastSlot = 31;               // loop thread only
    AnswerBatch m_answers{SubmissionTime};  // loop thread only
    std::uint32_t m_finished = 0;           // queued commands that ended well, not told yet; loop thread only
    std::uint64_t m_finishedGeneration = 0; // loop thread only
    ata::Outcome m_finishedOutcome;         // loop thread only
    std::uint32_t m_queuedSlots = 0; // active slots that hold queued commands; guarded by the host's mutex
};

} // namespace engine::ahci
