// SPDX-License-Identifier: GPL-3.0-or-later
#include "kvm/io_events.h"

#include "kvm/kvm_api.h"

namespace engine::kvm {

namespace {

kvm_ioeventfd describeEvent(const IoEvent& event)
{
    kvm_ioeventfd raw{};
    raw.addr = event.address;
    raw.len = event.length;
    raw.fd = event.eventFd;
    if (event.datamatch) {
        raw.datamatch = *event.datamatch;
        raw.flags |= KVM_IOEVENTFD_FLAG_DATAMATCH;
    }
    if (event.space == IoEvent::Space::Ports)
        raw.flags |= KVM_IOEVENTFD_FLAG_PIO;
    return raw;
}

} // namespace

IoEvents::IoEvents(int vmFd, const KvmCaps& caps)
    : m_vmFd(vmFd), m_available(canUseIoEvents(caps)), m_anyLength(caps.ioeventfdAnyLength != 0)
{}

Result<> IoEvents::addIoEvent(const IoEvent& event)
{
    if (!m_available || (event.length == 0 && !m_anyLength))
        return fail(ErrorCode::Unsupported, "this host's KVM cannot turn the write into an event");
    kvm_ioeventfd raw = describeEvent(event);
    if (callKvm(m_vmFd, KVM_IOEVENTFD, &raw) < 0)
        return failSystem("KVM refuses a doorbell address (KVM_IOEVENTFD)");
    return {};
}

void IoEvents::removeIoEvent(const IoEvent& event)
{
    if (!m_available)
        return;
    kvm_ioeventfd raw = describeEvent(event);
    raw.flags |= KVM_IOEVENTFD_FLAG_DEASSIGN;
    (void)callKvm(m_vmFd, KVM_IOEVENTFD, &raw);
}

} // namespace engine::kvm
