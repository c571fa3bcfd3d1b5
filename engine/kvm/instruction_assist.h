// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/log.h"
#include "bus/address_space.h"
#include "kvm/vcpu.h"

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace engine::kvm {

namespace assist {
class NativeThunk;
class Stepper;
struct CpuContext;
struct GuestFault;
} // namespace assist

/// Goes on where KVM gives up: when its instruction emulator does not know an instruction
/// (InternalErrorKind::Emulation), this completes it in user space, or raises the exception that the
/// guest would get, and the vCPU runs on. One per vCPU, on the vCPU's thread.
class InstructionAssist {
public:
    /// So many times in a row may one instruction at one address fault before the guest counts as stuck.
    static constexpr unsigned RepeatedFaultLimit = 10000;

    /// All must outlive this object.
    InstructionAssist(Vcpu& vcpu, AddressSpace& memory, Log& log);
    ~InstructionAssist();
    InstructionAssist(const InstructionAssist&) = delete;
    InstructionAssist& operator=(const InstructionAssist&) = delete;
    InstructionAssist(InstructionAssist&&) = delete;
    InstructionAssist& operator=(InstructionAssist&&) = delete;

    /// Call after run() has returned this exit, on the same thread. On success run again; an error is a
    /// sentence about the instruction that nobody can run, and the guest cannot go on.
    [[nodiscard]] Result<> complete(const InternalError& error);

    /// Call when the vCPU uses CPU time but never returns from the kernel, after it was made to; again and
    /// again while that lasts. Finds out whether KVM repeats one instruction without effect, which its
    /// emulator does with far jumps through a descriptor table in ROM, and completes it then.
    [[nodiscard]] Result<> completeStalled();

    /// Call after a triple fault. A KVM that emulates puts the frame of an interrupt or exception to the
    /// wrong place when the guest is in protected mode and its stack segment has a base, and where that
    /// is no memory it reports a triple fault. Enters the handler then and answers true: run on.
    [[nodiscard]] Result<bool> completeShutdown();

    /// Any thread.
    [[nodiscard]] std::uint64_t completedCount() const { return m_completed.load(std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t faultCount() const { return m_faults.load(std::memory_order_relaxed); }

private:
    [[nodiscard]] Result<> giveUp(const assist::CpuContext& cpu, std::string_view name) const;
    /// Vector instructions that follow, without going to KVM and back for each; how many.
    [[nodiscard]] std::uint64_t runOn(const assist::CpuContext& cpu, assist::Stepper& stepper);
    [[nodiscard]] bool isStuck(std::uint64_t address);
    void noteUse(std::string_view name, std::uint64_t address);

    Vcpu& m_vcpu;
    AddressSpace& m_memory;
    Log& m_log;
    std::unique_ptr<assist::NativeThunk> m_thunk; // made on first use
    std::atomic<std::uint64_t> m_completed = 0;
    std::atomic<std::uint64_t> m_faults = 0;
    std::uint64_t m_lastFaultAddress = 0;
    unsigned m_repeatedFaults = 0;
    std::unique_ptr<assist::CpuContext> m_lastStall;          // what the CPU looked like when last asked
    std::map<std::string, std::uint64_t, std::less<>> m_uses; // by instruction name: at most what the CPU has
};

} // namespace engine::kvm
