// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "kvm/assist/cpu_services.h"
#include "kvm/assist/guest_pages.h"
#include "kvm/assist/instruction.h"
#include "kvm/assist/linear_memory.h"
#include "kvm/assist/native_code.h"
#include "kvm/assist/native_thunk.h"

#include <string_view>

namespace engine::kvm::assist {

/// Where the guest's floating-point registers come from and go to.
class ExtendedState {
public:
    virtual ~ExtendedState() = default;
    /// Fills the XSAVE image (standard format); false when the host has none.
    [[nodiscard]] virtual bool load(std::span<std::byte> image) = 0;
    [[nodiscard]] virtual bool store(std::span<const std::byte> image) = 0;
};

/// Carries out one instruction for a CPU: fetch, decode, run. Holds references for that long only.
class Stepper {
public:
    /// Without `thunk` (the fuzzer) everything happens but the native execution.
    Stepper(CpuContext& cpu, AddressSpace& memory, CpuServices& services, ExtendedState& state,
            NativeThunk* thunk)
        : m_cpu(cpu), m_pages(memory), m_memory(cpu, m_pages), m_services(services), m_state(state),
          m_thunk(thunk)
    {}

    [[nodiscard]] Outcome step();
    /// The same for an instruction that only computes on vector registers, which seldom come alone; nullopt,
    /// without any effect, when the next one is another or would not complete.
    [[nodiscard]] std::optional<Outcome> stepVector();
    /// The instruction's name after step(), for counters and the log; "?" when undecodable.
    [[nodiscard]] std::string_view name() const { return m_name; }

private:
    [[nodiscard]] std::expected<Instruction, GuestFault> fetch();
    [[nodiscard]] Outcome run(const Instruction& instruction);
    [[nodiscard]] Outcome runNative(const Instruction& instruction);
    [[nodiscard]] Outcome execute(const Instruction& instruction, NativeCode& native,
                                  std::span<std::byte> operand, std::uint64_t pointer);
    /// Sets the length of an XSAVE image operand and limits the components to those that may be loaded.
    [[nodiscard]] std::optional<Outcome> prepareXsave(const Instruction& instruction, NativeMemory& operand);
    [[nodiscard]] std::optional<Outcome> prepareXrstor(NativeMemory& operand, std::uint64_t mask);
    void noteX87Pointers(const NativeCode& native);

    CpuContext& m_cpu;
    GuestPages m_pages;
    LinearMemory m_memory;
    CpuServices& m_services;
    ExtendedState& m_state;
    NativeThunk* m_thunk;
    std::string_view m_name = "?";
    std::uint64_t m_componentMask = 0; // of an XSAVE-family instruction: what EDX:EAX become
};

} // namespace engine::kvm::assist
