// SPDX-License-Identifier: GPL-3.0-or-later
#include "kvm/assist/far_transfer.h"

#include "bus/bus_device.h"

#include <array>

namespace engine::kvm::assist {

namespace {

// Fields of a segment descriptor (Intel SDM volume 3, 3.4.5).
constexpr unsigned AccessedBit = 40;
constexpr unsigned ConformingBit = 42;
constexpr unsigned ExecutableBit = 43;
constexpr unsigned CodeOrDataBit = 44; // S
constexpr unsigned PrivilegeShift = 45;
constexpr unsigned PresentBit = 47;
constexpr unsigned LongBit = 53;
constexpr unsigned DefaultSizeBit = 54;
constexpr std::uint16_t TableIndicator = 4; // of a selector: the LDT

struct Target {
    std::uint16_t selector = 0;
    std::uint64_t offset = 0;
};

bool bit(std::uint64_t value, unsigned number)
{
    return (value >> number & 1) != 0;
}

std::uint64_t cut(std::uint64_t value, unsigned bytes)
{
    return bytes >= 8 ? value : value & ((std::uint64_t{1} << bytes * 8) - 1);
}

std::uint64_t baseOf(std::uint64_t descriptor)
{
    return (descriptor >> 16 & 0xffffff) | (descriptor >> 56 & 0xff) << 24;
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

GuestFault selectorFault(Vector vector, std::uint16_t selector)
{
    constexpr std::uint16_t External = 3; // the lowest bits of an error code mean something else
    return {vector, static_cast<std::uint32_t>(selector & ~External), 0, false};
}

Outcome enter(CpuContext& cpu, const LinearMemory& memory, const Target& target)
{
    constexpr auto SegmentNotPresent = static_cast<Vector>(11);
    const std::uint16_t index = target.selector & 0xfff8;
    if (index == 0)
        return GuestFault::generalProtection();
    if ((target.selector & TableIndicator) != 0)
        return Unsupported{};
    if (index + 7U > cpu.gdtLimit)
        return selectorFault(Vector::GeneralProtection, target.selector);
    std::array<std::byte, 8> raw{};
    if (const auto fault = memory.read(cpu.gdtBase + index, raw))
        return *fault;
    const std::uint64_t descriptor = loadLittleEndian(raw);
    const unsigned privilege = descriptor >> PrivilegeShift & 3;
    if (!bit(descriptor, CodeOrDataBit) || !bit(descriptor, ExecutableBit))
        return bit(descriptor, CodeOrDataBit) ? selectorFault(Vector::GeneralProtection, target.selector)
                                              : Outcome(Unsupported{});
    if (bit(descriptor, ConformingBit) || privilege != cpu.privilege()
        || (target.selector & 3U) != cpu.privilege())
        return Unsupported{};
    if (!bit(descriptor, PresentBit))
        return selectorFault(SegmentNotPresent, target.selector);
    const bool is64Bit = bit(descriptor, LongBit) && (cpu.efer & EferLongModeActive) != 0;
    if (is64Bit && bit(descriptor, DefaultSizeBit))
        return selectorFault(Vector::GeneralProtection, target.selector);
    SegmentState& code = cpu.segments[SegmentCs];
    code = {.base = is64Bit ? 0 : baseOf(descriptor),
            .selector = target.selector,
            .privilege = static_cast<std::uint8_t>(privilege),
            .is64Bit = is64Bit,
            .is32Bit = bit(descriptor, DefaultSizeBit)};
    cpu.loadedCode = descriptor | std::uint64_t{1} << AccessedBit;
    cpu.instructionPointer = target.offset;
    return Completed{};
}

Outcome returnFar(CpuContext& cpu, const Instruction& instruction, const LinearMemory& memory)
{
    const unsigned bytes = instruction.info.operand_width / 8U;
    const auto target = readPointer(memory, stackTop(cpu), bytes, bytes);
    if (!target)
        return target.error();
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
