// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <variant>

namespace engine::kvm::assist {

// Control and status bits by their Intel SDM volume 3 names (2.3, 2.5, 2.2.1).
inline constexpr std::uint64_t Cr0ProtectedMode = 1U << 0;        // PE
inline constexpr std::uint64_t Cr0Emulation = 1U << 2;            // EM
inline constexpr std::uint64_t Cr0MonitorCoprocessor = 1U << 1;   // MP
inline constexpr std::uint64_t Cr0TaskSwitched = 1U << 3;         // TS
inline constexpr std::uint64_t Cr0WriteProtect = 1U << 16;        // WP
inline constexpr std::uint64_t Cr0Paging = 1U << 31;              // PG
inline constexpr std::uint64_t Cr4PageSizeExtension = 1U << 4;    // PSE
inline constexpr std::uint64_t Cr4PhysicalExtension = 1U << 5;    // PAE
inline constexpr std::uint64_t Cr4OsFxsr = 1U << 9;               // OSFXSR
inline constexpr std::uint64_t Cr4FiveLevels = 1U << 12;          // LA57
inline constexpr std::uint64_t Cr4FsGsBase = 1U << 16;            // FSGSBASE
inline constexpr std::uint64_t Cr4OsXsave = 1U << 18;             // OSXSAVE
inline constexpr std::uint64_t Cr4SupervisorExecution = 1U << 20; // SMEP
inline constexpr std::uint64_t Cr4SupervisorAccess = 1U << 21;    // SMAP
inline constexpr std::uint64_t Cr4ControlFlow = 1U << 23;         // CET
inline constexpr std::uint64_t EferLongModeActive = 1U << 10;     // LMA
inline constexpr std::uint64_t EferNoExecute = 1U << 11;          // NXE
inline constexpr std::uint64_t FlagTrap = 1U << 8;                // TF
inline constexpr std::uint64_t FlagInterrupt = 1U << 9;           // IF
inline constexpr std::uint64_t FlagOverflow = 1U << 11;           // OF
inline constexpr std::uint64_t FlagNestedTask = 1U << 14;         // NT
inline constexpr std::uint64_t FlagResume = 1U << 16;             // RF
inline constexpr std::uint64_t FlagVirtual8086 = 1U << 17;        // VM
inline constexpr std::uint64_t FlagAlignmentCheck = 1U << 18;     // AC
/// OF, DF, SF, ZF, AF, PF, CF: what ordinary instructions read and write.
inline constexpr std::uint64_t ArithmeticFlags = 0xCD5;

/// Registers by their number in an instruction's encoding.
enum GeneralRegister : std::uint8_t { Rax, Rcx, Rdx, Rbx, Rsp, Rbp, Rsi, Rdi };

enum SegmentRegister : std::uint8_t { SegmentEs, SegmentCs, SegmentSs, SegmentDs, SegmentFs, SegmentGs };

struct SegmentState {
    std::uint64_t base = 0;
    std::uint16_t selector = 0;
    std::uint8_t privilege = 0; ///< DPL
    bool is64Bit = false;       ///< L
    bool is32Bit = false;       ///< D/B
};

/// Where a table or the task state lies, with its last byte's offset.
struct TableState {
    std::uint64_t base = 0;
    std::uint32_t limit = 0;
};

/// The registers of a CPU that stopped at an instruction, as plain values.
struct CpuContext {
    std::array<std::uint64_t, 16> general{};
    std::uint64_t instructionPointer = 0;
    std::uint64_t flags = 2;
    std::array<SegmentState, 6> segments{};
    std::uint64_t cr0 = 0;
    std::uint64_t cr2 = 0;
    std::uint64_t cr3 = 0;
    std::uint64_t cr4 = 0;
    std::uint64_t efer = 0;
    std::uint64_t gdtBase = 0;
    std::uint16_t gdtLimit = 0;
    TableState interruptTable; ///< IDTR
    TableState localTable;     ///< LDTR
    TableState task;           ///< TR
    std::uint16_t taskSelector = 0;
    bool taskIs32Bit = true;
    /// The descriptors that segments were loaded from meanwhile; 0 for the null selector.
    std::array<std::optional<std::uint64_t>, 6> loaded{};

    [[nodiscard]] bool isProtected() const { return (cr0 & Cr0ProtectedMode) != 0; }
    [[nodiscard]] bool isLongMode() const
    {
        return (efer & EferLongModeActive) != 0 && segments[SegmentCs].is64Bit;
    }
    [[nodiscard]] unsigned privilege() const
    {
        if (!isProtected())
            return 0;
        return (flags & FlagVirtual8086) != 0 ? 3 : segments[SegmentSs].privilege;
    }
    [[nodiscard]] std::uint64_t codeAddress() const
    {
        if (isLongMode())
            return instructionPointer;
        return static_cast<std::uint32_t>(segments[SegmentCs].base + instructionPointer);
    }
};

/// Exception vectors (Intel SDM volume 3, table 6-1).
enum class Vector : std::uint8_t {
    DivideError = 0,
    Debug = 1,
    Breakpoint = 3,
    Overflow = 4,
    BoundRange = 5,
    InvalidOpcode = 6,
    DeviceNotAvailable = 7,
    DoubleFault = 8,
    InvalidTask = 10,
    SegmentNotPresent = 11,
    StackFault = 12,
    GeneralProtection = 13,
    PageFault = 14,
    FloatingPoint = 16,
    SimdFloatingPoint = 19,
};

/// An exception that the guest gets instead of (or, for traps, after) the instruction.
struct GuestFault {
    Vector vector = Vector::InvalidOpcode;
    std::optional<std::uint32_t> errorCode;
    std::uint64_t address = 0;     ///< CR2, for page faults
    bool afterInstruction = false; ///< a trap: the instruction pointer stands behind it

    [[nodiscard]] static GuestFault generalProtection() { return {Vector::GeneralProtection, 0, 0, false}; }
    [[nodiscard]] static GuestFault invalidOpcode()
    {
        return {Vector::InvalidOpcode, std::nullopt, 0, false};
    }
    [[nodiscard]] static GuestFault deviceNotAvailable()
    {
        return {Vector::DeviceNotAvailable, std::nullopt, 0, false};
    }
    bool operator==(const GuestFault&) const = default;
};

/// The instruction is done; the context is that after it.
struct Completed {};
/// Not something that user space can do.
struct Unsupported {};

using Outcome = std::variant<Completed, GuestFault, Unsupported>;

} // namespace engine::kvm::assist
