// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bus/msi.h"
#include "kvm/irq_routing.h"
#include "kvm/kvm_caps.h"

namespace engine::kvm {

/// Message-signalled interrupts as GSIs with a route and an irqfd. A vector costs the kernel nothing
/// until it is signalled for the first time; routes that a guest programs one by one go to the kernel
/// together then. Where there are no irqfds or no more GSIs, KVM_SIGNAL_MSI delivers. Any thread.
class MsiVectors final : public MsiController {
public:
    /// `routing` and `vmFd` must outlive this object, and it its vectors.
    MsiVectors(int vmFd, const KvmCaps& caps, IrqRouting& routing);

    [[nodiscard]] Result<std::unique_ptr<MsiVector>> createVector() override;

private:
    int m_vmFd;
    bool m_irqFds;
    IrqRouting& m_routing;
};

} // namespace engine::kvm
