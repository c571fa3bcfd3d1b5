// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <csignal>

namespace engine::kvm {

/// The real-time signal that takes a vCPU out of KVM_RUN. Its handler does nothing: delivery alone
/// ends the system call. Installed once, on first use, without SA_RESTART.
[[nodiscard]] int kickSignal();

/// While it lives, the calling thread can be reached by kickSignal(). Create and destroy it on
/// that thread.
class KickSignalUnblocked {
public:
    KickSignalUnblocked();
    ~KickSignalUnblocked();
    KickSignalUnblocked(const KickSignalUnblocked&) = delete;
    KickSignalUnblocked& operator=(const KickSignalUnblocked&) = delete;
    KickSignalUnblocked(KickSignalUnblocked&&) = delete;
    KickSignalUnblocked& operator=(KickSignalUnblocked&&) = delete;

private:
    sigset_t m_before{};
};

} // namespace engine::kvm
