// SPDX-License-Identifier: GPL-3.0-or-later
#include "kvm/kvm_irq_line.h"

#include "kvm/kvm_api.h"

namespace engine::kvm {

void KvmIrqLine::setLevel(bool asserted)
{
    // The lock is held over the system call, so that two threads cannot leave the kernel with the
    // other one's level.
    std::scoped_lock lock(m_mutex);
    if (m_asserted == asserted)
        return;
    m_asserted = asserted;
    kvm_irq_level level{};
    level.irq = m_gsi;
    level.level = asserted ? 1 : 0;
    (void)callKvm(m_vmFd, KVM_IRQ_LINE, &level);
}

} // namespace engine::kvm
