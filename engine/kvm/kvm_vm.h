// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/log.h"
#include "bus/irq_line.h"
#include "kvm/coalesced_writes.h"
#include "kvm/interrupt_state.h"
#include "kvm/io_events.h"
#include "kvm/irq_routing.h"
#include "kvm/kvm.h"
#include "kvm/memory_slots.h"
#include "kvm/msi_vectors.h"
#include "kvm/vcpu.h"
#include "kvm/vm_clock.h"

#include <memory>
#include <vector>

namespace engine::kvm {

struct KvmVmOptions {
    /// The highest APIC id that any vCPU gets; above 254 the machine needs the host's x2APIC interface.
    unsigned highestApicId = 0;
};

/// One virtual machine as the kernel sees it: the parts below, plus vCPUs. Interrupt controllers
/// (8259 pair, I/O APIC, local APICs) and the 8254 timer with port 61h live in the kernel.
///
/// Destroy vCPUs, lines, vectors and AddressSpaces that refer to it first.
class KvmVm {
public:
    /// Guest-physical pages that KVM itself uses; the memory map reserves [PrivateBase, PrivateEnd).
    static constexpr std::uint64_t PrivateBase = 0xFEFFC000;
    static constexpr std::uint64_t PrivateEnd = 0xFF000000;

    [[nodiscard]] static Result<std::unique_ptr<KvmVm>> create(std::shared_ptr<const Kvm> kvm,
                                                               const KvmVmOptions& options, Log& log);

    [[nodiscard]] const Kvm& kvm() const { return *m_kvm; }
    [[nodiscard]] MemorySlotSink& memorySlots() { return m_memorySlots; }
    [[nodiscard]] IoEventSink& ioEvents() { return m_ioEvents; }
    [[nodiscard]] MsiController& msiController() { return m_msiVectors; }
    [[nodiscard]] CoalescedWrites& coalescedWrites() { return m_coalescedWrites; }
    [[nodiscard]] VmClock& clock() { return m_clock; }
    [[nodiscard]] const IrqRouting& irqRouting() const { return m_routing; }
    /// A pin of the interrupt controllers, 0-23; 0 and 2 belong to the kernel's timer and the cascade.
    [[nodiscard]] Result<std::unique_ptr<IrqLine>> createIrqLine(Gsi gsi);

    [[nodiscard]] Result<std::unique_ptr<Vcpu>> createVcpu(unsigned apicId, const CpuidTable& cpuid);
    /// After a restore: gives all vCPUs the first one's TSC offset, without which the host cannot use
    /// its fast shared clock.
    void equaliseTscOffsets(std::span<Vcpu* const> vcpus) const;

    /// Interrupt controllers and timer back to their power-on state. vCPUs reset themselves.
    [[nodiscard]] Result<> reset();
    /// What a snapshot holds besides the vCPUs, in the order of restoring.
    [[nodiscard]] std::vector<Saveable*> saveables();

private:
    KvmVm(std::shared_ptr<const Kvm> kvm, UniqueFd fd);
    [[nodiscard]] Result<> placePrivatePages() const;
    [[nodiscard]] Result<> createInterruptControllers(const KvmVmOptions& options);
    [[nodiscard]] Result<> enableCap(std::uint32_t capability, std::uint64_t argument) const;
    void enableOptionalExits(Log& log) const;
    /// Makes writes of IA32_LSTAR come to user space (UserEntry).
    void askForSystemCallTarget(Log& log) const;

    std::shared_ptr<const Kvm> m_kvm;
    UniqueFd m_fd;
    MemorySlots m_memorySlots;
    IoEvents m_ioEvents;
    IrqRouting m_routing;
    MsiVectors m_msiVectors;
    CoalescedWrites m_coalescedWrites;
    VmClock m_clock;
    std::unique_ptr<InterruptControllers> m_interruptControllers;
    std::unique_ptr<IntervalTimer> m_intervalTimer;
};

} // namespace engine::kvm
