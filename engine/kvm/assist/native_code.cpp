// SPDX-License-Identifier: GPL-3.0-or-later
#include "kvm/assist/native_code.h"

#include "kvm/assist/native_whitelist.h"

#include <algorithm>

namespace engine::kvm::assist {

namespace {

constexpr std::size_t LegacyImageBytes = 512; // FXSAVE
constexpr std::size_t LargestOperand = 512;   // FXSAVE's; XSAVE's is found out later
constexpr unsigned NoRegister = 16;

ZydisRegister register64(unsigned number)
{
    return static_cast<ZydisRegister>(ZYDIS_REGISTER_RAX + static_cast<int>(number));
}

/// The general registers that an instruction names or implies, as a bit mask.
unsigned usedRegisters(const Instruction& instruction)
{
    unsigned used = 0;
    for (const ZydisDecodedOperand& operand : instruction.operands())
        if (operand.type == ZYDIS_OPERAND_TYPE_REGISTER)
            if (const auto number = generalRegister(operand.reg.value))
                used |= 1U << *number;
    return used;
}

/// A register that the instruction does not use. In 16 and 32-bit encodings only the first eight are
/// free of prefixes, but the result is 64-bit code, so any will do; high byte registers exclude a REX.
unsigned pickFree(unsigned used)
{
    for (const unsigned candidate :
         {unsigned{Rbx}, unsigned{Rsi}, unsigned{Rdi}, unsigned{Rbp}, unsigned{Rcx}, unsigned{Rdx},
          unsigned{Rax}, 8U, 9U, 10U, 11U, 12U, 13U, 14U, 15U})
        if ((used >> candidate & 1) == 0)
            return candidate;
    return NoRegister;
}

bool isLegacyImage(ZydisMnemonic mnemonic)
{
    return mnemonic == ZYDIS_MNEMONIC_FXSAVE || mnemonic == ZYDIS_MNEMONIC_FXSAVE64
           || mnemonic == ZYDIS_MNEMONIC_FXRSTOR || mnemonic == ZYDIS_MNEMONIC_FXRSTOR64;
}

/// Without supervisor states, which no guest of ours has, these have the same layout; and the modified
/// optimisation of XSAVEOPT would follow the host's own buffers.
ZydisMnemonic nativeMnemonic(ZydisMnemonic mnemonic)
{
    switch (mnemonic) {
    case ZYDIS_MNEMONIC_XSAVES: return ZYDIS_MNEMONIC_XSAVEC;
    case ZYDIS_MNEMONIC_XSAVES64: return ZYDIS_MNEMONIC_XSAVEC64;
    case ZYDIS_MNEMONIC_XSAVEOPT: return ZYDIS_MNEMONIC_XSAVE;
    case ZYDIS_MNEMONIC_XSAVEOPT64: return ZYDIS_MNEMONIC_XSAVE64;
    case ZYDIS_MNEMONIC_XRSTORS: return ZYDIS_MNEMONIC_XRSTOR;
    case ZYDIS_MNEMONIC_XRSTORS64: return ZYDIS_MNEMONIC_XRSTOR64;
    default: return mnemonic;
    }
}

/// Index of the only memory operand; nullopt for none. `valid` turns false when there is one of a kind
/// that cannot be replaced.
std::optional<std::size_t> findMemoryOperand(const Instruction& instruction, bool& valid)
{
    std::optional<std::size_t> found;
    for (std::size_t i = 0; i < instruction.operands().size(); ++i) {
        const ZydisDecodedOperand& operand = instruction.operands()[i];
        if (operand.type != ZYDIS_OPERAND_TYPE_MEMORY)
            continue;
        if (found || operand.visibility != ZYDIS_OPERAND_VISIBILITY_EXPLICIT
            || operand.mem.type != ZYDIS_MEMOP_TYPE_MEM)
            valid = false;
        found = i;
    }
    return found;
}

std::optional<NativeMemory> describeMemory(const CpuContext& cpu, const Instruction& instruction,
                                           const ZydisDecodedOperand& operand)
{
    NativeMemory memory;
    memory.linear = linearAddress(cpu, instruction, operand);
    memory.length = operand.size / 8;
    memory.read = (operand.actions & ZYDIS_OPERAND_ACTION_MASK_READ) != 0;
    memory.write = (operand.actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) != 0;
    // A masked store leaves bytes as they are, so they must be known.
    const bool masked = instruction.info.avx.mask.mode > ZYDIS_MASK_MODE_DISABLED;
    if (memory.write && (masked || (operand.actions & ZYDIS_OPERAND_ACTION_CONDWRITE) != 0))
        memory.read = true;
    // XCHG with memory locks without being told.
    memory.locked = (instruction.info.attributes & ZYDIS_ATTRIB_HAS_LOCK) != 0
                    || instruction.info.mnemonic == ZYDIS_MNEMONIC_XCHG;
    if (isLegacyImage(instruction.info.mnemonic))
        memory.length = LegacyImageBytes;
    if (isXsaveFamily(instruction.info.mnemonic) || isXrstorFamily(instruction.info.mnemonic))
        memory.length = 0; // depends on the state components; see xsave_area.h
    else if (memory.length == 0 || memory.length > LargestOperand)
        return std::nullopt;
    return memory;
}

/// Puts `standIn` where the guest's stack pointer is named, in all widths.
void replaceStackPointer(ZydisEncoderRequest& request, unsigned standIn)
{
    for (unsigned i = 0; i < request.operand_count; ++i) {
        ZydisEncoderOperand& operand = request.operands[i];
        if (operand.type != ZYDIS_OPERAND_TYPE_REGISTER
            || generalRegister(operand.reg.value) != unsigned{Rsp})
            continue;
        const ZydisRegisterClass kind = ZydisRegisterGetClass(operand.reg.value);
        operand.reg.value = ZydisRegisterEncode(kind, static_cast<ZyanU8>(standIn));
    }
}

std::optional<std::vector<std::uint8_t>> encode(const ZydisEncoderRequest& request)
{
    std::vector<std::uint8_t> code(ZYDIS_MAX_INSTRUCTION_LENGTH);
    ZyanUSize length = code.size();
    if (!ZYAN_SUCCESS(ZydisEncoderEncodeInstruction(&request, code.data(), &length)))
        return std::nullopt;
    code.resize(length);
    return code;
}

/// What the encoder made must be the same instruction, harmless, with the one memory operand expected.
bool isFaithful(const std::vector<std::uint8_t>& code, ZydisMnemonic mnemonic,
                const ZydisDecodedOperand* original, unsigned pointer)
{
    CpuContext host;
    host.efer = EferLongModeActive;
    host.cr0 = Cr0ProtectedMode;
    host.segments[SegmentCs].is64Bit = true;
    const auto again = decode(host, std::as_bytes(std::span(code)));
    if (!again || again->info.length != code.size() || again->info.mnemonic != mnemonic
        || !mayRunNatively(*again))
        return false;
    if ((usedRegisters(*again) >> Rsp & 1) != 0)
        return false;
    bool valid = true;
    const auto index = findMemoryOperand(*again, valid);
    if (!valid || index.has_value() != (original != nullptr))
        return false;
    if (!index)
        return true;
    const ZydisDecodedOperand& operand = again->operands()[*index];
    return operand.mem.base == register64(pointer) && operand.mem.index == ZYDIS_REGISTER_NONE
           && operand.mem.disp.value == 0 && operand.mem.segment != ZYDIS_REGISTER_FS
           && operand.mem.segment != ZYDIS_REGISTER_GS && operand.size == original->size;
}

} // namespace

bool isXsaveFamily(ZydisMnemonic mnemonic)
{
    switch (mnemonic) {
    case ZYDIS_MNEMONIC_XSAVE:
    case ZYDIS_MNEMONIC_XSAVE64:
    case ZYDIS_MNEMONIC_XSAVEC:
    case ZYDIS_MNEMONIC_XSAVEC64:
    case ZYDIS_MNEMONIC_XSAVEOPT:
    case ZYDIS_MNEMONIC_XSAVEOPT64:
    case ZYDIS_MNEMONIC_XSAVES:
    case ZYDIS_MNEMONIC_XSAVES64: return true;
    default: return false;
    }
}

bool isXrstorFamily(ZydisMnemonic mnemonic)
{
    return mnemonic == ZYDIS_MNEMONIC_XRSTOR || mnemonic == ZYDIS_MNEMONIC_XRSTOR64
           || mnemonic == ZYDIS_MNEMONIC_XRSTORS || mnemonic == ZYDIS_MNEMONIC_XRSTORS64;
}

std::optional<NativeCode> makeNative(const CpuContext& cpu, const Instruction& instruction)
{
    bool valid = mayRunNatively(instruction);
    const auto memoryIndex = findMemoryOperand(instruction, valid);
    const auto unit = unitOf(instruction);
    ZydisEncoderRequest request{};
    if (!valid || !unit
        || !ZYAN_SUCCESS(ZydisEncoderDecodedInstructionToEncoderRequest(
            &instruction.info, instruction.operandStorage.data(), instruction.info.operand_count_visible,
            &request)))
        return std::nullopt;
    request.machine_mode = ZYDIS_MACHINE_MODE_LONG_64;
    request.address_size_hint = ZYDIS_ADDRESS_SIZE_HINT_NONE;
    request.prefixes &= ~static_cast<ZydisInstructionAttributes>(ZYDIS_ATTRIB_HAS_SEGMENT);
    request.mnemonic = nativeMnemonic(instruction.info.mnemonic);

    NativeCode native{.code = {}, .unit = *unit, .memory = std::nullopt, .stackPointerStandIn = std::nullopt};
    unsigned used = usedRegisters(instruction);
    if ((used >> Rsp & 1) != 0) {
        native.stackPointerStandIn = pickFree(used);
        used |= 1U << *native.stackPointerStandIn;
        replaceStackPointer(request, *native.stackPointerStandIn);
    }
    const ZydisDecodedOperand* original = nullptr;
    if (memoryIndex) {
        original = &instruction.operands()[*memoryIndex];
        native.memory = describeMemory(cpu, instruction, *original);
        if (!native.memory || *memoryIndex >= request.operand_count)
            return std::nullopt;
        native.memory->pointer = pickFree(used);
        auto& operand = request.operands[*memoryIndex].mem;
        operand.base = register64(native.memory->pointer);
        operand.index = ZYDIS_REGISTER_NONE;
        operand.scale = 0;
        operand.displacement = 0;
    }
    auto code = encode(request);
    if (!code || !isFaithful(*code, request.mnemonic, original, native.memory ? native.memory->pointer : 0))
        return std::nullopt;
    native.code = *std::move(code);
    return native;
}

} // namespace engine::kvm::assist
