// SPDX-License-Identifier: GPL-3.0-or-later
#include "kvm/vcpu_exit.h"

#include "base/checked.h"
#include "kvm/kvm_api.h"

#include <algorithm>
#include <cstring>

namespace engine::kvm {

namespace {

VcpuExit decodeIo(const kvm_run& run, std::span<std::byte> page)
{
    const std::uint64_t length = std::uint64_t{run.io.size} * run.io.count;
    if (!isInside<std::uint64_t>(run.io.data_offset, length, page.size()))
        return Unexpected{run.exit_reason, 0};
    const auto bytes = page.subspan(run.io.data_offset, length);
    if (run.io.direction == KVM_EXIT_IO_IN)
        return IoIn{run.io.port, run.io.size, run.io.count, bytes};
    return IoOut{run.io.port, run.io.size, run.io.count, bytes};
}

VcpuExit decodeMmio(kvm_run& run)
{
    if (run.mmio.len > sizeof run.mmio.data)
        return Unexpected{run.exit_reason, 0};
    const auto bytes = std::as_writable_bytes(std::span(run.mmio.data)).first(run.mmio.len);
    if (run.mmio.is_write != 0)
        return MmioWrite{run.mmio.phys_addr, bytes};
    return MmioRead{run.mmio.phys_addr, bytes};
}

VcpuExit decodeInternalError(const kvm_run& run)
{
    InternalError error{.kind = InternalErrorKind{run.internal.suberror},
                        .data = {},
                        .dataCount = 0,
                        .instruction = {},
                        .instructionLength = 0};
    error.dataCount = std::min<std::uint32_t>(run.internal.ndata, error.data.size());
    std::copy_n(run.internal.data, error.dataCount, error.data.begin());
    const auto& failure = run.emulation_failure;
    constexpr std::uint32_t WordsWithInstruction = 3; // flags, then size and 15 bytes
    if (error.kind == InternalErrorKind::Emulation && failure.ndata >= WordsWithInstruction
        && (failure.flags & KVM_INTERNAL_ERROR_EMULATION_FLAG_INSTRUCTION_BYTES) != 0) {
        error.instructionLength = std::min<std::uint8_t>(failure.insn_size, sizeof failure.insn_bytes);
        std::copy_n(failure.insn_bytes, error.instructionLength, error.instruction.begin());
    }
    return error;
}

VcpuExit decodeHypercall(kvm_run& run)
{
    // The packed-enough layout keeps `ret` naturally aligned: nr, six arguments, ret.
    Hypercall call{.number = run.hypercall.nr,
                   .arguments = {},
                   .result = reinterpret_cast<std::uint64_t*>(&run.hypercall.ret)};
    std::copy_n(run.hypercall.args, call.arguments.size(), call.arguments.begin());
    return call;
}

VcpuExit decodeMemoryFault(const kvm_run& run)
{
    // Linux 6.8, struct memory_fault: flags, gpa, size; not in every header.
    std::array<std::uint64_t, 3> fields{};
    std::memcpy(fields.data(), run.padding, sizeof fields);
    return MemoryFault{.address = fields[1], .length = fields[2]};
}

std::string hex(std::uint64_t value)
{
    constexpr std::string_view Digits = "0123456789abcdef";
    std::string text;
    do {
        text.insert(text.begin(), Digits[value & 0xF]);
        value >>= 4;
    } while (value != 0);
    return "0x" + text;
}

struct Describer {
    std::string operator()(const IoIn& io) const { return "read of port " + hex(io.port); }
    std::string operator()(const IoOut& io) const { return "write to port " + hex(io.port); }
    std::string operator()(const MmioRead& io) const { return "read of device memory at " + hex(io.address); }
    std::string operator()(const MmioWrite& io) const
    {
        return "write to device memory at " + hex(io.address);
    }
    std::string operator()(const Halted&) const { return "the CPU halted with nothing to wake it"; }
    std::string operator()(const ShutDown&) const { return "triple fault"; }
    std::string operator()(const SystemEvent& event) const
    {
        return "system event " + std::to_string(static_cast<std::uint32_t>(event.type));
    }
    std::string operator()(const RdMsr& msr) const
    {
        return "read of model-specific register " + hex(msr.index);
    }
    std::string operator()(const WrMsr& msr) const
    {
        return "write of " + hex(msr.value) + " to model-specific register " + hex(msr.index);
    }
    std::string operator()(const InternalError& error) const
    {
        std::string text = "KVM internal error " + std::to_string(static_cast<std::uint32_t>(error.kind));
        for (unsigned i = 0; i < error.dataCount; ++i)
            text += (i == 0 ? ": " : " ") + hex(error.data[i]);
        return text;
    }
    std::string operator()(const FailEntry& entry) const
    {
        return "the host CPU refused the guest's state, hardware reason " + hex(entry.hardwareReason)
               + " on CPU " + std::to_string(entry.cpu);
    }
    std::string operator()(const DebugStop& stop) const
    {
        return "debug stop at " + hex(stop.instructionPointer);
    }
    std::string operator()(const Hypercall& call) const { return "hypercall " + std::to_string(call.number); }
    std::string operator()(const Interrupted&) const { return "interrupted by a request"; }
    std::string operator()(const IrqWindow&) const { return "interrupt window open"; }
    std::string operator()(const IoApicEoi& eoi) const
    {
        return "end of interrupt " + std::to_string(eoi.vector);
    }
    std::string operator()(const DirtyRingFull&) const { return "dirty page ring is full"; }
    std::string operator()(const BusLock&) const { return "split-locked memory access"; }
    std::string operator()(const Notify&) const { return "the guest held the CPU without progress"; }
    std::string operator()(const HyperVEvent& event) const
    {
        return "Hyper-V event " + std::to_string(event.type);
    }
    std::string operator()(const TprAccess&) const { return "task priority register access"; }
    std::string operator()(const MemoryFault& fault) const
    {
        return "guest memory at " + hex(fault.address) + " could not be brought in";
    }
    std::string operator()(const Unexpected& unexpected) const
    {
        return "unknown KVM exit " + std::to_string(unexpected.reason) + ", hardware reason "
               + hex(unexpected.hardwareReason);
    }
};

} // namespace

VcpuExit decodeExit(std::span<std::byte> runPage)
{
    auto& run = *reinterpret_cast<kvm_run*>(runPage.data()); // SAFETY: mappings are page-aligned and larger
    switch (run.exit_reason) {
    case KVM_EXIT_IO: return decodeIo(run, runPage);
    case KVM_EXIT_MMIO: return decodeMmio(run);
    case KVM_EXIT_HLT: return Halted{};
    case KVM_EXIT_SHUTDOWN: return ShutDown{};
    case KVM_EXIT_SYSTEM_EVENT: return SystemEvent{SystemEventType{run.system_event.type}};
    case KVM_EXIT_X86_RDMSR:
        return RdMsr{run.msr.index, reinterpret_cast<std::uint64_t*>(&run.msr.data), &run.msr.error};
    case KVM_EXIT_X86_WRMSR:
        return WrMsr{run.msr.index, run.msr.data, &run.msr.error,
                     run.msr.reason == KVM_MSR_EXIT_REASON_FILTER};
    case KVM_EXIT_INTERNAL_ERROR: return decodeInternalError(run);
    case KVM_EXIT_FAIL_ENTRY:
        return FailEntry{run.fail_entry.hardware_entry_failure_reason, run.fail_entry.cpu};
    case KVM_EXIT_DEBUG:
        return DebugStop{run.debug.arch.exception, run.debug.arch.pc, run.debug.arch.dr6, run.debug.arch.dr7};
    case KVM_EXIT_HYPERCALL: return decodeHypercall(run);
    case KVM_EXIT_INTR: return Interrupted{};
    case KVM_EXIT_IRQ_WINDOW_OPEN: return IrqWindow{};
    case KVM_EXIT_IOAPIC_EOI: return IoApicEoi{run.eoi.vector};
    case KVM_EXIT_DIRTY_RING_FULL: return DirtyRingFull{};
    case KVM_EXIT_X86_BUS_LOCK: return BusLock{};
    case KVM_EXIT_NOTIFY: return Notify{(run.notify.flags & KVM_NOTIFY_CONTEXT_INVALID) != 0};
    case KVM_EXIT_HYPERV: return HyperVEvent{run.hyperv.type};
    case KVM_EXIT_TPR_ACCESS: return TprAccess{run.tpr_access.rip};
    case KVM_EXIT_MEMORY_FAULT: return decodeMemoryFault(run);
    case KVM_EXIT_UNKNOWN: return Unexpected{run.exit_reason, run.hw.hardware_exit_reason};
    default: return Unexpected{run.exit_reason, 0};
    }
}

std::string describe(const VcpuExit& exit)
{
    return std::visit(Describer{}, exit);
}

} // namespace engine::kvm
