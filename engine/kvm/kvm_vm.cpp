// SPDX-License-Identifier: GPL-3.0-or-later
#include "kvm/kvm_vm.h"

#include "kvm/doctor.h"
#include "kvm/kvm_api.h"
#include "kvm/kvm_irq_line.h"

namespace engine::kvm {

namespace {

// Below the largest flash (4 MiB under 4 GiB would collide with KVM's default, FFFBC000).
constexpr std::uint64_t IdentityMapAddress = KvmVm::PrivateBase;        // one page
constexpr std::uint64_t TaskStateAddress = KvmVm::PrivateBase + 0x1000; // three pages

constexpr unsigned HighestXApicId = 254;

} // namespace

KvmVm::KvmVm(std::shared_ptr<const Kvm> kvm, UniqueFd fd)
    : m_kvm(std::move(kvm)), m_fd(std::move(fd)), m_memorySlots(m_fd.get(), m_kvm->caps()),
      m_ioEvents(m_fd.get(), m_kvm->caps()), m_routing(m_fd.get(), usableGsis(m_kvm->caps())),
      m_msiVectors(m_fd.get(), m_kvm->caps(), m_routing), m_coalescedWrites(m_fd.get(), m_kvm->caps()),
      m_clock(m_fd.get(), m_kvm->caps())
{}

Result<std::unique_ptr<KvmVm>> KvmVm::create(std::shared_ptr<const Kvm> kvm, const KvmVmOptions& options,
                                             Log& log)
{
    UniqueFd fd = VM_TRY(kvm->createVmFd());
    auto vm = std::unique_ptr<KvmVm>(new KvmVm(std::move(kvm), std::move(fd)));
    VM_TRY(vm->placePrivatePages());
    VM_TRY(vm->createInterruptControllers(options));
    vm->enableOptionalExits(log);
    return vm;
}

Result<> KvmVm::placePrivatePages() const
{
    std::uint64_t identityMap = IdentityMapAddress;
    if (m_kvm->caps().setIdentityMap != 0 && callKvm(m_fd.get(), KVM_SET_IDENTITY_MAP_ADDR, &identityMap) < 0)
        return failSystem("KVM refuses its identity map page");
    if (callKvm(m_fd.get(), KVM_SET_TSS_ADDR, static_cast<unsigned long>(TaskStateAddress)) < 0)
        return failSystem("KVM refuses its task state pages");
    return {};
}

Result<> KvmVm::enableCap(std::uint32_t capability, std::uint64_t argument) const
{
    kvm_enable_cap request{};
    request.cap = capability;
    request.args[0] = argument;
    if (callKvm(m_fd.get(), KVM_ENABLE_CAP, &request) < 0)
        return failSystem("KVM refuses to switch on a capability");
    return {};
}

Result<> KvmVm::createInterruptControllers(const KvmVmOptions& options)
{
    if (options.highestApicId > HighestXApicId) {
        constexpr int Needed = KVM_X2APIC_API_USE_32BIT_IDS | KVM_X2APIC_API_DISABLE_BROADCAST_QUIRK;
        if ((m_kvm->caps().x2apicApi & Needed) != Needed)
            return fail(ErrorCode::Unsupported,
                        "This host's KVM cannot run so many virtual CPUs. Use at most 254.");
        VM_TRY(enableCap(KVM_CAP_X2APIC_API, Needed));
    }
    if (callKvm(m_fd.get(), KVM_CREATE_IRQCHIP) < 0)
        return failSystem("KVM cannot create interrupt controllers (KVM_CREATE_IRQCHIP)");
    kvm_pit_config timer{};
    timer.flags = KVM_PIT_SPEAKER_DUMMY;
    if (callKvm(m_fd.get(), KVM_CREATE_PIT2, &timer) < 0)
        return failSystem("KVM cannot create an interval timer (KVM_CREATE_PIT2)");
    VM_TRY(m_routing.commit());
    m_interruptControllers = VM_TRY(InterruptControllers::create(m_fd.get()));
    m_intervalTimer = VM_TRY(IntervalTimer::create(m_fd.get()));
    return {};
}

void KvmVm::enableOptionalExits(Log& log) const
{
    const KvmCaps& caps = m_kvm->caps();
    if (caps.userSpaceMsr == 0)
        log.warning("kvm",
                    "this host cannot report unknown model-specific registers; the guest sees #GP for them");
    for (const SwitchedOnCap& cap : capsToSwitchOn(caps))
        if (!enableCap(cap.number, cap.argument))
            log.info("kvm", cap.whenRefused);
    if (isSoftwareVirtualization() && caps.msrFilter != 0 && caps.userSpaceMsr != 0)
        askForSystemCallTarget(log);
}

void KvmVm::askForSystemCallTarget(Log& log) const
{
    constexpr std::uint32_t MsrLstar = 0xC0000082;
    std::uint8_t allowed = 0; // one bit for each register
    kvm_msr_filter filter{};
    filter.flags = KVM_MSR_FILTER_DEFAULT_ALLOW;
    filter.ranges[0].flags = KVM_MSR_FILTER_WRITE;
    filter.ranges[0].nmsrs = 1;
    filter.ranges[0].base = MsrLstar;
    filter.ranges[0].bitmap = &allowed;
    if (callKvm(m_fd.get(), KVM_X86_SET_MSR_FILTER, &filter) < 0)
        log.info("kvm", "programs of 64-bit guests may not be able to call their kernel");
}

Result<std::unique_ptr<IrqLine>> KvmVm::createIrqLine(Gsi gsi)
{
    if (gsi >= PinGsis)
        return fail(ErrorCode::OutOfBounds, "interrupt controllers have 24 pins");
    return std::make_unique<KvmIrqLine>(m_fd.get(), gsi);
}

Result<std::unique_ptr<Vcpu>> KvmVm::createVcpu(unsigned apicId, const CpuidTable& cpuid)
{
    auto vcpu = VM_TRY(Vcpu::create(m_kvm, m_fd.get(), apicId, cpuid));
    VM_TRY(m_coalescedWrites.attach(vcpu->fd()));
    return vcpu;
}

void KvmVm::equaliseTscOffsets(std::span<Vcpu* const> vcpus) const
{
    std::uint64_t offset = 0;
    kvm_device_attr attribute{};
    attribute.group = KVM_VCPU_TSC_CTRL;
    attribute.attr = KVM_VCPU_TSC_OFFSET;
    attribute.addr = reinterpret_cast<std::uintptr_t>(&offset);
    if (vcpus.empty() || callKvm(vcpus.front()->fd(), KVM_GET_DEVICE_ATTR, &attribute) < 0)
        return; // an older host: there the kernel matches the TSC writes of a restore by itself
    for (Vcpu* vcpu : vcpus.subspan(1))
        (void)callKvm(vcpu->fd(), KVM_SET_DEVICE_ATTR, &attribute);
}

Result<> KvmVm::reset()
{
    VM_TRY(m_interruptControllers->reset());
    return m_intervalTimer->reset();
}

std::vector<Saveable*> KvmVm::saveables()
{
    return {m_interruptControllers.get(), m_intervalTimer.get(), &m_clock};
}

} // namespace engine::kvm
