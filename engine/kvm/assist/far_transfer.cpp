// SPDX-License-Identifier: GPL-3.0-or-later
#include "kvm/assist/far_transfer.h"

#include "bus/bus_device.h"
#include "kvm/assist/descriptor.h"
#include "kvm/assist/interrupt_return.h"

#include <array>

namespace engine::kvm::assist {

namespace {

constexpr std::uint16_t TableIndicator = 4; // of a selector: the LDT

struct Target {
    std::uint16_t selector = 0;
    std::uint64_t offset = 0;
};

std::uint64_t cut(std::uint64_t value, unsigned bytes)
{
    return bytes >= 8 ? value : value & ((std::uint64_t{1} << bytes * 8) - 1);
}

unsigned stackPointerBytes(const CpuContext& cpu)
{
    if (cpu.isLongMode())
        return 8;
    return cpu.segments[SegmentSs].is32Bit ? 4 : 2;
}

std::uint64_t stackTop(const CpuContext& cpu)
{
    const std::uint64_t pointer = cut(cpu.general[Rsp], stackPointerBytes(cpu));
    return cpu.isLongMode() ? pointer : cut(cpu.segments[SegmentSs].base + pointer, 4);
}

/// Reads an offset of `bytes` and a selector; `gap` is how far apart they lie.
std::expected<Target, GuestFault> readPointer(const LinearMemory& memory, std::uint64_t linear,
                                              unsigned bytes, unsigned gap)
{
    std::array<std::byte, 16> data{};
    const auto part = std::span(data).first(gap + 2);
    if (const auto fault = memory.read(linear, part))
        return std::unexpected(*fault);
    return Target{.selector = static_cast<std::uint16_t>(loadLittleEndian(part.subspan(gap, 2))),
                  .offset = loadLittleEndian(part.first(bytes))};
}

Outcome enter(CpuContext& cpu, const LinearMemory& memory, const Target& target)
{
    if (selectorIndex(target.selector) == 0)
        return GuestFault::generalProtection();
    if ((target.selector & TableIndicator) != 0)
        return Unsupported{};
    const auto code = readDescriptor(cpu, memory, target.selector);
    if (!code)
        return code.error();
    if (code->isSystem())
        return Unsupported{};
    if (!code->isCode())
        return selectorFault(Vector::GeneralProtection, target.selector);
    if (code->isConforming() || code->privilege() != cpu.privilege()
        || (target.selector & 3U) != cpu.privilege())
        return Unsupported{};
    if (!code->isPresent())
        return selectorFault(Vector::SegmentNotPresent, target.selector);
    if (code->isLong() && code->isBig() && (cpu.efer & EferLongModeActive) != 0)
        return selectorFault(Vector::GeneralProtection, target.selector);
    loadSegment(cpu, SegmentCs, target.selector, *code);
    cpu.instructionPointer = target.offset;
    return Completed{};
}

Outcome returnFar(CpuContext& cpu, const Instruction& instruction, const LinearMemory& memory)
{
    const unsigned bytes = instruction.info.operand_width / 8U;
    const auto target = readPointer(memory, stackTop(cpu), bytes, bytes);
    if (!target)
        return target.error();
    if ((target->selector & 3U) > cpu.privilege())
        return returnToOuterLevel(cpu, instruction, memory);
    Outcome outcome = enter(cpu, memory, *target);
    if (!std::holds_alternative<Completed>(outcome))
        return outcome;
    const unsigned pointerBytes = cpu.segments[SegmentSs].is32Bit ? 4 : 2;
    std::uint64_t released = 2ULL * bytes;
    if (instruction.info.operand_count_visible > 0)
        released += instruction.operandStorage[0].imm.value.u;
    // The stack is the old one: only its width can have changed with the code segment.
    const unsigned width = instruction.info.machine_mode == ZYDIS_MACHINE_MODE_LONG_64 ? 8 : pointerBytes;
    const std::uint64_t pointer = cut(cpu.general[Rsp] + released, width);
    if (width == 2)
        cpu.general[Rsp] = (cpu.general[Rsp] & ~std::uint64_t{0xffff}) | pointer;
    else
        cpu.general[Rsp] = pointer;
    return outcome;
}

Outcome jumpFar(CpuContext& cpu, const Instruction& instruction, const LinearMemory& memory)
{
    const ZydisDecodedOperand& operand = instruction.operandStorage[0];
    const unsigned bytes = instruction.info.operand_width / 8U;
    if (operand.type == ZYDIS_OPERAND_TYPE_POINTER)
        return enter(cpu, memory,
                     {.selector = operand.ptr.segment, .offset = cut(operand.ptr.offset, bytes)});
    if (operand.type != ZYDIS_OPERAND_TYPE_MEMORY)
        return Unsupported{};
    const auto target = readPointer(memory, linearAddress(cpu, instruction, operand), bytes, bytes);
    return target ? enter(cpu, memory, *target) : Outcome(target.error());
}

} // namespace

bool isFarTransfer(const Instruction& instruction)
{
    return instruction.info.meta.branch_type == ZYDIS_BRANCH_TYPE_FAR
           && (instruction.info.mnemonic == ZYDIS_MNEMONIC_RET
               || instruction.info.mnemonic == ZYDIS_MNEMONIC_JMP);
}

std::optional<Outcome> runFarTransfer(CpuContext& cpu, const Instruction& instruction,
                                      const LinearMemory& memory)
{
    if (!isFarTransfer(instruction))
        return std::nullopt;
    if (!cpu.isProtected() || cpu.privilege() != 0)
        return Unsupported{};
    return instruction.info.mnemonic == ZYDIS_MNEMONIC_RET ? returnFar(cpu, instruction, memory)
                                                           : jumpFar(cpu, instruction, memory);
}

} // namespace engine::kvm::assist
