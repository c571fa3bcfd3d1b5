// SPDX-License-Identifier: GPL-3.0-or-later
#include "kvm/assist/fault_guard.h"

#include <ucontext.h>

#include <array>

namespace engine::kvm::assist {

namespace {

constexpr std::array Signals = {SIGSEGV, SIGBUS, SIGFPE, SIGILL};

// Written once by install(), read by the handler.
std::array<struct sigaction, Signals.size()> previousActions{};

// Only its own thread's handler reads it.
thread_local FaultGuard* activeGuard = nullptr;

const struct sigaction* previousFor(int signal)
{
    for (std::size_t i = 0; i < Signals.size(); ++i)
        if (Signals[i] == signal)
            return &previousActions[i];
    return nullptr;
}

/// As if this file did not exist.
void passOn(int signal, siginfo_t* info, void* context)
{
    const struct sigaction* previous = previousFor(signal);
    if (previous && (previous->sa_flags & SA_SIGINFO) != 0) {
        previous->sa_sigaction(signal, info, context);
    } else if (previous && previous->sa_handler != SIG_DFL && previous->sa_handler != SIG_IGN) {
        previous->sa_handler(signal);
    } else {
        // The instruction runs again and the default action ends the process where it happened.
        struct sigaction standard{};
        standard.sa_handler = SIG_DFL;
        ::sigaction(signal, &standard, nullptr);
        if (info->si_code <= 0) // sent by somebody: it would not come again
            (void)::raise(signal);
    }
}

} // namespace

void FaultGuard::install()
{
    [[maybe_unused]] static const bool installed = [] {
        struct sigaction action{};
        action.sa_sigaction = &FaultGuard::handle;
        action.sa_flags = SA_SIGINFO | SA_ONSTACK;
        ::sigemptyset(&action.sa_mask);
        for (std::size_t i = 0; i < Signals.size(); ++i) {
            // The old action is known before the new one can be called.
            ::sigaction(Signals[i], nullptr, &previousActions[i]);
            ::sigaction(Signals[i], &action, nullptr);
        }
        return true;
    }();
}

FaultGuard::FaultGuard(const Range& range) : m_range(range)
{
    activeGuard = this;
}

FaultGuard::~FaultGuard()
{
    activeGuard = nullptr;
}

void FaultGuard::handle(int signal, siginfo_t* info, void* context)
{
    auto& machine = static_cast<ucontext_t*>(context)->uc_mcontext;
    FaultGuard* guard = activeGuard;
    const auto at = static_cast<std::uint64_t>(machine.gregs[REG_RIP]);
    if (guard && info->si_code > 0) {
        const Range& range = guard->m_range;
        const bool inCode = at >= range.codeBegin && at < range.codeEnd;
        const bool inThunk = at >= range.thunkBegin && at < range.thunkEnd;
        if (inCode || inThunk) {
            guard->m_signal = signal;
            machine.gregs[REG_RIP] = static_cast<greg_t>(range.resumeAt);
            machine.gregs[REG_RSP] = static_cast<greg_t>(*range.stack);
            return;
        }
    }
    passOn(signal, info, context);
}

NativeFault FaultGuard::fault() const
{
    switch (m_signal) {
    case SIGFPE: return NativeFault::Arithmetic;
    case SIGILL: return NativeFault::Illegal;
    default: return NativeFault::Memory;
    }
}

} // namespace engine::kvm::assist
