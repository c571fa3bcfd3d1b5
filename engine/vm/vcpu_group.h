// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bus/address_space.h"
#include "kvm/exit_dispatch.h"
#include "kvm/instruction_assist.h"
#include "kvm/kvm_vm.h"
#include "kvm/user_entry.h"
#include "kvm/vcpu.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace engine {

/// Why a vCPU cannot go on by itself. Its thread waits in the group until the VM is resumed (usually
/// after a reset) or stopped.
struct VcpuStop {
    enum class Kind : std::uint8_t {
        TripleFault,
        ResetRequested,    ///< through a hypervisor event
        ShutdownRequested, ///< through a hypervisor event
        Failed,            ///< `text` explains
    };
    unsigned vcpu = 0;
    Kind kind{};
    std::string text;
};

/// The vCPU threads of one VM and their gate: they run together, pause together and stop together.
/// start(), pause(), resume() and stop() belong to the control thread.
class VcpuGroup {
public:
    /// On the vCPU's thread; only posts a message.
    using StopHandler = std::function<void(VcpuStop)>;
    /// What the vCPUs meet; all of it outlives the group.
    struct Surroundings {
        const Bus& ports;
        AddressSpace& memory;
        kvm::CoalescedWrites& coalesced;
        const kvm::UnknownMsrs& msrs;
        Log& log;
    };

    VcpuGroup(std::string vmName, std::vector<std::unique_ptr<kvm::Vcpu>> vcpus,
              const Surroundings& surroundings, StopHandler onStop);
    ~VcpuGroup();
    VcpuGroup(const VcpuGroup&) = delete;
    VcpuGroup& operator=(const VcpuGroup&) = delete;
    VcpuGroup(VcpuGroup&&) = delete;
    VcpuGroup& operator=(VcpuGroup&&) = delete;

    /// Starts the threads; they wait at the gate.
    void start();
    /// Opens the gate.
    void resume();
    /// Closes the gate and waits until every vCPU waits there, with its last instruction complete.
    void pause();
    /// Closes the gate for good and joins the threads.
    void stop();

    /// Makes the threads of vCPUs that have used CPU time without one exit since the last call look
    /// whether KVM is stuck in an instruction (InstructionAssist::completeStalled). Control thread, a few
    /// times a second, and only where KVM emulates.
    void lookForStalls();

    [[nodiscard]] const std::vector<std::unique_ptr<kvm::Vcpu>>& vcpus() const { return m_vcpus; }
    /// Returns from guest mode that user space handled. Any thread.
    [[nodiscard]] std::uint64_t exits() const;
    /// Instructions that were completed where the kernel could not. Any thread.
    [[nodiscard]] std::uint64_t assistedInstructions() const;
    /// CPU time that the threads have used. Any thread.
    [[nodiscard]] std::chrono::nanoseconds cpuTime() const;

private:
    enum class Gate : std::uint8_t { Closed, Open, Stopped };

    /// What is counted and asked of one vCPU; each on cache lines of its own.
    struct alignas(64) Progress {
        std::atomic<std::uint64_t> exits{0};
        std::atomic<bool> inspect{false};
        std::optional<clockid_t> clock;      // of its thread; guarded by m_clocksMutex
        std::uint64_t exitsSeen = 0;         // control thread only
        std::chrono::nanoseconds timeSeen{}; // control thread only
    };

    void run(kvm::Vcpu& vcpu);
    /// Waits at the gate; false when the thread is to end.
    [[nodiscard]] bool waitAtGate();
    /// Answers what is pending, so that the registers are those after the instruction.
    void finishInstruction(kvm::Vcpu& vcpu, kvm::VcpuRunHandle& proof, kvm::ExitDispatcher& dispatcher);
    void lookWhetherStalled(kvm::Vcpu& vcpu);
    /// nullopt when the vCPU can go on.
    [[nodiscard]] std::optional<VcpuStop> handle(kvm::Vcpu& vcpu, const kvm::VcpuExit& exit);
    void warnOnce(std::atomic_flag& warned, std::string_view text);
    void kickAll();

    const std::string m_vmName;
    std::vector<std::unique_ptr<kvm::Vcpu>> m_vcpus;
    std::vector<std::unique_ptr<kvm::InstructionAssist>> m_assists; // one for each vCPU
    std::vector<std::unique_ptr<kvm::UserEntry>> m_userEntries;     // one for each vCPU
    const Surroundings m_surroundings;
    const StopHandler m_onStop;

    std::atomic<Gate> m_gate{Gate::Closed};            // written under m_mutex
    std::vector<std::unique_ptr<Progress>> m_progress; // one for each vCPU
    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    std::size_t m_waiting = 0;          // threads at the gate; guarded by m_mutex
    std::uint64_t m_opened = 0;         // how often the gate was opened; guarded by m_mutex
    std::vector<std::thread> m_threads; // control thread only
    mutable std::mutex m_clocksMutex;
    std::atomic<std::int64_t> m_finishedCpuTime{0}; // of threads that have ended, nanoseconds
    std::atomic_flag m_warnedOfNotify;
    std::atomic_flag m_warnedOfBusLock;
};

} // namespace engine
