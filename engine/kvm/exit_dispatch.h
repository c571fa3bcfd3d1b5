// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bus/bus.h"
#include "kvm/coalesced_writes.h"
#include "kvm/unknown_msrs.h"
#include "kvm/vcpu_exit.h"

namespace engine::kvm {

/// Answers the exits that the buses can answer: ports, device memory, unknown MSRs. One per vCPU
/// thread, because it keeps that thread's view of the buses.
class ExitDispatcher {
public:
    /// All must outlive this object.
    ExitDispatcher(const Bus& ports, const Bus& mmio, CoalescedWrites& coalesced, const UnknownMsrs& msrs)
        : m_ports(ports), m_mmio(mmio), m_coalesced(coalesced), m_msrs(msrs)
    {}

    /// True when the exit has been answered and the vCPU can go on; otherwise it is the caller's.
    [[nodiscard]] bool dispatch(const VcpuExit& exit);

private:
    void drainCoalesced();

    BusView m_ports;
    BusView m_mmio;
    CoalescedWrites& m_coalesced;
    const UnknownMsrs& m_msrs;
};

} // namespace engine::kvm
