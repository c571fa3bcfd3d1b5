// SPDX-License-Identifier: GPL-3.0-or-later
#include "kvm/assist/native_thunk.h"

#include "base/unique_fd.h"
#include "kvm/assist/fault_guard.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

extern "C" {
/// Loads the registers, calls registers->target, saves them. Returns 0, or 1 when it came back by way
/// of guesthouseNativeRecover.
int guesthouseNativeRun(engine::kvm::assist::NativeRegisters* registers, void* state);
extern const char guesthouseNativeRecover[];
extern const char guesthouseNativeEnd[];
}

// The stack stays the host's, so that a signal that arrives meanwhile (a kick) finds room. Below the
// saved registers lie: the state image, the register block, and the call target. MOV, PUSH, POP and
// LEA do not touch the flags. Offsets: NativeRegisters.
asm(R"(
    .text
    .globl guesthouseNativeRun
    .type guesthouseNativeRun, @function
guesthouseNativeRun:
    push %rbx
    push %rbp
    push %r12
    push %r13
    push %r14
    push %r15
    push %rsi
    push %rdi
    mov %rsp, 152(%rdi)
    mov 144(%rdi), %eax
    mov 148(%rdi), %edx
    test %eax, %eax
    jz 1f
    xrstor64 (%rsi)
1:  pushq 136(%rdi)
    pushq 128(%rdi)
    popfq
    mov 0(%rdi), %rax
    mov 8(%rdi), %rcx
    mov 16(%rdi), %rdx
    mov 24(%rdi), %rbx
    mov 40(%rdi), %rbp
    mov 48(%rdi), %rsi
    mov 64(%rdi), %r8
    mov 72(%rdi), %r9
    mov 80(%rdi), %r10
    mov 88(%rdi), %r11
    mov 96(%rdi), %r12
    mov 104(%rdi), %r13
    mov 112(%rdi), %r14
    mov 120(%rdi), %r15
    mov 56(%rdi), %rdi
    call *(%rsp)
    push %rdi
    mov 16(%rsp), %rdi
    mov %rax, 0(%rdi)
    mov %rcx, 8(%rdi)
    mov %rdx, 16(%rdi)
    mov %rbx, 24(%rdi)
    mov %rbp, 40(%rdi)
    mov %rsi, 48(%rdi)
    mov %r8, 64(%rdi)
    mov %r9, 72(%rdi)
    mov %r10, 80(%rdi)
    mov %r11, 88(%rdi)
    mov %r12, 96(%rdi)
    mov %r13, 104(%rdi)
    mov %r14, 112(%rdi)
    mov %r15, 120(%rdi)
    popq 56(%rdi)
    pushfq
    popq 128(%rdi)
    cld
    mov 152(%rdi), %rsp
    mov 8(%rsp), %rsi
    mov 144(%rdi), %eax
    mov 148(%rdi), %edx
    test %eax, %eax
    jz 2f
    xsave64 (%rsi)
2:  xor %ebx, %ebx
    jmp 3f
    .globl guesthouseNativeRecover
guesthouseNativeRecover:
    mov $1, %ebx
    cld
3:  pop %rdi
    pop %rsi
    mov 144(%rdi), %eax
    test %eax, %eax
    jz 4f
    fninit
    ldmxcsr 5f(%rip)
    test $4, %eax
    jz 4f
    vzeroupper
4:  mov %ebx, %eax
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %rbp
    pop %rbx
    ret
    .balign 4
5:  .long 0x1f80
    .globl guesthouseNativeEnd
guesthouseNativeEnd:
    .size guesthouseNativeRun, . - guesthouseNativeRun
)");

namespace engine::kvm::assist {

namespace {

constexpr std::size_t CodeBytes = 4096;
constexpr std::uint8_t Return = 0xC3;
constexpr std::size_t OperandAlignment = 64;

} // namespace

Result<std::unique_ptr<NativeThunk>> NativeThunk::create()
{
    const UniqueFd memory(::memfd_create("guest instruction", MFD_CLOEXEC));
    if (!memory || ::ftruncate(memory.get(), CodeBytes) < 0)
        return failSystem("cannot create memory for guest instructions");
    void* writable = ::mmap(nullptr, CodeBytes, PROT_READ | PROT_WRITE, MAP_SHARED, memory.get(), 0);
    if (writable == MAP_FAILED)
        return failSystem("cannot map memory for guest instructions");
    void* executable = ::mmap(nullptr, CodeBytes, PROT_READ | PROT_EXEC, MAP_SHARED, memory.get(), 0);
    if (executable == MAP_FAILED) {
        const int err = errno;
        ::munmap(writable, CodeBytes);
        return failSystem("This system forbids executable memory, which some guests need on this CPU", err);
    }
    FaultGuard::install();
    return std::unique_ptr<NativeThunk>(
        new NativeThunk(static_cast<std::byte*>(writable), static_cast<std::byte*>(executable)));
}

NativeThunk::~NativeThunk()
{
    ::munmap(m_writable, CodeBytes);
    ::munmap(m_executable, CodeBytes);
}

std::span<std::byte> NativeThunk::operandBuffer(std::uint64_t guestAddress, std::size_t bytes)
{
    const auto offset = static_cast<std::size_t>(guestAddress % OperandAlignment);
    return std::span(m_buffers->operand).subspan(offset, std::min(bytes, BufferBytes - offset));
}

std::optional<NativeFault> NativeThunk::run(std::span<const std::uint8_t> code, NativeRegisters& registers)
{
    std::memcpy(m_writable, code.data(), code.size());
    m_writable[code.size()] = std::byte{Return};
    // Writing and executing through different addresses wants a serialising instruction in between
    // (Intel SDM volume 3, 9.1.3).
    std::uint32_t a = 0;
    std::uint32_t c = 0;
    asm volatile("cpuid" : "+a"(a), "+c"(c) : : "rbx", "rdx", "memory");

    NativeRegisters working = registers;
    working.target = reinterpret_cast<std::uintptr_t>(m_executable);
    FaultGuard guard({.codeBegin = working.target,
                      .codeEnd = working.target + CodeBytes,
                      .thunkBegin = reinterpret_cast<std::uintptr_t>(&guesthouseNativeRun),
                      .thunkEnd = reinterpret_cast<std::uintptr_t>(guesthouseNativeEnd),
                      .resumeAt = reinterpret_cast<std::uintptr_t>(guesthouseNativeRecover),
                      .stack = &working.hostStack});
    if (guesthouseNativeRun(&working, m_buffers->state.data()) != 0)
        return guard.fault();
    registers = working;
    return std::nullopt;
}

} // namespace engine::kvm::assist
