// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "kvm/assist/native_thunk.h"

#include <csignal>
#include <cstdint>

namespace engine::kvm::assist {

/// While it lives, a SIGSEGV, SIGBUS, SIGFPE or SIGILL of the calling thread at one of the given
/// addresses makes the thread go on at `resumeAt` with the stack pointer from `*stack`. Every other
/// signal reaches the handler that was there before install().
class FaultGuard {
public:
    struct Range {
        std::uint64_t codeBegin = 0;
        std::uint64_t codeEnd = 0;
        std::uint64_t thunkBegin = 0;
        std::uint64_t thunkEnd = 0;
        std::uint64_t resumeAt = 0;
        const std::uint64_t* stack = nullptr;
    };

    /// Takes the four signals over, once per process.
    static void install();

    explicit FaultGuard(const Range& range);
    ~FaultGuard();
    FaultGuard(const FaultGuard&) = delete;
    FaultGuard& operator=(const FaultGuard&) = delete;
    FaultGuard(FaultGuard&&) = delete;
    FaultGuard& operator=(FaultGuard&&) = delete;

    /// What happened, after the thread has resumed.
    [[nodiscard]] NativeFault fault() const;

private:
    static void handle(int signal, siginfo_t* info, void* context);

    Range m_range;
    volatile int m_signal = 0;
};

} // namespace engine::kvm::assist
