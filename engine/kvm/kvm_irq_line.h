// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bus/irq_line.h"
#include "kvm/irq_routing.h"

#include <mutex>

namespace engine::kvm {

/// A pin of the in-kernel interrupt controllers (KVM_IRQ_LINE). The kernel is asked only when the
/// level changes. Any thread.
class KvmIrqLine final : public IrqLine {
public:
    /// `vmFd` must outlive this object.
    KvmIrqLine(int vmFd, Gsi gsi) : m_vmFd(vmFd), m_gsi(gsi) {}
    ~KvmIrqLine() override { setLevel(false); }
    KvmIrqLine(const KvmIrqLine&) = delete;
    KvmIrqLine& operator=(const KvmIrqLine&) = delete;
    KvmIrqLine(KvmIrqLine&&) = delete;
    KvmIrqLine& operator=(KvmIrqLine&&) = delete;

    void setLevel(bool asserted) override;

private:
    int m_vmFd;
    Gsi m_gsi;
    std::mutex m_mutex;
    bool m_asserted = false; // guarded by m_mutex
};

} // namespace engine::kvm
