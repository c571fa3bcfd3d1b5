// SPDX-License-Identifier: GPL-3.0-or-later
#include "kvm/vcpu_state.h"

#include "kvm/cpuid_io.h"
#include "kvm/vcpu_msrs.h"

#include <algorithm>

namespace engine::kvm {

namespace {

constexpr std::uint16_t StateVersion = 1;
constexpr std::uint32_t MaximumCpuidEntries = 1024;
constexpr std::uint32_t MaximumMsrs = 4096;
constexpr std::uint32_t MaximumXsaveWords = 64 * 1024 / 4;

template <class T>
Result<> get(int fd, unsigned long request, T& into, const char* what)
{
    if (callKvm(fd, request, &into) < 0)
        return failSystem(std::string("KVM does not give the virtual CPU's ") + what);
    return {};
}

template <class T>
Result<> set(int fd, unsigned long request, const T& from, const char* what)
{
    T copy = from; // the kernel's interface is not const
    if (callKvm(fd, request, &copy) < 0)
        return failSystem(std::string("KVM does not accept the virtual CPU's ") + what);
    return {};
}

Result<> captureFloatingPoint(const Kvm& kvm, int fd, VcpuState& state)
{
    if (kvm.caps().xsave == 0)
        return get(fd, KVM_GET_FPU, state.fpu, "floating-point registers");
    const bool large = kvm.caps().xsave2 > static_cast<int>(sizeof(kvm_xsave));
    const auto bytes = large ? static_cast<std::size_t>(kvm.caps().xsave2) : sizeof(kvm_xsave);
    state.xsave.resize(bytes / sizeof(std::uint32_t));
    if (callKvm(fd, large ? KVM_GET_XSAVE2 : KVM_GET_XSAVE, state.xsave.data()) < 0)
        return failSystem("KVM does not give the virtual CPU's floating-point registers");
    return {};
}

Result<> captureControl(const Kvm& kvm, int fd, VcpuState& state)
{
    if (kvm.caps().xcrs != 0)
        VM_TRY(get(fd, KVM_GET_XCRS, state.extendedControl, "extended control registers"));
    if (kvm.caps().debugRegs != 0)
        VM_TRY(get(fd, KVM_GET_DEBUGREGS, state.debug, "debug registers"));
    return {};
}

Result<> applyFloatingPoint(int fd, const VcpuState& state)
{
    if (state.xsave.empty())
        return set(fd, KVM_SET_FPU, state.fpu, "floating-point registers");
    std::vector<std::uint32_t> image = state.xsave;
    if (callKvm(fd, KVM_SET_XSAVE, image.data()) < 0)
        return failSystem("KVM does not accept the virtual CPU's floating-point registers");
    return {};
}

Result<> applyCpuid(int fd, const CpuidTable& wanted)
{
    // A vCPU that has run refuses a new table, even an equal one on older kernels.
    const auto present = readCpuid(fd, KVM_GET_CPUID2);
    if (present && *present == wanted)
        return {};
    return writeCpuid(fd, wanted);
}

void applyTscFrequency(int fd, std::uint32_t khz)
{
    const int present = callKvm(fd, KVM_GET_TSC_KHZ);
    // Refused where the host cannot scale; the guest's clocks then follow the host's frequency.
    if (khz != 0 && present > 0 && static_cast<std::uint32_t>(present) != khz)
        (void)callKvm(fd, KVM_SET_TSC_KHZ, static_cast<unsigned long>(khz));
}

template <class T>
void writeObject(StateWriter& out, const T& object)
{
    out.bytes(std::as_bytes(std::span(&object, 1)));
}

template <class T>
void readObject(StateReader& in, T& object)
{
    in.bytes(std::as_writable_bytes(std::span(&object, 1)));
}

void writeCpuidTable(StateWriter& out, const CpuidTable& table)
{
    out.integer(static_cast<std::uint32_t>(table.entries().size()));
    for (const CpuidEntry& entry : table.entries()) {
        for (const std::uint32_t word :
             {entry.function, entry.index, entry.eax, entry.ebx, entry.ecx, entry.edx})
            out.integer(word);
        out.boolean(entry.indexed);
    }
}

Result<CpuidTable> readCpuidTable(StateReader& in)
{
    const auto count = in.integer<std::uint32_t>();
    if (count == 0 || count > MaximumCpuidEntries)
        return fail(ErrorCode::Corrupt, "saved virtual CPU has no plausible CPU model");
    CpuidTable table;
    for (std::uint32_t i = 0; i < count; ++i) {
        CpuidEntry entry;
        for (std::uint32_t* word :
             {&entry.function, &entry.index, &entry.eax, &entry.ebx, &entry.ecx, &entry.edx})
            *word = in.integer<std::uint32_t>();
        entry.indexed = in.boolean();
        table.entries().push_back(entry);
    }
    return table;
}

} // namespace

Result<VcpuState> captureVcpuState(const Kvm& kvm, int fd)
{
    VcpuState state;
    // First: for a vCPU that has not run yet this settles what a pending INIT or SIPI means.
    VM_TRY(get(fd, KVM_GET_MP_STATE, state.multiprocessing, "run state"));
    state.cpuid = VM_TRY(readCpuid(fd, KVM_GET_CPUID2));
    VM_TRY(get(fd, KVM_GET_REGS, state.registers, "registers"));
    VM_TRY(get(fd, KVM_GET_SREGS, state.system, "system registers"));
    VM_TRY(captureFloatingPoint(kvm, fd, state));
    VM_TRY(captureControl(kvm, fd, state));
    VM_TRY(get(fd, KVM_GET_LAPIC, state.localApic, "local interrupt controller"));
    if (const int khz = callKvm(fd, KVM_GET_TSC_KHZ); khz > 0)
        state.tscKhz = static_cast<std::uint32_t>(khz);
    state.msrs = readMsrs(fd, kvm.savedMsrs());
    VM_TRY(get(fd, KVM_GET_VCPU_EVENTS, state.events, "pending events"));
    return state;
}

Result<> applyVcpuState(int fd, const VcpuState& state)
{
    VM_TRY(applyCpuid(fd, state.cpuid));
    VM_TRY(set(fd, KVM_SET_MP_STATE, state.multiprocessing, "run state"));
    VM_TRY(set(fd, KVM_SET_REGS, state.registers, "registers"));
    VM_TRY(set(fd, KVM_SET_SREGS, state.system, "system registers"));
    VM_TRY(applyFloatingPoint(fd, state));
    if (state.extendedControl.nr_xcrs != 0)
        VM_TRY(set(fd, KVM_SET_XCRS, state.extendedControl, "extended control registers"));
    VM_TRY(set(fd, KVM_SET_DEBUGREGS, state.debug, "debug registers"));
    // After the system registers, which hold the controller's base and mode, and before the MSRs,
    // because the TSC deadline is only kept in the timer mode that this sets.
    VM_TRY(set(fd, KVM_SET_LAPIC, state.localApic, "local interrupt controller"));
    applyTscFrequency(fd, state.tscKhz);
    VM_TRY(writeMsrs(fd, state.msrs));
    return set(fd, KVM_SET_VCPU_EVENTS, state.events, "pending events");
}

void writeVcpuState(StateWriter& out, const VcpuState& state)
{
    out.version(StateVersion);
    writeCpuidTable(out, state.cpuid);
    writeObject(out, state.multiprocessing);
    writeObject(out, state.registers);
    writeObject(out, state.system);
    out.bytes(std::as_bytes(std::span(state.xsave)));
    writeObject(out, state.fpu);
    writeObject(out, state.extendedControl);
    writeObject(out, state.debug);
    writeObject(out, state.localApic);
    out.integer(state.tscKhz);
    out.integer(static_cast<std::uint32_t>(state.msrs.size()));
    for (const MsrValue& msr : state.msrs) {
        out.integer(msr.index);
        out.integer(msr.value);
    }
    writeObject(out, state.events);
}

Result<VcpuState> readVcpuState(StateReader& in)
{
    VcpuState state;
    (void)in.version(StateVersion);
    state.cpuid = VM_TRY(readCpuidTable(in));
    readObject(in, state.multiprocessing);
    readObject(in, state.registers);
    readObject(in, state.system);
    const auto xsave = in.bytes(MaximumXsaveWords * sizeof(std::uint32_t));
    if (xsave.size() % sizeof(std::uint32_t) != 0 || (!xsave.empty() && xsave.size() < sizeof(kvm_xsave)))
        return fail(ErrorCode::Corrupt, "saved virtual CPU has a floating-point image of a wrong size");
    state.xsave.resize(xsave.size() / sizeof(std::uint32_t));
    std::ranges::copy(xsave, std::as_writable_bytes(std::span(state.xsave)).begin());
    readObject(in, state.fpu);
    readObject(in, state.extendedControl);
    readObject(in, state.debug);
    readObject(in, state.localApic);
    state.tscKhz = in.integer<std::uint32_t>();
    const auto msrCount = in.integer<std::uint32_t>();
    if (msrCount > MaximumMsrs)
        return fail(ErrorCode::Corrupt, "saved virtual CPU has too many model-specific registers");
    for (std::uint32_t i = 0; i < msrCount; ++i) {
        const auto index = in.integer<std::uint32_t>();
        state.msrs.push_back({index, in.integer<std::uint64_t>()});
    }
    readObject(in, state.events);
    VM_TRY(in.finish());
    return state;
}

} // namespace engine::kvm
