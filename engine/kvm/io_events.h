// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bus/io_event_sink.h"
#include "kvm/kvm_caps.h"

namespace engine::kvm {

/// Registers guest writes that become eventfd signals inside the kernel (KVM_IOEVENTFD). Any thread.
class IoEvents final : public IoEventSink {
public:
    /// `vmFd` must outlive this object.
    IoEvents(int vmFd, const KvmCaps& caps);

    /// Unsupported where the host cannot: the write then arrives at the device.
    [[nodiscard]] Result<> addIoEvent(const IoEvent& event) override;
    void removeIoEvent(const IoEvent& event) override;

private:
    int m_vmFd;
    bool m_available;
    bool m_anyLength;
};

} // namespace engine::kvm
