// SPDX-License-Identifier: GPL-3.0-or-later
#include "kvm/assist/stepper.h"

#include "kvm/assist/native_whitelist.h"
#include "kvm/assist/special_instructions.h"
#include "kvm/assist/xsave_area.h"

#include <cstring>

namespace engine::kvm::assist {

namespace {

constexpr std::size_t FipOffset = 8; // in the 64-bit FXSAVE layout: last x87 instruction, then last operand
constexpr std::size_t FdpOffset = 16;

bool isCompactSave(ZydisMnemonic mnemonic)
{
    return mnemonic == ZYDIS_MNEMONIC_XSAVEC || mnemonic == ZYDIS_MNEMONIC_XSAVEC64
           || mnemonic == ZYDIS_MNEMONIC_XSAVES || mnemonic == ZYDIS_MNEMONIC_XSAVES64;
}

bool divides(ZydisMnemonic mnemonic)
{
    return mnemonic == ZYDIS_MNEMONIC_DIV || mnemonic == ZYDIS_MNEMONIC_IDIV;
}

GuestFault toGuest(NativeFault fault, const Instruction& instruction, ComputeUnit unit)
{
    switch (fault) {
    case NativeFault::Illegal: return GuestFault::invalidOpcode();
    case NativeFault::Memory: return GuestFault::generalProtection();
    case NativeFault::Arithmetic: break;
    }
    if (divides(instruction.info.mnemonic))
        return {Vector::DivideError, std::nullopt, 0, false};
    const bool x87 = unit == ComputeUnit::X87 || unit == ComputeUnit::Mmx;
    return {x87 ? Vector::FloatingPoint : Vector::SimdFloatingPoint, std::nullopt, 0, false};
}

} // namespace

std::expected<Instruction, GuestFault> Stepper::fetch()
{
    std::array<std::byte, MaximumInstructionBytes> bytes{};
    const auto fetched = m_memory.fetch(m_cpu.codeAddress(), bytes);
    if (!fetched)
        return std::unexpected(fetched.error());
    const auto instruction = decode(m_cpu, std::span(bytes).first(*fetched));
    if (!instruction)
        return std::unexpected(GuestFault::invalidOpcode());
    m_name = ZydisMnemonicGetString(instruction->info.mnemonic);
    return *instruction;
}

Outcome Stepper::step()
{
    const auto instruction = fetch();
    return instruction ? run(*instruction) : Outcome(instruction.error());
}

std::optional<Outcome> Stepper::stepVector()
{
    const auto instruction = fetch();
    if (!instruction || !isVectorComputation(*instruction))
        return std::nullopt;
    const Outcome outcome = run(*instruction);
    return std::holds_alternative<Completed>(outcome) ? std::optional(outcome) : std::nullopt;
}

Outcome Stepper::run(const Instruction& instruction)
{
    const CpuContext before = m_cpu;
    bool jumped = false;
    Outcome outcome = Unsupported{};
    if (auto special = runSpecial(m_cpu, instruction, m_memory, m_services, jumped))
        outcome = *special;
    else
        outcome = runNative(instruction);

    const auto* fault = std::get_if<GuestFault>(&outcome);
    if (std::holds_alternative<Unsupported>(outcome) || (fault && !fault->afterInstruction)) {
        m_cpu = before;
        return outcome;
    }
    if (!jumped) {
        m_cpu.instructionPointer = before.instructionPointer + instruction.info.length;
        if (!m_cpu.isLongMode())
            m_cpu.instructionPointer &= 0xFFFFFFFF;
    }
    return outcome;
}

std::optional<Outcome> Stepper::prepareXrstor(NativeMemory& operand, std::uint64_t mask)
{
    std::array<std::byte, XsaveMinimumBytes> start{};
    if (const auto fault = m_memory.read(operand.linear, start))
        return *fault;
    std::uint64_t present = 0;
    std::uint64_t format = 0;
    std::memcpy(&present, start.data() + XsaveHeaderOffset, sizeof present);
    std::memcpy(&format, start.data() + XsaveHeaderOffset + sizeof present, sizeof format);
    const XsaveLayout& layout = XsaveLayout::ofHost();
    if ((format & CompactFormat) == 0) {
        operand.length = layout.standardBytes(mask & present);
        return std::nullopt;
    }
    if ((format & ~CompactFormat & ~layout.hostMask) != 0)
        return GuestFault::generalProtection();
    operand.length = layout.compactBytes(format & ~CompactFormat);
    return std::nullopt;
}

std::optional<Outcome> Stepper::prepareXsave(const Instruction& instruction, NativeMemory& operand)
{
    if (operand.linear % 64 != 0)
        return GuestFault::generalProtection();
    const bool supervisor = (instruction.info.attributes & ZYDIS_ATTRIB_IS_PRIVILEGED) != 0;
    if (supervisor && m_cpu.privilege() != 0)
        return GuestFault::generalProtection();
    const std::uint64_t requested = (m_cpu.general[Rax] & 0xFFFFFFFF) | m_cpu.general[Rdx] << 32;
    const XsaveLayout& layout = XsaveLayout::ofHost();
    const std::uint64_t enabled = m_services.readXcr0().value_or(1);
    m_componentMask = requested & enabled & layout.hostMask & LoadableComponents;
    if (isXrstorFamily(instruction.info.mnemonic))
        return prepareXrstor(operand, m_componentMask);
    operand.read = true; // what the instruction leaves alone must come back as it was
    operand.length = isCompactSave(instruction.info.mnemonic) ? layout.compactBytes(m_componentMask)
                                                              : layout.standardBytes(m_componentMask);
    return std::nullopt;
}

Outcome Stepper::runNative(const Instruction& instruction)
{
    auto native = makeNative(m_cpu, instruction);
    if (!native)
        return Unsupported{};
    const std::uint64_t xcr0 = native->unit >= ComputeUnit::Avx ? m_services.readXcr0().value_or(1) : 1;
    if (const auto fault = checkUnitEnabled(m_cpu, native->unit, instruction, xcr0))
        return *fault;
    if (!native->memory)
        return execute(instruction, *native, {}, 0);

    NativeMemory& operand = *native->memory;
    if (native->unit == ComputeUnit::Xsave)
        if (auto early = prepareXsave(instruction, operand))
            return *early;
    if (operand.locked) {
        const auto target = m_memory.atomicTarget(operand.linear, operand.length);
        if (!target)
            return target.error();
        if (target->host) {
            const auto outcome =
                execute(instruction, *native, {}, reinterpret_cast<std::uintptr_t>(target->host));
            m_pages.noteWritten(target->physical, operand.length);
            return outcome;
        }
    }
    if (operand.length > NativeThunk::BufferBytes / 2 || !m_thunk)
        return Unsupported{};
    if (operand.write)
        if (const auto fault = m_memory.checkWritable(operand.linear, operand.length))
            return *fault;
    const auto buffer = m_thunk->operandBuffer(operand.linear, operand.length);
    // Devices may change by being read: only what the instruction reads is read there. A partial
    // writer of memory (masked stores) is also a reader, as the decoder says.
    std::ranges::fill(buffer, std::byte{0});
    if (operand.read)
        if (const auto fault = m_memory.read(operand.linear, buffer))
            return *fault;
    return execute(instruction, *native, buffer, reinterpret_cast<std::uintptr_t>(buffer.data()));
}

Outcome Stepper::execute(const Instruction& instruction, NativeCode& native, std::span<std::byte> operand,
                         std::uint64_t pointer)
{
    if (!m_thunk)
        return Unsupported{};
    const std::uint64_t hostMask = XsaveLayout::ofHost().hostMask & LoadableComponents;
    const bool usesState = native.unit != ComputeUnit::General;
    if (usesState && (hostMask == 0 || !m_state.load(m_thunk->state())))
        return Unsupported{};

    NativeRegisters registers;
    registers.general = m_cpu.general;
    registers.flags = (m_cpu.flags & ArithmeticFlags) | 0x202; // and IF, which user code has anyway
    registers.stateMask = usesState ? hostMask : 0;
    if (native.stackPointerStandIn)
        registers.general.at(*native.stackPointerStandIn) = m_cpu.general[Rsp];
    if (native.memory)
        registers.general.at(native.memory->pointer) = pointer;
    if (native.unit == ComputeUnit::Xsave) {
        registers.general[Rax] = m_componentMask & 0xFFFFFFFF;
        registers.general[Rdx] = m_componentMask >> 32;
    }
    if (const auto fault = m_thunk->run(native.code, registers))
        return toGuest(*fault, instruction, native.unit);

    if (native.memory && native.memory->write && !operand.empty())
        if (const auto fault = m_memory.write(native.memory->linear, operand))
            return *fault;
    if (usesState) {
        noteX87Pointers(native);
        if (!m_state.store(m_thunk->state()))
            return Unsupported{};
    }
    auto& general = registers.general;
    const std::uint64_t stackPointer =
        native.stackPointerStandIn ? general.at(*native.stackPointerStandIn) : m_cpu.general[Rsp];
    if (native.stackPointerStandIn)
        general.at(*native.stackPointerStandIn) = m_cpu.general.at(*native.stackPointerStandIn);
    if (native.memory)
        general.at(native.memory->pointer) = m_cpu.general.at(native.memory->pointer);
    if (native.unit == ComputeUnit::Xsave) {
        general[Rax] = m_cpu.general[Rax];
        general[Rdx] = m_cpu.general[Rdx];
    }
    general[Rsp] = stackPointer;
    m_cpu.general = general;
    m_cpu.flags = (m_cpu.flags & ~ArithmeticFlags) | (registers.flags & ArithmeticFlags);
    return Completed{};
}

void Stepper::noteX87Pointers(const NativeCode& native)
{
    if (native.unit != ComputeUnit::X87)
        return;
    // The CPU has noted where the instruction ran and what it touched: our addresses, which are
    // neither right nor the guest's business.
    const auto image = m_thunk->state();
    const std::uint64_t instruction = m_cpu.instructionPointer;
    const std::uint64_t data = native.memory ? native.memory->linear : 0;
    std::memcpy(image.data() + FipOffset, &instruction, sizeof instruction);
    std::memcpy(image.data() + FdpOffset, &data, sizeof data);
}

} // namespace engine::kvm::assist
