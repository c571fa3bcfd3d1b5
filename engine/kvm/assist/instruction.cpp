// SPDX-License-Identifier: GPL-3.0-or-later
#include "kvm/assist/instruction.h"

namespace engine::kvm::assist {

namespace {

ZydisDecoder createDecoder(const CpuContext& cpu)
{
    ZydisDecoder decoder{};
    if (cpu.isLongMode())
        ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
    else if (!cpu.isProtected())
        ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_REAL_16, ZYDIS_STACK_WIDTH_16);
    else if (cpu.segments[SegmentCs].is32Bit && (cpu.flags & FlagVirtual8086) == 0)
        ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LEGACY_32, ZYDIS_STACK_WIDTH_32);
    else
        ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LEGACY_16, ZYDIS_STACK_WIDTH_16);
    return decoder;
}

std::uint64_t cutTo(std::uint64_t value, unsigned bits)
{
    return bits >= 64 ? value : value & ((std::uint64_t{1} << bits) - 1);
}

std::uint64_t addressPart(const CpuContext& cpu, const Instruction& instruction, ZydisRegister reg)
{
    if (reg == ZYDIS_REGISTER_RIP || reg == ZYDIS_REGISTER_EIP || reg == ZYDIS_REGISTER_IP)
        return cpu.instructionPointer + instruction.info.length;
    const auto number = generalRegister(reg);
    return number ? cutTo(cpu.general.at(*number), ZydisRegisterGetWidth(ZYDIS_MACHINE_MODE_LONG_64, reg))
                  : 0;
}

SegmentRegister segmentNumber(ZydisRegister reg)
{
    switch (reg) {
    case ZYDIS_REGISTER_ES: return SegmentEs;
    case ZYDIS_REGISTER_CS: return SegmentCs;
    case ZYDIS_REGISTER_SS: return SegmentSs;
    case ZYDIS_REGISTER_FS: return SegmentFs;
    case ZYDIS_REGISTER_GS: return SegmentGs;
    default: return SegmentDs;
    }
}

} // namespace

std::optional<Instruction> decode(const CpuContext& cpu, std::span<const std::byte> bytes)
{
    const ZydisDecoder decoder = createDecoder(cpu);
    Instruction instruction;
    if (!ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, bytes.data(), bytes.size(), &instruction.info,
                                             instruction.operandStorage.data())))
        return std::nullopt;
    return instruction;
}

std::uint64_t effectiveAddress(const CpuContext& cpu, const Instruction& instruction,
                               const ZydisDecodedOperand& operand)
{
    std::uint64_t address = addressPart(cpu, instruction, operand.mem.base)
                            + addressPart(cpu, instruction, operand.mem.index) * operand.mem.scale;
    if (operand.mem.disp.has_displacement != 0)
        address += static_cast<std::uint64_t>(operand.mem.disp.value);
    return cutTo(address, instruction.info.address_width);
}

std::uint64_t linearAddress(const CpuContext& cpu, const Instruction& instruction,
                            const ZydisDecodedOperand& operand)
{
    const SegmentRegister segment = segmentNumber(operand.mem.segment);
    const std::uint64_t offset = effectiveAddress(cpu, instruction, operand);
    if (!cpu.isLongMode())
        return cutTo(cpu.segments.at(segment).base + offset, 32);
    const bool hasBase = segment == SegmentFs || segment == SegmentGs;
    return offset + (hasBase ? cpu.segments.at(segment).base : 0);
}

std::optional<unsigned> generalRegister(ZydisRegister reg)
{
    const ZydisRegister whole = ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, reg);
    if (ZydisRegisterGetClass(whole) != ZYDIS_REGCLASS_GPR64)
        return std::nullopt;
    return static_cast<unsigned>(ZydisRegisterGetId(whole));
}

void writeRegister(CpuContext& cpu, ZydisRegister reg, std::uint64_t value)
{
    const auto number = generalRegister(reg);
    if (!number)
        return;
    const unsigned width = ZydisRegisterGetWidth(ZYDIS_MACHINE_MODE_LONG_64, reg);
    std::uint64_t& target = cpu.general.at(*number);
    if (width >= 32)
        target = cutTo(value, width);
    else
        target = (target & ~((std::uint64_t{1} << width) - 1)) | cutTo(value, width);
}

} // namespace engine::kvm::assist
