// SPDX-License-Identifier: GPL-3.0-or-later
#include "kvm/assist/kvm_transfer.h"

#include "kvm/assist/descriptor.h"

#include <cstring>

namespace engine::kvm::assist {

namespace {

constexpr std::uint64_t SyncedRegisters = KVM_SYNC_X86_REGS | KVM_SYNC_X86_SREGS | KVM_SYNC_X86_EVENTS;
constexpr std::uint64_t Dr6SingleStep = 1U << 14; // BS

// In the order of the registers' numbers.
constexpr std::array GeneralMembers = {&kvm_regs::rax, &kvm_regs::rcx, &kvm_regs::rdx, &kvm_regs::rbx,
                                       &kvm_regs::rsp, &kvm_regs::rbp, &kvm_regs::rsi, &kvm_regs::rdi,
                                       &kvm_regs::r8,  &kvm_regs::r9,  &kvm_regs::r10, &kvm_regs::r11,
                                       &kvm_regs::r12, &kvm_regs::r13, &kvm_regs::r14, &kvm_regs::r15};
constexpr std::array SegmentMembers = {&kvm_sregs::es, &kvm_sregs::cs, &kvm_sregs::ss,
                                       &kvm_sregs::ds, &kvm_sregs::fs, &kvm_sregs::gs};

/// The single-step trap that KVM would have raised after the instruction.
void addSingleStep(const Vcpu& vcpu, kvm_vcpu_events& events)
{
    kvm_debugregs debug{};
    if (callKvm(vcpu.fd(), KVM_GET_DEBUGREGS, &debug) < 0)
        return;
    debug.dr6 |= Dr6SingleStep;
    (void)callKvm(vcpu.fd(), KVM_SET_DEBUGREGS, &debug);
    events.exception.injected = 1;
    events.exception.nr = static_cast<std::uint8_t>(Vector::Debug);
}

void putException(kvm_vcpu_events& events, const GuestFault& fault)
{
    events.exception.injected = 1;
    events.exception.nr = static_cast<std::uint8_t>(fault.vector);
    events.exception.has_error_code = fault.errorCode ? 1 : 0;
    events.exception.error_code = fault.errorCode.value_or(0);
}

kvm_segment toSegment(const SegmentState& state, std::uint64_t descriptor)
{
    kvm_segment segment{};
    segment.base = state.base;
    segment.selector = state.selector;
    segment.limit = Descriptor(descriptor).limit();
    segment.type = descriptor >> 40 & 15;
    segment.s = descriptor >> 44 & 1;
    segment.dpl = state.privilege;
    segment.unusable = descriptor == 0 ? 1 : 0;
    segment.present = descriptor >> 47 & 1;
    segment.avl = descriptor >> 52 & 1;
    segment.l = descriptor >> 53 & 1;
    segment.db = descriptor >> 54 & 1;
    segment.g = descriptor >> 55 & 1;
    return segment;
}

} // namespace

Result<KvmRegisters> readRegisters(const Vcpu& vcpu)
{
    KvmRegisters registers;
    kvm_run& run = vcpu.runPage().run();
    if (run.kvm_valid_regs == SyncedRegisters) {
        registers.general = run.s.regs.regs;
        registers.system = run.s.regs.sregs;
        registers.events = run.s.regs.events;
        return registers;
    }
    if (callKvm(vcpu.fd(), KVM_GET_REGS, &registers.general) < 0
        || callKvm(vcpu.fd(), KVM_GET_SREGS, &registers.system) < 0
        || callKvm(vcpu.fd(), KVM_GET_VCPU_EVENTS, &registers.events) < 0)
        return failSystem("KVM does not give the virtual CPU's registers");
    if (canSyncRegisters(vcpu.kvm().caps()))
        run.kvm_valid_regs = SyncedRegisters; // from the next exit on
    return registers;
}

Result<KvmRegisters> peekRegisters(const Vcpu& vcpu)
{
    KvmRegisters registers;
    if (callKvm(vcpu.fd(), KVM_GET_REGS, &registers.general) < 0
        || callKvm(vcpu.fd(), KVM_GET_SREGS, &registers.system) < 0)
        return failSystem("KVM does not give the virtual CPU's registers");
    return registers;
}

CpuContext toContext(const KvmRegisters& registers)
{
    CpuContext cpu;
    for (std::size_t i = 0; i < GeneralMembers.size(); ++i)
        cpu.general.at(i) = registers.general.*GeneralMembers[i];
    cpu.instructionPointer = registers.general.rip;
    cpu.flags = registers.general.rflags;
    for (std::size_t i = 0; i < SegmentMembers.size(); ++i) {
        const kvm_segment& segment = registers.system.*SegmentMembers[i];
        cpu.segments.at(i) = {.base = segment.base,
                              .selector = segment.selector,
                              .privilege = segment.dpl,
                              .is64Bit = segment.l != 0,
                              .is32Bit = segment.db != 0};
    }
    cpu.cr0 = registers.system.cr0;
    cpu.cr2 = registers.system.cr2;
    cpu.cr3 = registers.system.cr3;
    cpu.cr4 = registers.system.cr4;
    cpu.efer = registers.system.efer;
    cpu.gdtBase = registers.system.gdt.base;
    cpu.gdtLimit = registers.system.gdt.limit;
    cpu.interruptTable = {.base = registers.system.idt.base, .limit = registers.system.idt.limit};
    const kvm_segment& local = registers.system.ldt;
    if (local.unusable == 0 && local.present != 0)
        cpu.localTable = {.base = local.base, .limit = local.limit};
    constexpr unsigned Task32 = 8; // bit of a task segment's type
    const kvm_segment& task = registers.system.tr;
    cpu.task = {.base = task.base, .limit = task.limit};
    cpu.taskSelector = task.selector;
    cpu.taskIs32Bit = (task.type & Task32) != 0;
    return cpu;
}

Result<> writeRegisters(const Vcpu& vcpu, KvmRegisters registers, const CpuContext& cpu,
                        const GuestFault* fault)
{
    for (std::size_t i = 0; i < GeneralMembers.size(); ++i)
        registers.general.*GeneralMembers[i] = cpu.general.at(i);
    registers.general.rip = cpu.instructionPointer;
    registers.general.rflags = cpu.flags & ~FlagResume;
    if (fault && !fault->afterInstruction)
        registers.general.rflags |= FlagResume; // as faults push it (Intel SDM volume 3, 18.3.1.1)

    kvm_sregs system = registers.system;
    system.fs.base = cpu.segments[SegmentFs].base;
    system.gs.base = cpu.segments[SegmentGs].base;
    for (std::size_t i = 0; i < SegmentMembers.size(); ++i)
        if (cpu.loaded.at(i))
            system.*SegmentMembers[i] = toSegment(cpu.segments.at(i), *cpu.loaded.at(i));
    system.cr2 = fault && fault->vector == Vector::PageFault ? fault->address : cpu.cr2;
    if (std::memcmp(&system, &registers.system, sizeof system) != 0
        && callKvm(vcpu.fd(), KVM_SET_SREGS, &system) < 0)
        return failSystem("KVM does not accept the virtual CPU's system registers");
    if (callKvm(vcpu.fd(), KVM_SET_REGS, &registers.general) < 0)
        return failSystem("KVM does not accept the virtual CPU's registers");

    kvm_vcpu_events& events = registers.events;
    events.flags = KVM_VCPUEVENT_VALID_SHADOW;
    events.interrupt.shadow = 0;
    events.exception = {};
    if (fault)
        putException(events, *fault);
    else if ((registers.general.rflags & FlagTrap) != 0)
        addSingleStep(vcpu, events);
    if (callKvm(vcpu.fd(), KVM_SET_VCPU_EVENTS, &events) < 0)
        return failSystem("KVM does not accept the virtual CPU's pending events");
    return {};
}

std::optional<std::uint64_t> KvmCpuServices::readMsr(std::uint32_t index)
{
    return m_vcpu.readMsr(index);
}

bool KvmCpuServices::writeMsr(std::uint32_t index, std::uint64_t value)
{
    return m_vcpu.writeMsr(index, value).has_value();
}

std::optional<std::uint64_t> KvmCpuServices::readXcr0()
{
    if (m_xcr0)
        return m_xcr0;
    kvm_xcrs registers{};
    if (callKvm(m_vcpu.fd(), KVM_GET_XCRS, &registers) < 0 || registers.nr_xcrs == 0)
        return std::nullopt;
    m_xcr0 = registers.xcrs[0].value;
    return m_xcr0;
}

bool KvmCpuServices::writeXcr0(std::uint64_t value)
{
    m_xcr0.reset();
    kvm_xcrs registers{};
    registers.nr_xcrs = 1;
    registers.xcrs[0].value = value;
    return callKvm(m_vcpu.fd(), KVM_SET_XCRS, &registers) == 0;
}

void KvmCpuServices::flushTlb()
{
    // A changed root makes KVM forget what it cached; the right one follows at once.
    constexpr std::uint64_t AnotherPage = 0x1000;
    kvm_sregs changed = m_system;
    changed.cr3 ^= AnotherPage;
    kvm_sregs original = m_system;
    (void)callKvm(m_vcpu.fd(), KVM_SET_SREGS, &changed);
    (void)callKvm(m_vcpu.fd(), KVM_SET_SREGS, &original);
}

bool KvmExtendedState::load(std::span<std::byte> image)
{
    if (!m_loaded.empty())
        return m_loaded.data() == image.data();
    const KvmCaps& caps = m_vcpu.kvm().caps();
    if (caps.xsave == 0)
        return false;
    const bool large = caps.xsave2 > static_cast<int>(sizeof(kvm_xsave));
    if (large && static_cast<std::size_t>(caps.xsave2) > image.size())
        return false;
    if (callKvm(m_vcpu.fd(), large ? KVM_GET_XSAVE2 : KVM_GET_XSAVE, image.data()) < 0)
        return false;
    m_loaded = image;
    return true;
}

bool KvmExtendedState::store(std::span<const std::byte> image)
{
    m_changed = true;
    return m_loaded.data() == image.data();
}

Result<> KvmExtendedState::flush() const
{
    if (m_changed && callKvm(m_vcpu.fd(), KVM_SET_XSAVE, m_loaded.data()) < 0)
        return failSystem("KVM does not accept the virtual CPU's vector registers");
    return {};
}

} // namespace engine::kvm::assist
