// SPDX-License-Identifier: GPL-3.0-or-later
#include "kvm/kick_signal.h"

namespace engine::kvm {

namespace {

// The C library keeps the first real-time signals, toolkits tend to take the next.
constexpr int OffsetFromRtMin = 5;

extern "C" void ignoreKick(int /*number*/) {}

} // namespace

int kickSignal()
{
    static const int number = [] {
        const int chosen = SIGRTMIN + OffsetFromRtMin;
        struct sigaction action{};
        action.sa_handler = ignoreKick;
        action.sa_flags = SA_ONSTACK;
        ::sigemptyset(&action.sa_mask);
        ::sigaction(chosen, &action, nullptr);
        return chosen;
    }();
    return number;
}

KickSignalUnblocked::KickSignalUnblocked()
{
    sigset_t kick{};
    ::sigemptyset(&kick);
    ::sigaddset(&kick, kickSignal());
    ::pthread_sigmask(SIG_UNBLOCK, &kick, &m_before);
}

KickSignalUnblocked::~KickSignalUnblocked()
{
    ::pthread_sigmask(SIG_SETMASK, &m_before, nullptr);
}

} // namespace engine::kvm
