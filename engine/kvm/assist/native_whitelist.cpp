// SPDX-License-Identifier: GPL-3.0-or-later
#include "kvm/assist/native_whitelist.h"

#include <algorithm>

namespace engine::kvm::assist {

namespace {

bool isPlainCategory(ZydisInstructionCategory category)
{
    switch (category) {
    case ZYDIS_CATEGORY_BINARY:
    case ZYDIS_CATEGORY_BITBYTE:
    case ZYDIS_CATEGORY_CMOV:
    case ZYDIS_CATEGORY_CONVERT:
    case ZYDIS_CATEGORY_DATAXFER:
    case ZYDIS_CATEGORY_LOGICAL:
    case ZYDIS_CATEGORY_ROTATE:
    case ZYDIS_CATEGORY_SEMAPHORE:
    case ZYDIS_CATEGORY_SETCC:
    case ZYDIS_CATEGORY_SHIFT: return true;
    default: return false;
    }
}

/// Everything that a computing instruction may name; in particular no segment, control, debug, table
/// or protection-key register, whose change would reach the host.
bool isHarmlessRegister(ZydisRegister reg)
{
    switch (ZydisRegisterGetClass(reg)) {
    case ZYDIS_REGCLASS_GPR8:
    case ZYDIS_REGCLASS_GPR16:
    case ZYDIS_REGCLASS_GPR32:
    case ZYDIS_REGCLASS_GPR64:
    case ZYDIS_REGCLASS_X87:
    case ZYDIS_REGCLASS_MMX:
    case ZYDIS_REGCLASS_XMM:
    case ZYDIS_REGCLASS_YMM:
    case ZYDIS_REGCLASS_ZMM:
    case ZYDIS_REGCLASS_MASK:
    case ZYDIS_REGCLASS_FLAGS: return true;
    default: break;
    }
    switch (reg) {
    case ZYDIS_REGISTER_MXCSR:
    case ZYDIS_REGISTER_X87CONTROL:
    case ZYDIS_REGISTER_X87STATUS:
    case ZYDIS_REGISTER_X87TAG:
    case ZYDIS_REGISTER_XCR0: return true; // XSAVE and XRSTOR read it; writing is another instruction
    default: return false;
    }
}

bool isXsaveInstruction(const Instruction& instruction)
{
    return isXsaveFamily(instruction.info.mnemonic) || isXrstorFamily(instruction.info.mnemonic);
}

} // namespace

std::optional<ComputeUnit> unitOf(const Instruction& instruction)
{
    if (isXsaveInstruction(instruction))
        return ComputeUnit::Xsave;
    switch (instruction.info.meta.isa_ext) {
    case ZYDIS_ISA_EXT_X87: return ComputeUnit::X87;
    case ZYDIS_ISA_EXT_MMX: return ComputeUnit::Mmx;
    case ZYDIS_ISA_EXT_SSE:
    case ZYDIS_ISA_EXT_SSE2:
    case ZYDIS_ISA_EXT_SSE3:
    case ZYDIS_ISA_EXT_SSSE3:
    case ZYDIS_ISA_EXT_SSE4:
    case ZYDIS_ISA_EXT_SSE4A:
    case ZYDIS_ISA_EXT_AES:
    case ZYDIS_ISA_EXT_PCLMULQDQ:
    case ZYDIS_ISA_EXT_SHA:
        // POPCNT and CRC32 came with SSE4 but know no vector register.
        return instruction.info.mnemonic == ZYDIS_MNEMONIC_POPCNT
                       || instruction.info.mnemonic == ZYDIS_MNEMONIC_CRC32
                   ? ComputeUnit::General
                   : ComputeUnit::Sse;
    case ZYDIS_ISA_EXT_GFNI:
        return instruction.info.encoding == ZYDIS_INSTRUCTION_ENCODING_LEGACY ? ComputeUnit::Sse
                                                                              : ComputeUnit::Avx;
    case ZYDIS_ISA_EXT_AVX:
    case ZYDIS_ISA_EXT_AVX2:
    case ZYDIS_ISA_EXT_AVXAES:
    case ZYDIS_ISA_EXT_F16C:
    case ZYDIS_ISA_EXT_FMA:
    case ZYDIS_ISA_EXT_VAES:
    case ZYDIS_ISA_EXT_VPCLMULQDQ: return ComputeUnit::Avx;
    case ZYDIS_ISA_EXT_AVX512EVEX:
    case ZYDIS_ISA_EXT_AVX512VEX: return ComputeUnit::Avx512;
    case ZYDIS_ISA_EXT_BMI1:
    case ZYDIS_ISA_EXT_BMI2:
    case ZYDIS_ISA_EXT_ADOX_ADCX:
    case ZYDIS_ISA_EXT_LZCNT:
    case ZYDIS_ISA_EXT_MOVBE:
    case ZYDIS_ISA_EXT_RDRAND:
    case ZYDIS_ISA_EXT_RDSEED: return ComputeUnit::General;
    case ZYDIS_ISA_EXT_BASE:
    case ZYDIS_ISA_EXT_LONGMODE:
        return isPlainCategory(instruction.info.meta.category) ? std::optional(ComputeUnit::General)
                                                               : std::nullopt;
    default: return std::nullopt;
    }
}

bool isVectorComputation(const Instruction& instruction)
{
    const auto unit = unitOf(instruction);
    const bool isVector = unit == ComputeUnit::Sse || unit == ComputeUnit::Avx || unit == ComputeUnit::Avx512;
    return isVector && mayRunNatively(instruction)
           && std::ranges::none_of(instruction.operands(), [](const ZydisDecodedOperand& operand) {
                  return operand.type == ZYDIS_OPERAND_TYPE_MEMORY
                         && (operand.actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) != 0;
              });
}

bool mayRunNatively(const Instruction& instruction)
{
    if (!unitOf(instruction) || instruction.info.meta.branch_type != ZYDIS_BRANCH_TYPE_NONE)
        return false;
    constexpr ZydisInstructionAttributes Repeats =
        ZYDIS_ATTRIB_HAS_REP | ZYDIS_ATTRIB_HAS_REPE | ZYDIS_ATTRIB_HAS_REPNE;
    if ((instruction.info.attributes & Repeats) != 0)
        return false;
    // XSAVES and XRSTORS are privileged, but what runs in their place is not.
    if ((instruction.info.attributes & ZYDIS_ATTRIB_IS_PRIVILEGED) != 0 && !isXsaveInstruction(instruction))
        return false;
    return std::ranges::all_of(instruction.operands(), [](const ZydisDecodedOperand& operand) {
        if (operand.type == ZYDIS_OPERAND_TYPE_REGISTER)
            return isHarmlessRegister(operand.reg.value);
        if (operand.type == ZYDIS_OPERAND_TYPE_MEMORY)
            return operand.visibility == ZYDIS_OPERAND_VISIBILITY_EXPLICIT;
        return operand.type == ZYDIS_OPERAND_TYPE_IMMEDIATE;
    });
}

std::optional<GuestFault> checkUnitEnabled(const CpuContext& cpu, ComputeUnit unit,
                                           const Instruction& instruction, std::uint64_t xcr0)
{
    constexpr std::uint64_t AvxState = 0x6;
    constexpr std::uint64_t Avx512State = 0xE6;
    const bool emulation = (cpu.cr0 & Cr0Emulation) != 0;
    const bool taskSwitched = (cpu.cr0 & Cr0TaskSwitched) != 0;
    switch (unit) {
    case ComputeUnit::General: return std::nullopt;
    case ComputeUnit::X87:
        if (instruction.info.mnemonic == ZYDIS_MNEMONIC_FWAIT) {
            if (taskSwitched && (cpu.cr0 & Cr0MonitorCoprocessor) != 0)
                return GuestFault::deviceNotAvailable();
            return std::nullopt;
        }
        if (emulation || taskSwitched)
            return GuestFault::deviceNotAvailable();
        return std::nullopt;
    case ComputeUnit::Mmx:
    case ComputeUnit::Sse:
        if (emulation || (unit == ComputeUnit::Sse && (cpu.cr4 & Cr4OsFxsr) == 0))
            return GuestFault::invalidOpcode();
        break;
    case ComputeUnit::Avx:
    case ComputeUnit::Avx512: {
        const std::uint64_t needed = unit == ComputeUnit::Avx ? AvxState : Avx512State;
        if (!cpu.isProtected() || (cpu.cr4 & Cr4OsXsave) == 0 || (xcr0 & needed) != needed)
            return GuestFault::invalidOpcode();
        break;
    }
    case ComputeUnit::Xsave:
        if ((cpu.cr4 & Cr4OsXsave) == 0)
            return GuestFault::invalidOpcode();
        break;
    }
    if (taskSwitched)
        return GuestFault::deviceNotAvailable();
    return std::nullopt;
}

} // namespace engine::kvm::assist
