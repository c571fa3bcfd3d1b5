// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace engine::kvm {

/// What the host's KVM offers, as a plain value: decisions are functions of it, so tests make one by
/// hand. 0 = absent; other numbers mean what KVM_CHECK_EXTENSION says (Documentation/virt/kvm/api.rst).
struct KvmCaps {
    int userMemory = 0;
    int irqchip = 0;
    int pit2 = 0;
    int irqfd = 0;
    int irqfdResample = 0;
    int ioeventfd = 0;
    int ioeventfdAnyLength = 0;
    int immediateExit = 0;
    int readonlyMem = 0;
    int syncRegs = 0;      ///< mask of KVM_SYNC_X86_*
    int coalescedMmio = 0; ///< page number of the ring inside the vCPU mapping
    int coalescedPio = 0;
    int signalMsi = 0;
    int irqRouting = 0; ///< number of GSIs
    int tscDeadlineTimer = 0;
    int tscControl = 0;
    int getTscKhz = 0;
    int x2apicApi = 0; ///< mask of the flags that may be enabled
    int xsave = 0;
    int xcrs = 0;
    int xsave2 = 0; ///< bytes of the largest XSAVE image
    int debugRegs = 0;
    int vcpuEvents = 0;
    int mpState = 0;
    int setIdentityMap = 0;
    int setTssAddress = 0;
    int adjustClock = 0; ///< mask of KVM_CLOCK_*
    int kvmClockControl = 0;
    int userSpaceMsr = 0;
    int msrFilter = 0;
    int dirtyLogRing = 0; ///< bytes of the largest ring
    int manualDirtyLogProtect = 0;
    int exitOnEmulationFailure = 0;
    int setGuestDebug = 0;
    int binaryStats = 0;
    int nrMemslots = 0;
    int recommendedVcpus = 0;
    int maxVcpus = 0;
    int maxVcpuId = 0;
    int hyperv = 0;
    int hypervSynic2 = 0;
    int hypervVpIndex = 0;
    int hypervTlbFlush = 0;
    int hypervSendIpi = 0;
    int hypervCpuid = 0;    ///< KVM_GET_SUPPORTED_HV_CPUID on a vCPU
    int sysHypervCpuid = 0; ///< KVM_GET_SUPPORTED_HV_CPUID on /dev/kvm
    int x86Smm = 0;
    int disableExits = 0; ///< mask of exits that may be switched off
    int busLockExit = 0;
    int tripleFaultEvent = 0;
    int notifyVmExit = 0;
    int vmGpaBits = 0;

    bool operator==(const KvmCaps&) const = default;
};

/// One line of the capability list.
struct CapabilityValue {
    std::string_view name; ///< the kernel's name without KVM_CAP_
    int value = 0;
    bool operator==(const CapabilityValue&) const = default;
};

/// Asks for every capability. `check` answers as KVM_CHECK_EXTENSION does; negative counts as absent.
[[nodiscard]] KvmCaps probeCaps(const std::function<int(int capability)>& check);
/// All capabilities in a fixed order, for people.
[[nodiscard]] std::vector<CapabilityValue> listCaps(const KvmCaps& caps);
/// The name of the first capability without which no guest can run here; nullopt when all are there.
[[nodiscard]] std::optional<std::string_view> missingRequirement(const KvmCaps& caps);

/// How the parts of the engine degrade on a host that lacks something.
[[nodiscard]] bool canUseIrqFds(const KvmCaps& caps);
[[nodiscard]] bool canUseIoEvents(const KvmCaps& caps);
[[nodiscard]] bool canUseCoalescing(const KvmCaps& caps, bool ports);
[[nodiscard]] bool canSyncRegisters(const KvmCaps& caps);
/// Number of GSIs that routes may use (24 IOAPIC pins when the host says nothing).
[[nodiscard]] unsigned usableGsis(const KvmCaps& caps);
[[nodiscard]] unsigned usableVcpus(const KvmCaps& caps);

/// A capability that a virtual machine switches on (KVM_ENABLE_CAP) because the host has it.
struct SwitchedOnCap {
    std::uint32_t number = 0; ///< KVM_CAP_*
    std::uint64_t argument = 0;
    std::string_view whenRefused; ///< for the log: what the guest then goes without
    bool operator==(const SwitchedOnCap&) const = default;
};
/// The exits that every virtual machine asks for where the host offers them: unknown model-specific
/// registers, instructions that KVM cannot emulate, pending triple faults, a guest that holds the CPU
/// without progress, and split-locked accesses, which slow every program of the host.
[[nodiscard]] std::vector<SwitchedOnCap> capsToSwitchOn(const KvmCaps& caps);

} // namespace engine::kvm
