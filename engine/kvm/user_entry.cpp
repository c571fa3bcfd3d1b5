// SPDX-License-Identifier: GPL-3.0-or-later
#include "kvm/user_entry.h"

#include "bus/bus_device.h"
#include "kvm/assist/descriptor.h"
#include "kvm/assist/event_delivery.h"
#include "kvm/assist/kvm_transfer.h"
#include "kvm/doctor.h"

#include <array>

namespace engine::kvm {

using namespace assist;

namespace {

constexpr std::uint32_t MsrStar = 0xC0000081;  // IA32_STAR
constexpr std::uint32_t MsrLstar = 0xC0000082; // IA32_LSTAR
constexpr std::uint32_t MsrFmask = 0xC0000084; // IA32_FMASK
/// Where a kernel that was written for such a KVM registers a page of its own.
constexpr std::uint32_t MsrParavirtualCpu = 0x4B564D10;

constexpr std::uint64_t PageBytes = 4096;

struct Frame {
    std::uint64_t errorCode = 0;
    std::uint64_t instructionPointer = 0;
    std::uint16_t codeSelector = 0;
    std::uint64_t flags = 0;
    std::uint64_t stackPointer = 0;
    std::uint16_t stackSelector = 0;

    [[nodiscard]] bool isFromUser() const
    {
        return (codeSelector & 3) == 3 && (flags & FlagVirtual8086) == 0;
    }
};

bool isLongModeActive(const CpuContext& cpu)
{
    return (cpu.efer & EferLongModeActive) != 0;
}

std::optional<Frame> readFrame(const CpuContext& cpu, const LinearMemory& memory, bool hasErrorCode)
{
    const std::size_t width = isLongModeActive(cpu) ? 8 : 4;
    const std::uint64_t base = isLongModeActive(cpu) ? 0 : cpu.segments[SegmentSs].base;
    std::array<std::byte, 6 * 8> raw{};
    const auto all = std::span(raw).first(6 * width);
    if (memory.asLevel(0).read(base + cpu.general[Rsp], all.subspan(hasErrorCode ? 0 : width)))
        return std::nullopt;
    const auto word = [&](std::size_t i) { return loadLittleEndian(all.subspan(i * width, width)); };
    return Frame{.errorCode = word(0),
                 .instructionPointer = word(1),
                 .codeSelector = static_cast<std::uint16_t>(word(2)),
                 .flags = word(3),
                 .stackPointer = word(4),
                 .stackSelector = static_cast<std::uint16_t>(word(5))};
}

/// The program's registers at the instruction that faulted.
bool returnToProgram(CpuContext& cpu, const LinearMemory& memory, const Frame& frame)
{
    const auto code = readDescriptor(cpu, memory, frame.codeSelector);
    const auto stack = readDescriptor(cpu, memory, frame.stackSelector);
    if (!code || !stack)
        return false;
    loadSegment(cpu, SegmentCs, frame.codeSelector, *code);
    loadSegment(cpu, SegmentSs, frame.stackSelector, *stack);
    cpu.segments[SegmentSs].privilege = 3;
    cpu.general[Rsp] = frame.stackPointer;
    cpu.flags = frame.flags & ~FlagResume;
    cpu.instructionPointer = frame.instructionPointer;
    return true;
}

/// The linear address where an exception's gate leads; 0 for none.
std::uint64_t handlerOf(const CpuContext& cpu, const LinearMemory& memory, Vector vector)
{
    std::array<std::byte, 16> raw{};
    const auto gate = std::span(raw).first(isLongModeActive(cpu) ? 16 : 8);
    const std::uint64_t offset = static_cast<std::uint64_t>(vector) * gate.size();
    if (offset + gate.size() - 1 > cpu.interruptTable.limit
        || memory.asLevel(0).read(cpu.interruptTable.base + offset, gate))
        return 0;
    const auto part = [&raw](std::size_t at, std::size_t bytes) {
        return loadLittleEndian(std::span(raw).subspan(at, bytes));
    };
    const std::uint64_t address = part(0, 2) | part(6, 2) << 16 | part(8, 4) << 32;
    const auto code = readDescriptor(cpu, memory, static_cast<std::uint16_t>(part(2, 2)));
    if (address == 0 || !code || !code->isCode())
        return 0;
    return isLongModeActive(cpu) ? address : (code->base() + address) & 0xffffffff;
}

/// INT n, INT3 and INTO in a program's code: the vector and the instruction's length.
struct SoftwareInterrupt {
    std::uint8_t vector = 0;
    unsigned length = 0;
};
std::optional<SoftwareInterrupt> readInterrupt(const CpuContext& cpu, const LinearMemory& memory)
{
    std::array<std::byte, 2> code{};
    const auto fetched = memory.fetch(cpu.codeAddress(), code);
    if (!fetched || *fetched == 0)
        return std::nullopt;
    if (code[0] == std::byte{0xCC})
        return SoftwareInterrupt{static_cast<std::uint8_t>(Vector::Breakpoint), 1};
    if (code[0] == std::byte{0xCE} && !cpu.isLongMode() && (cpu.flags & FlagOverflow) != 0)
        return SoftwareInterrupt{static_cast<std::uint8_t>(Vector::Overflow), 1};
    if (code[0] == std::byte{0xCD} && *fetched == code.size())
        return SoftwareInterrupt{std::to_integer<std::uint8_t>(code[1]), 2};
    return std::nullopt;
}

Result<> setDebug(const Vcpu& vcpu, kvm_guest_debug request)
{
    if (callKvm(vcpu.fd(), KVM_SET_GUEST_DEBUG, &request) < 0)
        return failSystem("KVM does not accept breakpoints");
    return {};
}

} // namespace

bool UserEntry::isNeeded()
{
    static const bool needed = isSoftwareVirtualization();
    return needed;
}

Result<> UserEntry::watch()
{
    if (!isNeeded() || m_vcpu.kvm().caps().setGuestDebug == 0)
        return {};
    const bool isParavirtual = m_vcpu.readMsr(MsrParavirtualCpu).value_or(0) / PageBytes != 0;
    const Handlers handlers = isParavirtual ? Handlers{} : findHandlers();
    if (handlers == m_handlers && !m_stepping)
        return {};
    return setBreakpoints(handlers);
}

Result<> UserEntry::watchNowAndThen()
{
    constexpr std::chrono::milliseconds Interval(20);
    const auto now = std::chrono::steady_clock::now();
    if (!isNeeded() || now - m_watched < Interval || m_stepping)
        return {};
    m_watched = now;
    return watch();
}

Result<> UserEntry::writeRegister(const WrMsr& exit)
{
    *exit.error = m_vcpu.writeMsr(exit.index, exit.value) ? 0 : 1;
    return watch();
}

UserEntry::Handlers UserEntry::findHandlers() const
{
    const auto registers = peekRegisters(m_vcpu);
    if (!registers)
        return {};
    const CpuContext cpu = toContext(*registers);
    // Who has neither a task nor a target for SYSCALL has no programs yet.
    if (!cpu.isProtected() || (cpu.taskSelector == 0 && m_vcpu.readMsr(MsrLstar).value_or(0) == 0))
        return {};
    GuestPages pages(m_memory);
    const LinearMemory memory(cpu, pages);
    return {.pageFault = isLongModeActive(cpu) ? handlerOf(cpu, memory, Vector::PageFault) : 0,
            .invalidOpcode = handlerOf(cpu, memory, Vector::InvalidOpcode)};
}

Result<> UserEntry::setBreakpoints(const Handlers& handlers)
{
    constexpr std::uint64_t First = 3;       // L0, G0 of DR7 (Intel SDM volume 3, 18.2.4)
    constexpr std::uint64_t Second = 3 << 2; // L1, G1
    constexpr std::uint64_t AlwaysSet = 1 << 10;
    kvm_guest_debug request{};
    if (handlers != Handlers{}) {
        request.control = KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_HW_BP;
        request.arch.debugreg[0] = handlers.pageFault;
        request.arch.debugreg[1] = handlers.invalidOpcode;
        request.arch.debugreg[7] =
            AlwaysSet | (handlers.pageFault != 0 ? First : 0) | (handlers.invalidOpcode != 0 ? Second : 0);
    }
    VM_TRY(setDebug(m_vcpu, request));
    m_handlers = handlers;
    m_stepping = false;
    return {};
}

Result<> UserEntry::stepOver()
{
    m_stepping = true; // such a KVM does not honour the resume flag
    return setDebug(m_vcpu, {.control = KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP, .pad = 0, .arch = {}});
}

Result<> UserEntry::handle(const DebugStop& stop)
{
    if (m_stepping || m_handlers == Handlers{})
        return setBreakpoints(m_stepping ? findHandlers() : Handlers{});
    const KvmRegisters registers = VM_TRY(readRegisters(m_vcpu));
    CpuContext cpu = toContext(registers);
    const bool done =
        stop.instructionPointer == m_handlers.pageFault ? redoSystemCall(cpu) : redoInterrupt(cpu);
    return done ? writeRegisters(m_vcpu, registers, cpu, nullptr) : stepOver();
}

bool UserEntry::redoSystemCall(CpuContext& cpu) const
{
    constexpr std::uint64_t FromUser = 4; // of the error code
    constexpr std::uint64_t FlatCode = 0x00AF'9B00'0000'FFFF;
    constexpr std::uint64_t FlatData = 0x00CF'9300'0000'FFFF;
    GuestPages pages(m_memory);
    const auto frame = readFrame(cpu, LinearMemory(cpu, pages), true);
    const auto target = m_vcpu.readMsr(MsrLstar);
    const auto star = m_vcpu.readMsr(MsrStar);
    const auto mask = m_vcpu.readMsr(MsrFmask);
    if (!frame || !target || !star || !mask || !frame->isFromUser() || (frame->errorCode & FromUser) == 0
        || frame->instructionPointer != *target || cpu.cr2 != *target)
        return false;
    // Intel SDM volume 2, SYSCALL. RCX and R11 are right already.
    const auto selector = static_cast<std::uint16_t>(*star >> 32 & 0xfffc);
    loadSegment(cpu, SegmentCs, selector, Descriptor(FlatCode));
    loadSegment(cpu, SegmentSs, static_cast<std::uint16_t>(selector + 8), Descriptor(FlatData));
    cpu.instructionPointer = *target;
    cpu.general[Rsp] = frame->stackPointer;
    cpu.flags = (frame->flags & ~*mask & ~FlagResume) | 2;
    return true;
}

bool UserEntry::redoInterrupt(CpuContext& cpu) const
{
    GuestPages pages(m_memory);
    const CpuContext before = cpu;
    const LinearMemory memory(cpu, pages);
    const auto frame = readFrame(cpu, memory, false);
    if (!frame || !frame->isFromUser() || !returnToProgram(cpu, memory, *frame)) {
        cpu = before;
        return false;
    }
    const auto interrupt = readInterrupt(cpu, memory);
    if (!interrupt) {
        cpu = before;
        return false;
    }
    const Outcome outcome = deliverEvent(cpu, memory,
                                         {.vector = interrupt->vector,
                                          .errorCode = std::nullopt,
                                          .isSoftware = true,
                                          .returnAddress = cpu.instructionPointer + interrupt->length,
                                          .savedFlags = cpu.flags});
    const auto* fault = std::get_if<GuestFault>(&outcome);
    if (std::holds_alternative<Completed>(outcome) || (fault && raiseFault(cpu, memory, *fault)))
        return true;
    cpu = before;
    return false;
}

} // namespace engine::kvm
