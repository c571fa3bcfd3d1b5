// SPDX-License-Identifier: GPL-3.0-or-later
#include "kvm/vcpu.h"

#include "kvm/cpuid_io.h"
#include "kvm/hyperv_leaves.h"
#include "kvm/kvm_api.h"
#include "kvm/vcpu_state.h"

#include <cassert>

namespace engine::kvm {

VcpuRunHandle::VcpuRunHandle(Vcpu& vcpu) : m_vcpu(vcpu)
{
    std::scoped_lock lock(m_vcpu.m_bindMutex);
    assert(!m_vcpu.m_thread && "a virtual CPU has one thread");
    m_vcpu.m_thread = ::pthread_self();
}

VcpuRunHandle::~VcpuRunHandle()
{
    std::scoped_lock lock(m_vcpu.m_bindMutex);
    m_vcpu.m_thread.reset();
}

Vcpu::Vcpu(std::shared_ptr<const Kvm> kvm, unsigned index, UniqueFd fd, RunPage runPage)
    : m_kvm(std::move(kvm)), m_index(index), m_fd(std::move(fd)), m_runPage(std::move(runPage))
{}

Vcpu::~Vcpu() = default;

Result<std::unique_ptr<Vcpu>> Vcpu::create(std::shared_ptr<const Kvm> kvm, int vmFd, unsigned index,
                                           const CpuidTable& cpuid)
{
    UniqueFd fd(callKvm(vmFd, KVM_CREATE_VCPU, static_cast<unsigned long>(index)));
    if (!fd)
        return failSystem("The host refuses to create virtual CPU " + std::to_string(index));
    RunPage runPage = VM_TRY(RunPage::map(fd.get(), kvm->runPageBytes()));
    auto vcpu = std::unique_ptr<Vcpu>(new Vcpu(std::move(kvm), index, std::move(fd), std::move(runPage)));
    VM_TRY(writeCpuid(vcpu->fd(), cpuid));
    VM_TRY(vcpu->enableSyntheticInterrupts(cpuid));
    vcpu->m_powerOn = std::make_unique<VcpuState>(VM_TRY(captureVcpuState(*vcpu->m_kvm, vcpu->fd())));
    return vcpu;
}

Result<> Vcpu::enableSyntheticInterrupts(const CpuidTable& cpuid) const
{
    if (!usesSyntheticInterrupts(cpuid))
        return {};
    kvm_enable_cap request{};
    request.cap = KVM_CAP_HYPERV_SYNIC2;
    if (callKvm(m_fd.get(), KVM_ENABLE_CAP, &request) < 0)
        return failSystem("KVM refuses Hyper-V's interrupt controller");
    return {};
}

Result<VcpuExit> Vcpu::enterKernel()
{
    if (::ioctl(m_fd.get(), KVM_RUN, 0) >= 0)
        return decodeExit(m_runPage.bytes());
    switch (errno) {
    case EINTR:
        // A kick between this line and the next KVM_RUN sets the flag again; its request was written
        // before, so the caller sees it either way.
        m_runPage.clearImmediateExit();
        return Interrupted{};
    case EAGAIN: return Interrupted{}; // the vCPU waited for its start signal and got something else
    case EFAULT:
        if (m_runPage.run().exit_reason == KVM_EXIT_MEMORY_FAULT)
            return decodeExit(m_runPage.bytes());
        return failSystem("The host could not provide a page of guest memory (is it out of memory?)", EFAULT);
    default: return failSystem("KVM cannot run virtual CPU " + std::to_string(m_index));
    }
}

Result<VcpuExit> Vcpu::run(VcpuRunHandle& proof)
{
    assert(&proof.m_vcpu == this);
    (void)proof;
    return enterKernel();
}

Result<VcpuExit> Vcpu::completePending(VcpuRunHandle& proof)
{
    assert(&proof.m_vcpu == this);
    (void)proof;
    m_runPage.requestImmediateExit();
    return enterKernel();
}

void Vcpu::kick()
{
    m_runPage.requestImmediateExit();
    std::scoped_lock lock(m_bindMutex);
    if (m_thread && ::pthread_equal(*m_thread, ::pthread_self()) == 0)
        ::pthread_kill(*m_thread, kickSignal());
}

Result<> Vcpu::reset()
{
    return applyVcpuState(m_fd.get(), *m_powerOn);
}

Result<> Vcpu::enter(const VcpuEntry& entry)
{
    return applyVcpuEntry(m_fd.get(), entry);
}

void Vcpu::announcePause() const
{
    if (m_kvm->caps().kvmClockControl != 0)
        (void)callKvm(m_fd.get(), KVM_KVMCLOCK_CTRL);
}

std::optional<std::uint64_t> Vcpu::readMsr(std::uint32_t index) const
{
    MsrBuffer buffer(1);
    buffer->nmsrs = 1;
    buffer.entries()[0].index = index;
    if (callKvm(m_fd.get(), KVM_GET_MSRS, buffer.get()) != 1)
        return std::nullopt;
    return buffer.entries()[0].data;
}

Result<> Vcpu::writeMsr(std::uint32_t index, std::uint64_t value)
{
    MsrBuffer buffer(1);
    buffer->nmsrs = 1;
    buffer.entries()[0] = {.index = index, .reserved = 0, .data = value};
    if (callKvm(m_fd.get(), KVM_SET_MSRS, buffer.get()) != 1)
        return fail(ErrorCode::Unsupported, "KVM refuses a model-specific register");
    return {};
}

std::optional<std::uint64_t> Vcpu::instructionAddress() const
{
    kvm_regs registers{};
    kvm_sregs system{};
    if (callKvm(m_fd.get(), KVM_GET_REGS, &registers) < 0 || callKvm(m_fd.get(), KVM_GET_SREGS, &system) < 0)
        return std::nullopt;
    return system.cs.base + registers.rip;
}

bool Vcpu::isHaltedForGood() const
{
    constexpr std::uint64_t InterruptsOn = 1U << 9U; // RFLAGS.IF
    kvm_mp_state now{};
    kvm_regs registers{};
    if (callKvm(m_fd.get(), KVM_GET_MP_STATE, &now) < 0 || callKvm(m_fd.get(), KVM_GET_REGS, &registers) < 0)
        return false;
    if (now.mp_state == KVM_MP_STATE_UNINITIALIZED || now.mp_state == KVM_MP_STATE_INIT_RECEIVED)
        return true;
    return now.mp_state == KVM_MP_STATE_HALTED && (registers.rflags & InterruptsOn) == 0;
}

std::string Vcpu::stateName() const
{
    return "vcpu" + std::to_string(m_index);
}

void Vcpu::saveState(StateWriter& out) const
{
    // KVM only refuses to give registers while it has none to give, which restoring then reports.
    const auto state = captureVcpuState(*m_kvm, m_fd.get());
    writeVcpuState(out, state ? *state : VcpuState{});
}

Result<> Vcpu::restoreState(StateReader& in)
{
    const VcpuState wanted = VM_TRY(readVcpuState(in));
    const VcpuState before = VM_TRY(captureVcpuState(*m_kvm, m_fd.get()));
    auto applied = applyVcpuState(m_fd.get(), wanted);
    if (!applied) [[maybe_unused]]
        const auto undone = applyVcpuState(m_fd.get(), before);
    return applied;
}

} // namespace engine::kvm
