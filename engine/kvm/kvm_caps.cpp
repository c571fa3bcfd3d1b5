// SPDX-License-Identifier: GPL-3.0-or-later
#include "kvm/kvm_caps.h"

#include "kvm/kvm_api.h"

#include <algorithm>
#include <array>

namespace engine::kvm {

namespace {

enum class Need : std::uint8_t { Optional, Required };

struct Capability {
    std::string_view name;
    int number;
    int KvmCaps::* member;
    Need need = Need::Optional;
};

#define CAPABILITY(NAME, MEMBER) #NAME, KVM_CAP_##NAME, &KvmCaps::MEMBER

constexpr auto Capabilities = std::to_array<Capability>({
    {CAPABILITY(USER_MEMORY, userMemory), Need::Required},
    {CAPABILITY(IRQCHIP, irqchip), Need::Required},
    {CAPABILITY(PIT2, pit2), Need::Required},
    {CAPABILITY(IRQ_ROUTING, irqRouting), Need::Required},
    {CAPABILITY(IMMEDIATE_EXIT, immediateExit), Need::Required},
    {CAPABILITY(READONLY_MEM, readonlyMem), Need::Required},
    {CAPABILITY(MP_STATE, mpState), Need::Required},
    {CAPABILITY(VCPU_EVENTS, vcpuEvents), Need::Required},
    {CAPABILITY(SET_TSS_ADDR, setTssAddress), Need::Required},
    {CAPABILITY(SIGNAL_MSI, signalMsi), Need::Required},
    {CAPABILITY(SET_IDENTITY_MAP_ADDR, setIdentityMap)},
    {CAPABILITY(IRQFD, irqfd)},
    {CAPABILITY(IRQFD_RESAMPLE, irqfdResample)},
    {CAPABILITY(IOEVENTFD, ioeventfd)},
    {CAPABILITY(IOEVENTFD_ANY_LENGTH, ioeventfdAnyLength)},
    {CAPABILITY(SYNC_REGS, syncRegs)},
    {CAPABILITY(COALESCED_MMIO, coalescedMmio)},
    {CAPABILITY(COALESCED_PIO, coalescedPio)},
    {CAPABILITY(TSC_DEADLINE_TIMER, tscDeadlineTimer)},
    {CAPABILITY(TSC_CONTROL, tscControl)},
    {CAPABILITY(GET_TSC_KHZ, getTscKhz)},
    {CAPABILITY(X2APIC_API, x2apicApi)},
    {CAPABILITY(XSAVE, xsave)},
    {CAPABILITY(XCRS, xcrs)},
    {CAPABILITY(XSAVE2, xsave2)},
    {CAPABILITY(DEBUGREGS, debugRegs)},
    {CAPABILITY(ADJUST_CLOCK, adjustClock)},
    {CAPABILITY(KVMCLOCK_CTRL, kvmClockControl)},
    {CAPABILITY(X86_USER_SPACE_MSR, userSpaceMsr)},
    {CAPABILITY(X86_MSR_FILTER, msrFilter)},
    {CAPABILITY(DIRTY_LOG_RING, dirtyLogRing)},
    {CAPABILITY(MANUAL_DIRTY_LOG_PROTECT2, manualDirtyLogProtect)},
    {CAPABILITY(EXIT_ON_EMULATION_FAILURE, exitOnEmulationFailure)},
    {CAPABILITY(SET_GUEST_DEBUG, setGuestDebug)},
    {CAPABILITY(BINARY_STATS_FD, binaryStats)},
    {CAPABILITY(NR_MEMSLOTS, nrMemslots)},
    {CAPABILITY(NR_VCPUS, recommendedVcpus)},
    {CAPABILITY(MAX_VCPUS, maxVcpus)},
    {CAPABILITY(MAX_VCPU_ID, maxVcpuId)},
    {CAPABILITY(HYPERV, hyperv)},
    {CAPABILITY(HYPERV_SYNIC2, hypervSynic2)},
    {CAPABILITY(HYPERV_VP_INDEX, hypervVpIndex)},
    {CAPABILITY(HYPERV_TLBFLUSH, hypervTlbFlush)},
    {CAPABILITY(HYPERV_SEND_IPI, hypervSendIpi)},
    {CAPABILITY(HYPERV_CPUID, hypervCpuid)},
    {CAPABILITY(SYS_HYPERV_CPUID, sysHypervCpuid)},
    {CAPABILITY(X86_SMM, x86Smm)},
    {CAPABILITY(X86_DISABLE_EXITS, disableExits)},
    {CAPABILITY(X86_BUS_LOCK_EXIT, busLockExit)},
    {CAPABILITY(X86_TRIPLE_FAULT_EVENT, tripleFaultEvent)},
    {CAPABILITY(X86_NOTIFY_VMEXIT, notifyVmExit)},
    {CAPABILITY(VM_GPA_BITS, vmGpaBits)},
});

#undef CAPABILITY

// All members of KvmCaps are plain ints, so a forgotten row shows up here.
static_assert(sizeof(KvmCaps) == Capabilities.size() * sizeof(int));

} // namespace

KvmCaps probeCaps(const std::function<int(int)>& check)
{
    KvmCaps caps;
    for (const Capability& capability : Capabilities)
        caps.*capability.member = std::max(0, check(capability.number));
    return caps;
}

std::vector<CapabilityValue> listCaps(const KvmCaps& caps)
{
    std::vector<CapabilityValue> list;
    list.reserve(Capabilities.size());
    for (const Capability& capability : Capabilities)
        list.push_back({capability.name, caps.*capability.member});
    return list;
}

std::optional<std::string_view> missingRequirement(const KvmCaps& caps)
{
    for (const Capability& capability : Capabilities)
        if (capability.need == Need::Required && caps.*capability.member == 0)
            return capability.name;
    return std::nullopt;
}

bool canUseIrqFds(const KvmCaps& caps)
{
    return caps.irqfd != 0 && caps.irqRouting != 0;
}

bool canUseIoEvents(const KvmCaps& caps)
{
    return caps.ioeventfd != 0;
}

bool canUseCoalescing(const KvmCaps& caps, bool ports)
{
    return caps.coalescedMmio != 0 && (!ports || caps.coalescedPio != 0);
}

bool canSyncRegisters(const KvmCaps& caps)
{
    constexpr int All = KVM_SYNC_X86_REGS | KVM_SYNC_X86_SREGS | KVM_SYNC_X86_EVENTS;
    return (caps.syncRegs & All) == All;
}

unsigned usableGsis(const KvmCaps& caps)
{
    constexpr int IoApicPins = 24;
    return static_cast<unsigned>(std::max(caps.irqRouting, IoApicPins));
}

unsigned usableVcpus(const KvmCaps& caps)
{
    // api.rst 4.7, KVM_CREATE_VCPU: without MAX_VCPUS the recommended number is the limit, and 4 without
    // both.
    if (caps.maxVcpus > 0)
        return static_cast<unsigned>(caps.maxVcpus);
    return caps.recommendedVcpus > 0 ? static_cast<unsigned>(caps.recommendedVcpus) : 4;
}

std::vector<SwitchedOnCap> capsToSwitchOn(const KvmCaps& caps)
{
    std::vector<SwitchedOnCap> list;
    const auto want = [&](bool offered, std::uint32_t number, std::uint64_t argument,
                          std::string_view refused) {
        if (offered)
            list.push_back({number, argument, refused});
    };
    constexpr int MsrReasons =
        KVM_MSR_EXIT_REASON_UNKNOWN | KVM_MSR_EXIT_REASON_INVAL | KVM_MSR_EXIT_REASON_FILTER;
    want(caps.userSpaceMsr != 0, KVM_CAP_X86_USER_SPACE_MSR, MsrReasons,
         "the guest sees #GP for unknown model-specific registers");
    // So that the instruction assist also gets what fails in user mode; without it those become #UD.
    want(caps.exitOnEmulationFailure != 0, KVM_CAP_EXIT_ON_EMULATION_FAILURE, 1,
         "instructions that fail in user mode stay with the host");
    // A triple fault that is still pending is then part of a vCPU's saved events.
    want(caps.tripleFaultEvent != 0, KVM_CAP_X86_TRIPLE_FAULT_EVENT, 1,
         "a pending triple fault is not part of snapshots");
    // A window of 0 is the shortest that the processor's own threshold makes safe (api.rst 7.31).
    want(caps.notifyVmExit != 0, KVM_CAP_X86_NOTIFY_VMEXIT,
         KVM_X86_NOTIFY_VMEXIT_ENABLED | KVM_X86_NOTIFY_VMEXIT_USER,
         "a guest that blocks interrupts inside one instruction is not noticed");
    want((caps.busLockExit & KVM_BUS_LOCK_DETECTION_EXIT) != 0, KVM_CAP_X86_BUS_LOCK_EXIT,
         KVM_BUS_LOCK_DETECTION_EXIT, "split-locked accesses of the guest are not noticed");
    return list;
}

} // namespace engine::kvm
