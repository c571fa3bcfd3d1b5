// SPDX-License-Identifier: GPL-3.0-or-later
#include "kvm/instruction_assist.h"

#include "kvm/assist/event_delivery.h"
#include "kvm/assist/far_transfer.h"
#include "kvm/assist/kvm_transfer.h"
#include "kvm/assist/native_thunk.h"
#include "kvm/assist/stepper.h"

namespace engine::kvm {

using namespace assist;

namespace {

std::string hex(std::uint64_t value)
{
    constexpr std::string_view Digits = "0123456789abcdef";
    std::string text;
    do {
        text.insert(text.begin(), Digits[value & 0xF]);
        value >>= 4;
    } while (value != 0);
    return text;
}

bool isLegacyProtected(const CpuContext& cpu)
{
    return cpu.isProtected() && (cpu.efer & EferLongModeActive) == 0;
}

} // namespace

InstructionAssist::InstructionAssist(Vcpu& vcpu, AddressSpace& memory, Log& log)
    : m_vcpu(vcpu), m_memory(memory), m_log(log)
{}

InstructionAssist::~InstructionAssist() = default;

Result<> InstructionAssist::complete(const InternalError& error)
{
    if (error.kind != InternalErrorKind::Emulation)
        return fail(ErrorCode::Unsupported,
                    "The host's KVM cannot go on with this guest: " + describe(error) + ".");
    if (!m_thunk)
        m_thunk = VM_TRY(NativeThunk::create());
    const KvmRegisters registers = VM_TRY(readRegisters(m_vcpu));
    CpuContext cpu = toContext(registers);
    const std::uint64_t address = cpu.codeAddress();
    KvmCpuServices services(m_vcpu, registers.system);
    KvmExtendedState state(m_vcpu);
    Stepper stepper(cpu, m_memory, services, state, m_thunk.get());

    Outcome outcome = stepper.step();
    // In user mode KVM itself would answer #UD; in kernel mode nobody expects that.
    if (std::holds_alternative<Unsupported>(outcome)) {
        if (cpu.privilege() != 3)
            return giveUp(cpu, stepper.name());
        outcome = GuestFault::invalidOpcode();
    }
    noteUse(stepper.name(), address);
    const auto* fault = std::get_if<GuestFault>(&outcome);
    if (!fault) {
        m_repeatedFaults = 0;
        m_completed.fetch_add(1 + runOn(cpu, stepper), std::memory_order_relaxed);
        VM_TRY(state.flush());
        return writeRegisters(m_vcpu, registers, cpu, nullptr);
    }
    m_faults.fetch_add(1, std::memory_order_relaxed);
    if (isStuck(address))
        return fail(ErrorCode::Unsupported,
                    "The guest repeats an instruction for ever that this host's KVM does not"
                    " know and that fails each time ("
                        + std::string(stepper.name()) + " at 0x" + hex(address) + ").");
    // In legacy protected mode an emulating KVM forgets the stack segment's base.
    GuestPages pages(m_memory);
    if (isLegacyProtected(cpu) && raiseFault(cpu, LinearMemory(cpu, pages), *fault))
        return writeRegisters(m_vcpu, registers, cpu, nullptr);
    return writeRegisters(m_vcpu, registers, cpu, fault);
}

std::uint64_t InstructionAssist::runOn(const CpuContext& cpu, Stepper& stepper)
{
    constexpr std::uint64_t AtMost = 64; // an interrupt may be waiting
    if ((cpu.flags & FlagTrap) != 0)
        return 0;
    std::uint64_t done = 0;
    for (std::uint64_t address = cpu.codeAddress(); done < AtMost && stepper.stepVector(); ++done) {
        noteUse(stepper.name(), address);
        address = cpu.codeAddress();
    }
    return done;
}

Result<> InstructionAssist::completeStalled()
{
    const CpuContext now = toContext(VM_TRY(peekRegisters(m_vcpu)));
    const bool same =
        m_lastStall && m_lastStall->general == now.general && m_lastStall->codeAddress() == now.codeAddress();
    m_lastStall = std::make_unique<CpuContext>(now);
    if (!same || now.privilege() != 0)
        return {};
    std::array<std::byte, MaximumInstructionBytes> bytes{};
    GuestPages pages(m_memory);
    const auto fetched = LinearMemory(now, pages).fetch(now.codeAddress(), bytes);
    const auto instruction = fetched ? decode(now, std::span(bytes).first(*fetched)) : std::nullopt;
    if (!instruction || !isFarTransfer(*instruction))
        return {};
    return complete({.kind = InternalErrorKind::Emulation});
}

Result<bool> InstructionAssist::completeShutdown()
{
    const KvmRegisters registers = VM_TRY(readRegisters(m_vcpu));
    CpuContext cpu = toContext(registers);
    const std::uint64_t address = cpu.codeAddress();
    if (!isLegacyProtected(cpu) || isStuck(address))
        return false;
    GuestPages pages(m_memory);
    const LinearMemory memory(cpu, pages);
    const kvm_vcpu_events& events = registers.events;
    // KVM sets the resume flag for a fault, and forgets that something was pending but not what.
    bool entered = false;
    if ((cpu.flags & FlagResume) != 0) {
        cpu.flags &= ~FlagResume;
        const bool hasCode = events.exception.has_error_code != 0;
        entered =
            raiseFault(cpu, memory,
                       {.vector = static_cast<Vector>(events.exception.nr),
                        .errorCode = hasCode ? std::optional(events.exception.error_code) : std::nullopt,
                        .address = cpu.cr2});
    } else if ((cpu.flags & FlagInterrupt) != 0) {
        const Outcome outcome = deliverEvent(cpu, memory,
                                             {.vector = events.interrupt.nr,
                                              .errorCode = std::nullopt,
                                              .returnAddress = cpu.instructionPointer,
                                              .savedFlags = cpu.flags});
        entered = std::holds_alternative<Completed>(outcome);
    }
    if (!entered)
        return false;
    noteUse("entry of a handler", address);
    m_completed.fetch_add(1, std::memory_order_relaxed);
    VM_TRY(writeRegisters(m_vcpu, registers, cpu, nullptr));
    return true;
}

Result<> InstructionAssist::giveUp(const CpuContext& cpu, std::string_view name) const
{
    std::array<std::byte, MaximumInstructionBytes> bytes{};
    GuestPages pages(m_memory);
    const auto fetched = LinearMemory(cpu, pages).fetch(cpu.codeAddress(), bytes);
    std::string text = "The guest uses an instruction that neither this host's KVM nor Guesthouse can run ("
                       + std::string(name) + " at 0x" + hex(cpu.codeAddress()) + ":";
    for (const std::byte byte : std::span(bytes).first(fetched.value_or(0)))
        text += (byte < std::byte{0x10} ? " 0" : " ") + hex(std::to_integer<std::uint64_t>(byte));
    return fail(ErrorCode::Unsupported, text + "). On a computer with VT-x or AMD-V it runs.");
}

bool InstructionAssist::isStuck(std::uint64_t address)
{
    m_repeatedFaults = address == m_lastFaultAddress ? m_repeatedFaults + 1 : 0;
    m_lastFaultAddress = address;
    return m_repeatedFaults >= RepeatedFaultLimit;
}

void InstructionAssist::noteUse(std::string_view name, std::uint64_t address)
{
    auto it = m_uses.find(name);
    if (it == m_uses.end())
        it = m_uses.emplace(name, 0).first;
    if (++it->second == 1)
        m_log.info("assist", "completing \"" + std::string(name) + "\" for KVM, first at 0x" + hex(address));
}

} // namespace engine::kvm
