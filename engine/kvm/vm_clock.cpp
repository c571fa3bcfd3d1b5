// SPDX-License-Identifier: GPL-3.0-or-later
#include "kvm/vm_clock.h"

#include "kvm/kvm_api.h"

namespace engine::kvm {

namespace {

constexpr std::uint16_t StateVersion = 1;

} // namespace

Result<VmClock::Reading> VmClock::read() const
{
    kvm_clock_data data{};
    if (callKvm(m_vmFd, KVM_GET_CLOCK, &data) < 0)
        return failSystem("KVM does not tell the guest's time (KVM_GET_CLOCK)");
    return Reading{.nanoseconds = data.clock,
                   .hasRealTime = (data.flags & KVM_CLOCK_REALTIME) != 0,
                   .realTimeNanoseconds = data.realtime};
}

Result<> VmClock::stop()
{
    m_kept = VM_TRY(read());
    m_stopped = true;
    return {};
}

Result<> VmClock::resume(StoppedTime stopped)
{
    if (!m_stopped)
        return {};
    kvm_clock_data data{};
    data.clock = m_kept.nanoseconds;
    if (stopped == StoppedTime::Passed && m_kept.hasRealTime && (m_adjustFlags & KVM_CLOCK_REALTIME) != 0) {
        data.flags = KVM_CLOCK_REALTIME;
        data.realtime = m_kept.realTimeNanoseconds;
    }
    if (callKvm(m_vmFd, KVM_SET_CLOCK, &data) < 0)
        return failSystem("KVM does not accept the guest's time (KVM_SET_CLOCK)");
    m_stopped = false;
    return {};
}

Result<std::uint64_t> VmClock::now() const
{
    return VM_TRY(read()).nanoseconds;
}

void VmClock::saveState(StateWriter& out) const
{
    const Reading reading = m_stopped ? m_kept : read().value_or(Reading{});
    out.version(StateVersion);
    out.integer(reading.nanoseconds);
    out.boolean(reading.hasRealTime);
    out.integer(reading.realTimeNanoseconds);
}

Result<> VmClock::restoreState(StateReader& in)
{
    (void)in.version(StateVersion);
    Reading reading;
    reading.nanoseconds = in.integer<std::uint64_t>();
    reading.hasRealTime = in.boolean();
    reading.realTimeNanoseconds = in.integer<std::uint64_t>();
    VM_TRY(in.finish());
    m_kept = reading;
    m_stopped = true;
    return {};
}

} // namespace engine::kvm
