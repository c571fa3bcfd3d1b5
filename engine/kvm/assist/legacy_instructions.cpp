// SPDX-License-Identifier: GPL-3.0-or-later
#include "kvm/assist/legacy_instructions.h"

#include "bus/bus_device.h"
#include "kvm/assist/descriptor.h"

#include <algorithm>
#include <array>
#include <bit>

namespace engine::kvm::assist {

namespace {

constexpr std::uint64_t FlagCarry = 1U << 0;
constexpr std::uint64_t FlagParity = 1U << 2;
constexpr std::uint64_t FlagAdjust = 1U << 4; // AF
constexpr std::uint64_t FlagZero = 1U << 6;
constexpr std::uint64_t FlagSign = 1U << 7;

void setFlag(CpuContext& cpu, std::uint64_t flag, bool on)
{
    cpu.flags = on ? cpu.flags | flag : cpu.flags & ~flag;
}

void setLowByte(CpuContext& cpu, std::uint8_t value)
{
    cpu.general[Rax] = (cpu.general[Rax] & ~std::uint64_t{0xff}) | value;
}

/// DAA and DAS: a byte that was added to or subtracted from becomes two decimal digits again.
Outcome adjustDecimal(CpuContext& cpu, bool subtract)
{
    constexpr std::uint8_t LargestDecimal = 0x99;
    const auto before = static_cast<std::uint8_t>(cpu.general[Rax]);
    const bool carry = (cpu.flags & FlagCarry) != 0;
    const bool adjustLow = (before & 0xf) > 9 || (cpu.flags & FlagAdjust) != 0;
    const bool adjustHigh = before > LargestDecimal || carry;
    const int correction = (adjustLow ? 0x06 : 0) + (adjustHigh ? 0x60 : 0);
    const auto after = static_cast<std::uint8_t>(subtract ? before - correction : before + correction);
    const bool borrow = subtract && adjustLow && before < 6;
    setLowByte(cpu, after);
    setFlag(cpu, FlagAdjust, adjustLow);
    setFlag(cpu, FlagCarry, adjustHigh || borrow);
    setFlag(cpu, FlagZero, after == 0);
    setFlag(cpu, FlagSign, (after & 0x80) != 0);
    setFlag(cpu, FlagParity, std::popcount(after) % 2 == 0);
    return Completed{};
}

/// AAA and AAS: one decimal digit, the carry into AH.
Outcome adjustDigit(CpuContext& cpu, bool subtract)
{
    constexpr std::uint16_t CarryAndSix = 0x106;
    auto value = static_cast<std::uint16_t>(cpu.general[Rax]);
    const bool adjust = (value & 0xf) > 9 || (cpu.flags & FlagAdjust) != 0;
    if (adjust)
        value = static_cast<std::uint16_t>(subtract ? value - CarryAndSix : value + CarryAndSix);
    cpu.general[Rax] = (cpu.general[Rax] & ~std::uint64_t{0xffff}) | (value & 0xff0fU);
    setFlag(cpu, FlagAdjust, adjust);
    setFlag(cpu, FlagCarry, adjust);
    return Completed{};
}

Outcome checkBounds(CpuContext& cpu, const Instruction& instruction, const LinearMemory& memory)
{
    const unsigned bytes = instruction.info.operand_width / 8U;
    const auto number = generalRegister(instruction.operandStorage[0].reg.value);
    std::array<std::byte, 8> raw{};
    const auto bounds = std::span(raw).first(std::size_t{2} * bytes);
    if (!number || bounds.size() > raw.size())
        return Unsupported{};
    if (const auto fault =
            memory.read(linearAddress(cpu, instruction, instruction.operandStorage[1]), bounds))
        return *fault;
    const auto widen = [bytes](std::uint64_t value) -> std::int64_t {
        return bytes == 2 ? static_cast<std::int16_t>(value) : static_cast<std::int32_t>(value);
    };
    const std::int64_t index = widen(cpu.general.at(*number));
    const bool isInside = index >= widen(loadLittleEndian(bounds.first(bytes)))
                          && index <= widen(loadLittleEndian(bounds.subspan(bytes, bytes)));
    return isInside ? Outcome(Completed{}) : GuestFault{Vector::BoundRange, std::nullopt, 0, false};
}

std::expected<std::uint16_t, GuestFault> readSelector(const CpuContext& cpu, const Instruction& instruction,
                                                      const LinearMemory& memory, std::size_t index)
{
    const ZydisDecodedOperand& operand = instruction.operandStorage.at(index);
    if (operand.type == ZYDIS_OPERAND_TYPE_REGISTER)
        return static_cast<std::uint16_t>(cpu.general.at(generalRegister(operand.reg.value).value_or(0)));
    std::array<std::byte, 2> raw{};
    if (const auto fault = memory.read(linearAddress(cpu, instruction, operand), raw))
        return std::unexpected(*fault);
    return static_cast<std::uint16_t>(loadLittleEndian(raw));
}

Outcome adjustRequestedLevel(CpuContext& cpu, const Instruction& instruction, const LinearMemory& memory)
{
    constexpr std::uint16_t LevelMask = 3;
    const auto target = readSelector(cpu, instruction, memory, 0);
    const auto source = readSelector(cpu, instruction, memory, 1);
    if (!target || !source)
        return target ? source.error() : target.error();
    const bool raise = (*target & LevelMask) < (*source & LevelMask);
    if (raise) {
        const auto raised = static_cast<std::uint16_t>((*target & ~LevelMask) | (*source & LevelMask));
        const ZydisDecodedOperand& operand = instruction.operandStorage[0];
        if (operand.type == ZYDIS_OPERAND_TYPE_REGISTER) {
            std::uint64_t& value = cpu.general.at(generalRegister(operand.reg.value).value_or(0));
            value = (value & ~std::uint64_t{0xffff}) | raised;
        } else {
            std::array<std::byte, 2> raw{};
            storeLittleEndian(raw, raised);
            if (const auto fault = memory.write(linearAddress(cpu, instruction, operand), raw))
                return *fault;
        }
    }
    setFlag(cpu, FlagZero, raise);
    return Completed{};
}

/// The system descriptors whose rights LAR gives, and those that have a limit for LSL, by type.
constexpr std::uint16_t LegacyRights = 0b0001'1010'0011'1110;
constexpr std::uint16_t LongRights = 0b0001'1010'0000'0100;
constexpr std::uint16_t LegacyLimits = 0b0000'1010'0000'1110;
constexpr std::uint16_t LongLimits = 0b0000'1010'0000'0100;

bool isVisible(const CpuContext& cpu, const Instruction& instruction, Descriptor descriptor,
               std::uint16_t selector)
{
    const bool isReachable =
        descriptor.isConforming() || descriptor.privilege() >= std::max(cpu.privilege(), selector & 3U);
    const bool isLong = (cpu.efer & EferLongModeActive) != 0;
    switch (instruction.info.mnemonic) {
    case ZYDIS_MNEMONIC_VERR: return isReachable && descriptor.isReadable();
    case ZYDIS_MNEMONIC_VERW: return isReachable && descriptor.isWritable();
    default: break;
    }
    if (!descriptor.isSystem())
        return isReachable;
    const bool rights = instruction.info.mnemonic == ZYDIS_MNEMONIC_LAR;
    const unsigned types =
        rights ? (isLong ? LongRights : LegacyRights) : (isLong ? LongLimits : LegacyLimits);
    return isReachable && (types >> descriptor.type() & 1) != 0;
}

/// LAR, LSL, VERR, VERW: ZF tells whether the selector names a descriptor that may be looked at.
Outcome inspectSelector(CpuContext& cpu, const Instruction& instruction, const LinearMemory& memory)
{
    constexpr std::uint64_t RightsMask = 0x00f0'ff00;
    const ZydisMnemonic mnemonic = instruction.info.mnemonic;
    const bool hasTarget = mnemonic == ZYDIS_MNEMONIC_LAR || mnemonic == ZYDIS_MNEMONIC_LSL;
    const auto selector = readSelector(cpu, instruction, memory, hasTarget ? 1 : 0);
    if (!selector)
        return selector.error();
    std::expected<Descriptor, GuestFault> descriptor;
    if (selectorIndex(*selector) != 0)
        descriptor = readDescriptor(cpu, memory, *selector);
    if (!descriptor && descriptor.error().vector != Vector::GeneralProtection)
        return descriptor.error();
    const bool visible =
        selectorIndex(*selector) != 0 && descriptor && isVisible(cpu, instruction, *descriptor, *selector);
    setFlag(cpu, FlagZero, visible);
    if (visible && hasTarget)
        writeRegister(cpu, instruction.operandStorage[0].reg.value,
                      mnemonic == ZYDIS_MNEMONIC_LAR ? descriptor->raw() >> 32 & RightsMask
                                                     : descriptor->limit());
    return Completed{};
}

} // namespace

std::optional<Outcome> runLegacy(CpuContext& cpu, const Instruction& instruction, const LinearMemory& memory)
{
    const bool hasSegments = cpu.isProtected() && (cpu.flags & FlagVirtual8086) == 0;
    switch (instruction.info.mnemonic) {
    case ZYDIS_MNEMONIC_DAA: return adjustDecimal(cpu, false);
    case ZYDIS_MNEMONIC_DAS: return adjustDecimal(cpu, true);
    case ZYDIS_MNEMONIC_AAA: return adjustDigit(cpu, false);
    case ZYDIS_MNEMONIC_AAS: return adjustDigit(cpu, true);
    case ZYDIS_MNEMONIC_BOUND: return checkBounds(cpu, instruction, memory);
    case ZYDIS_MNEMONIC_ARPL:
        return hasSegments ? adjustRequestedLevel(cpu, instruction, memory) : GuestFault::invalidOpcode();
    case ZYDIS_MNEMONIC_LAR:
    case ZYDIS_MNEMONIC_LSL:
    case ZYDIS_MNEMONIC_VERR:
    case ZYDIS_MNEMONIC_VERW:
        return hasSegments ? inspectSelector(cpu, instruction, memory) : GuestFault::invalidOpcode();
    default: return std::nullopt;
    }
}

} // namespace engine::kvm::assist
