// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace engine::kvm::assist {

/// What goes into the host's CPU for one instruction, and comes out of it. The layout is known to the
/// assembly in native_thunk.cpp.
struct NativeRegisters {
    std::array<std::uint64_t, 16> general{}; ///< [4], the stack pointer, stays the host's
    std::uint64_t flags = 2;
    std::uint64_t target = 0;
    std::uint64_t stateMask = 0; ///< XSAVE components to load before and save after; 0 = leave alone
    std::uint64_t hostStack = 0;
};
static_assert(sizeof(NativeRegisters) == 160);

/// How the host's CPU refused an instruction.
enum class NativeFault : std::uint8_t { Arithmetic, Memory, Illegal };

/// One vCPU's place for running a single guest instruction on the host's CPU: a page of code, written
/// through one mapping and executed through another, and buffers for memory operands and for the
/// floating-point registers. A fault in that code comes back as a value; faults anywhere else, and on
/// any other thread, go where they went before. One thread at a time.
class NativeThunk {
public:
    static constexpr std::size_t BufferBytes = 16384;

    [[nodiscard]] static Result<std::unique_ptr<NativeThunk>> create();
    ~NativeThunk();
    NativeThunk(const NativeThunk&) = delete;
    NativeThunk& operator=(const NativeThunk&) = delete;
    NativeThunk(NativeThunk&&) = delete;
    NativeThunk& operator=(NativeThunk&&) = delete;

    /// Buffer for the memory operand with the guest's alignment, so that alignment checks hold.
    [[nodiscard]] std::span<std::byte> operandBuffer(std::uint64_t guestAddress, std::size_t bytes);
    /// The XSAVE image (standard format, 64-byte aligned).
    [[nodiscard]] std::span<std::byte> state() { return m_buffers->state; }

    /// nullopt: it ran. On a fault `registers` are as they were.
    [[nodiscard]] std::optional<NativeFault> run(std::span<const std::uint8_t> code,
                                                 NativeRegisters& registers);

private:
    struct Buffers {
        alignas(64) std::array<std::byte, BufferBytes> state{};
        alignas(64) std::array<std::byte, BufferBytes> operand{};
    };
    NativeThunk(std::byte* writable, std::byte* executable)
        : m_writable(writable), m_executable(executable), m_buffers(std::make_unique<Buffers>())
    {}

    std::byte* m_writable;
    std::byte* m_executable;
    std::unique_ptr<Buffers> m_buffers;
};

} // namespace engine::kvm::assist
