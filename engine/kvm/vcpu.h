// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "base/state.h"
#include "base/unique_fd.h"
#include "kvm/cpuid_table.h"
#include "kvm/kick_signal.h"
#include "kvm/kvm.h"
#include "kvm/run_page.h"
#include "kvm/vcpu_entry.h"
#include "kvm/vcpu_exit.h"

#include <pthread.h>

#include <memory>
#include <mutex>
#include <optional>

namespace engine::kvm {

class Vcpu;
struct VcpuState;

/// Proof that the calling thread owns a Vcpu. Only Vcpu::bindToThisThread() makes one, it can be
/// neither copied nor moved to another thread, and Vcpu::run() asks for it.
class VcpuRunHandle {
public:
    VcpuRunHandle(const VcpuRunHandle&) = delete;
    VcpuRunHandle& operator=(const VcpuRunHandle&) = delete;
    VcpuRunHandle(VcpuRunHandle&&) = delete;
    VcpuRunHandle& operator=(VcpuRunHandle&&) = delete;
    ~VcpuRunHandle(); ///< unbinds

private:
    friend class Vcpu;
    explicit VcpuRunHandle(Vcpu& vcpu);
    Vcpu& m_vcpu;
    KickSignalUnblocked m_unblocked;
};

/// One virtual CPU. One thread at a time binds and runs it; every other method but kick() is for
/// when nobody runs it (before the start, or with all vCPUs stopped), where any thread may call.
class Vcpu final : public Saveable {
public:
    /// Creates the vCPU with its CPU model, in the state of a CPU that has just been powered on:
    /// number 0 at the reset vector, the others waiting for INIT and SIPI.
    [[nodiscard]] static Result<std::unique_ptr<Vcpu>> create(std::shared_ptr<const Kvm> kvm, int vmFd,
                                                              unsigned index, const CpuidTable& cpuid);
    ~Vcpu() override;
    Vcpu(const Vcpu&) = delete;
    Vcpu& operator=(const Vcpu&) = delete;
    Vcpu(Vcpu&&) = delete;
    Vcpu& operator=(Vcpu&&) = delete;

    [[nodiscard]] unsigned index() const { return m_index; }
    [[nodiscard]] const Kvm& kvm() const { return *m_kvm; }
    [[nodiscard]] int fd() const { return m_fd.get(); }
    [[nodiscard]] const RunPage& runPage() const { return m_runPage; }

    /// The calling thread becomes the one that kick() reaches, until the handle dies.
    [[nodiscard]] VcpuRunHandle bindToThisThread() { return VcpuRunHandle(*this); }
    /// Runs guest code until something needs an answer. Interrupted after a kick, at the latest on the
    /// next call; whatever the kicker wrote before is visible then.
    [[nodiscard]] Result<VcpuExit> run(VcpuRunHandle& proof);
    /// Lets the kernel take in the answer to the last exit without running guest code, so that the
    /// registers are those after the instruction. Interrupted when done; an instruction with several
    /// parts can come back with the next part, which wants an answer and another call.
    [[nodiscard]] Result<VcpuExit> completePending(VcpuRunHandle& proof);
    /// Any thread: makes run() return soon. Set your own request flag first.
    void kick();

    /// Back to the state after create() (a machine reset).
    [[nodiscard]] Result<> reset();
    /// Sets the registers for a start without firmware. Call on a vCPU that is freshly made or reset.
    [[nodiscard]] Result<> enter(const VcpuEntry& entry);
    /// Tells a Linux guest's watchdogs that it was stopped (KVM_KVMCLOCK_CTRL); a guest without
    /// kvm-clock is none the wiser.
    void announcePause() const;

    /// nullopt when there is no such register.
    [[nodiscard]] std::optional<std::uint64_t> readMsr(std::uint32_t index) const;
    [[nodiscard]] Result<> writeMsr(std::uint32_t index, std::uint64_t value);
    /// Where the next instruction is, as a linear address; for diagnosis.
    [[nodiscard]] std::optional<std::uint64_t> instructionAddress() const;

    /// Waits in HLT with interrupts off, or for a start that another CPU would have to give.
    [[nodiscard]] bool isHaltedForGood() const;

    /// "vcpu0", ...: everything that KVM keeps for this CPU (vcpu_state.h).
    [[nodiscard]] std::string stateName() const override;
    void saveState(StateWriter& out) const override;
    [[nodiscard]] Result<> restoreState(StateReader& in) override;

private:
    friend class VcpuRunHandle;
    Vcpu(std::shared_ptr<const Kvm> kvm, unsigned index, UniqueFd fd, RunPage runPage);
    [[nodiscard]] Result<> enableSyntheticInterrupts(const CpuidTable& cpuid) const;
    [[nodiscard]] Result<VcpuExit> enterKernel();

    std::shared_ptr<const Kvm> m_kvm;
    unsigned m_index;
    UniqueFd m_fd;
    RunPage m_runPage;
    std::unique_ptr<const VcpuState> m_powerOn;
    std::mutex m_bindMutex;
    std::optional<pthread_t> m_thread; // guarded by m_bindMutex
};

} // namespace engine::kvm
