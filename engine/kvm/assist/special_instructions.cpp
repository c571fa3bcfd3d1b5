// SPDX-License-Identifier: GPL-3.0-or-later
#include "kvm/assist/special_instructions.h"

#include "bus/bus_device.h"
#include "kvm/assist/event_delivery.h"
#include "kvm/assist/far_transfer.h"
#include "kvm/assist/interrupt_return.h"
#include "kvm/assist/legacy_instructions.h"

namespace engine::kvm::assist {

namespace {

constexpr std::uint32_t MsrTimeStampCounter = 0x10;   // IA32_TIME_STAMP_COUNTER
constexpr std::uint32_t MsrKernelGsBase = 0xC0000102; // IA32_KERNEL_GS_BASE
constexpr std::uint32_t MsrTscAux = 0xC0000103;       // IA32_TSC_AUX

/// One special instruction about to run.
struct Special {
    CpuContext& cpu;
    const Instruction& instruction;
    const LinearMemory& memory;
    CpuServices& services;
    bool& jumped;

    [[nodiscard]] ZydisMnemonic mnemonic() const { return instruction.info.mnemonic; }
    [[nodiscard]] const ZydisDecodedOperand& operand(std::size_t index) const
    {
        return instruction.operandStorage.at(index);
    }
};

Outcome trap(Vector vector)
{
    return GuestFault{vector, std::nullopt, 0, true};
}

Outcome setAlignmentCheck(const Special& it, bool on)
{
    if (it.cpu.privilege() != 0)
        return GuestFault::invalidOpcode();
    it.cpu.flags = on ? it.cpu.flags | FlagAlignmentCheck : it.cpu.flags & ~FlagAlignmentCheck;
    return Completed{};
}

/// A no-operation on every CPU that has no shadow stack, or does not use one (Intel SDM volume 2).
Outcome readShadowStack(const Special& it)
{
    if ((it.cpu.cr4 & Cr4ControlFlow) != 0)
        return Unsupported{};
    return Completed{};
}

Outcome invalidatePcid(const Special& it)
{
    if (it.cpu.privilege() != 0)
        return GuestFault::generalProtection();
    it.services.flushTlb(); // more than was asked for is allowed
    return Completed{};
}

Outcome swapGs(const Special& it)
{
    if (it.cpu.privilege() != 0)
        return GuestFault::generalProtection();
    const auto kernelBase = it.services.readMsr(MsrKernelGsBase);
    std::uint64_t& base = it.cpu.segments[SegmentGs].base;
    if (!kernelBase || !it.services.writeMsr(MsrKernelGsBase, base))
        return Unsupported{};
    base = *kernelBase;
    return Completed{};
}

Outcome accessSegmentBase(const Special& it, SegmentRegister segment, bool write)
{
    if (!it.cpu.isLongMode() || (it.cpu.cr4 & Cr4FsGsBase) == 0)
        return GuestFault::invalidOpcode();
    const ZydisRegister reg = it.operand(0).reg.value;
    std::uint64_t& base = it.cpu.segments.at(segment).base;
    if (!write) {
        writeRegister(it.cpu, reg, base);
        return Completed{};
    }
    std::uint64_t value = it.cpu.general.at(generalRegister(reg).value_or(0));
    if (ZydisRegisterGetWidth(ZYDIS_MACHINE_MODE_LONG_64, reg) == 32)
        value &= 0xFFFFFFFF;
    const auto top = static_cast<std::int64_t>(value) >> 47;
    if (top != 0 && top != -1)
        return GuestFault::generalProtection();
    base = value;
    return Completed{};
}

Outcome readTimeStamp(const Special& it)
{
    const auto aux = it.services.readMsr(MsrTscAux);
    if (!aux)
        return Unsupported{};
    if (it.mnemonic() == ZYDIS_MNEMONIC_RDPID) {
        writeRegister(it.cpu, it.operand(0).reg.value, *aux);
        return Completed{};
    }
    const auto counter = it.services.readMsr(MsrTimeStampCounter);
    if (!counter)
        return Unsupported{};
    it.cpu.general[Rax] = *counter & 0xFFFFFFFF;
    it.cpu.general[Rdx] = *counter >> 32;
    it.cpu.general[Rcx] = *aux & 0xFFFFFFFF;
    return Completed{};
}

Outcome accessXcr(const Special& it, bool write)
{
    if ((it.cpu.cr4 & Cr4OsXsave) == 0)
        return GuestFault::invalidOpcode();
    const auto number = static_cast<std::uint32_t>(it.cpu.general[Rcx]);
    if (number != 0 || (write && it.cpu.privilege() != 0))
        return GuestFault::generalProtection();
    if (write) {
        const std::uint64_t value = (it.cpu.general[Rax] & 0xFFFFFFFF) | it.cpu.general[Rdx] << 32;
        if (!it.services.writeXcr0(value))
            return GuestFault::generalProtection();
        return Completed{};
    }
    const auto value = it.services.readXcr0();
    if (!value)
        return Unsupported{};
    it.cpu.general[Rax] = *value & 0xFFFFFFFF;
    it.cpu.general[Rdx] = *value >> 32;
    return Completed{};
}

Outcome loadEffectiveAddress(const Special& it)
{
    writeRegister(it.cpu, it.operand(0).reg.value, effectiveAddress(it.cpu, it.instruction, it.operand(1)));
    return Completed{};
}

Outcome softwareInterrupt(const Special& it, std::uint8_t vector)
{
    const Outcome outcome =
        deliverEvent(it.cpu, it.memory,
                     {.vector = vector,
                      .errorCode = std::nullopt,
                      .isSoftware = true,
                      .returnAddress = it.cpu.instructionPointer + it.instruction.info.length,
                      .savedFlags = it.cpu.flags & ~FlagResume});
    it.jumped = std::holds_alternative<Completed>(outcome);
    return outcome;
}

Outcome interruptReturn(const Special& it)
{
    const Outcome outcome = returnFromInterrupt(it.cpu, it.instruction, it.memory);
    it.jumped = std::holds_alternative<Completed>(outcome);
    return outcome;
}

} // namespace

std::optional<Outcome> runSpecial(CpuContext& cpu, const Instruction& instruction, const LinearMemory& memory,
                                  CpuServices& services, bool& jumped)
{
    const Special it{cpu, instruction, memory, services, jumped};
    switch (it.mnemonic()) {
    case ZYDIS_MNEMONIC_INT3: return trap(Vector::Breakpoint);
    case ZYDIS_MNEMONIC_INT1: return trap(Vector::Debug);
    case ZYDIS_MNEMONIC_INTO: return (cpu.flags & FlagOverflow) != 0 ? trap(Vector::Overflow) : Completed{};
    case ZYDIS_MNEMONIC_UD0:
    case ZYDIS_MNEMONIC_UD1:
    case ZYDIS_MNEMONIC_UD2: return GuestFault::invalidOpcode();
    case ZYDIS_MNEMONIC_STAC: return setAlignmentCheck(it, true);
    case ZYDIS_MNEMONIC_CLAC: return setAlignmentCheck(it, false);
    case ZYDIS_MNEMONIC_NOP:
    case ZYDIS_MNEMONIC_PAUSE:
    case ZYDIS_MNEMONIC_LFENCE:
    case ZYDIS_MNEMONIC_MFENCE:
    case ZYDIS_MNEMONIC_SFENCE:
    case ZYDIS_MNEMONIC_PREFETCH:
    case ZYDIS_MNEMONIC_PREFETCHW:
    case ZYDIS_MNEMONIC_PREFETCHNTA:
    case ZYDIS_MNEMONIC_PREFETCHT0:
    case ZYDIS_MNEMONIC_PREFETCHT1:
    case ZYDIS_MNEMONIC_PREFETCHT2:
    case ZYDIS_MNEMONIC_PREFETCHWT1:
    case ZYDIS_MNEMONIC_CLDEMOTE:
    case ZYDIS_MNEMONIC_CLFLUSH:
    case ZYDIS_MNEMONIC_CLFLUSHOPT:
    case ZYDIS_MNEMONIC_CLWB:
    case ZYDIS_MNEMONIC_ENDBR32:
    case ZYDIS_MNEMONIC_ENDBR64: return Completed{};
    case ZYDIS_MNEMONIC_RDSSPD:
    case ZYDIS_MNEMONIC_RDSSPQ: return readShadowStack(it);
    case ZYDIS_MNEMONIC_INVPCID: return invalidatePcid(it);
    case ZYDIS_MNEMONIC_SWAPGS: return swapGs(it);
    case ZYDIS_MNEMONIC_RDFSBASE: return accessSegmentBase(it, SegmentFs, false);
    case ZYDIS_MNEMONIC_RDGSBASE: return accessSegmentBase(it, SegmentGs, false);
    case ZYDIS_MNEMONIC_WRFSBASE: return accessSegmentBase(it, SegmentFs, true);
    case ZYDIS_MNEMONIC_WRGSBASE: return accessSegmentBase(it, SegmentGs, true);
    case ZYDIS_MNEMONIC_RDTSCP:
    case ZYDIS_MNEMONIC_RDPID: return readTimeStamp(it);
    case ZYDIS_MNEMONIC_XGETBV: return accessXcr(it, false);
    case ZYDIS_MNEMONIC_XSETBV: return accessXcr(it, true);
    case ZYDIS_MNEMONIC_LEA: return loadEffectiveAddress(it);
    case ZYDIS_MNEMONIC_INT:
        return softwareInterrupt(it, static_cast<std::uint8_t>(it.operand(0).imm.value.u));
    case ZYDIS_MNEMONIC_IRET:
    case ZYDIS_MNEMONIC_IRETD:
    case ZYDIS_MNEMONIC_IRETQ: return interruptReturn(it);
    default: break;
    }
    if (auto legacy = runLegacy(cpu, instruction, memory))
        return legacy;
    auto outcome = runFarTransfer(cpu, instruction, memory);
    jumped = outcome && std::holds_alternative<Completed>(*outcome);
    return outcome;
}

} // namespace engine::kvm::assist
