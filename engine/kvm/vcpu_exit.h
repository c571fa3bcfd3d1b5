// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <variant>

namespace engine::kvm {

// Why a vCPU came back. Spans and pointers reach into the page shared with the kernel: they are
// valid until the vCPU runs again, and answers are written through them.

/// Fill `data`, then run again. A string instruction asks for `count` units of `size` bytes, all from `port`.
struct IoIn {
    std::uint16_t port = 0;
    std::uint8_t size = 0;   ///< 1, 2 or 4
    std::uint32_t count = 0; ///< data.size() == size * count
    std::span<std::byte> data;
};
struct IoOut {
    std::uint16_t port = 0;
    std::uint8_t size = 0;
    std::uint32_t count = 0;
    std::span<const std::byte> data;
};
/// Fill `data` (1 to 8 bytes), then run again.
struct MmioRead {
    std::uint64_t address = 0;
    std::span<std::byte> data;
};
struct MmioWrite {
    std::uint64_t address = 0;
    std::span<const std::byte> data;
};
/// HLT with interrupts impossible or no in-kernel interrupt controller.
struct Halted {};
/// Triple fault.
struct ShutDown {};
enum class SystemEventType : std::uint32_t { ShutDown = 1, Reset = 2, Crash = 3, Wakeup = 4, Suspend = 5 };
struct SystemEvent {
    SystemEventType type{}; ///< may hold a number that the enumeration does not name
};
/// Put the value into *value, or a 1 into *error to raise #GP; then run again.
struct RdMsr {
    std::uint32_t index = 0;
    std::uint64_t* value = nullptr;
    std::uint8_t* error = nullptr;
};
struct WrMsr {
    std::uint32_t index = 0;
    std::uint64_t value = 0;
    std::uint8_t* error = nullptr;
    bool isFiltered = false; ///< KVM knows the register, but was told to ask
};
enum class InternalErrorKind : std::uint32_t {
    Emulation = 1,
    SimultaneousException = 2,
    DeliverEvent = 3,
    UnexpectedExit = 4
};
/// The kernel cannot go on. For Emulation the instruction assist can.
struct InternalError {
    InternalErrorKind kind{};             ///< may hold a number that the enumeration does not name
    std::array<std::uint64_t, 16> data{}; ///< the first dataCount are valid
    std::uint32_t dataCount = 0;
    std::array<std::uint8_t, 15> instruction{}; ///< Emulation only
    std::uint8_t instructionLength = 0;         ///< 0 when the kernel does not know the bytes
};
/// The CPU refused the vCPU's state.
struct FailEntry {
    std::uint64_t hardwareReason = 0;
    std::uint32_t cpu = 0;
};
struct DebugStop {
    std::uint32_t exception = 0; ///< vector 1 or 3
    std::uint64_t instructionPointer = 0;
    std::uint64_t dr6 = 0;
    std::uint64_t dr7 = 0;
};
struct Hypercall {
    std::uint64_t number = 0;
    std::array<std::uint64_t, 6> arguments{};
    std::uint64_t* result = nullptr;
};
/// A kick, or another signal: look at what was requested, then run again.
struct Interrupted {};
/// An interrupt could be injected now.
struct IrqWindow {};
struct IoApicEoi {
    std::uint8_t vector = 0;
};
struct DirtyRingFull {};
/// The guest made a split-locked access; it is slowed down. Run again.
struct BusLock {};
/// The guest kept the CPU in one state too long.
struct Notify {
    bool contextInvalid = false;
};
/// A SynIC register or hypercall meant for user space.
struct HyperVEvent {
    std::uint32_t type = 0;
};
struct TprAccess {
    std::uint64_t instructionPointer = 0;
};
/// A guest page could not be brought in.
struct MemoryFault {
    std::uint64_t address = 0;
    std::uint64_t length = 0;
};
/// A reason that this engine neither asks for nor knows.
struct Unexpected {
    std::uint32_t reason = 0;
    std::uint64_t hardwareReason = 0; ///< for KVM_EXIT_UNKNOWN
};

using VcpuExit =
    std::variant<IoIn, IoOut, MmioRead, MmioWrite, Halted, ShutDown, SystemEvent, RdMsr, WrMsr, InternalError,
                 FailEntry, DebugStop, Hypercall, Interrupted, IrqWindow, IoApicEoi, DirtyRingFull, BusLock,
                 Notify, HyperVEvent, TprAccess, MemoryFault, Unexpected>;

/// Reads the kernel's exit record (Documentation/virt/kvm/api.rst, section 5). A pure function of
/// the shared mapping, so tests fill one by hand.
[[nodiscard]] VcpuExit decodeExit(std::span<std::byte> runPage);

/// One sentence for the log: what happened, with the numbers a developer needs.
[[nodiscard]] std::string describe(const VcpuExit& exit);

} // namespace engine::kvm
