// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/state.h"
#include "kvm/kvm_caps.h"

#include <cstdint>

namespace engine::kvm {

/// What the guest's clocks did while it was stopped.
enum class StoppedTime : std::uint8_t {
    Skipped, ///< nothing happened: it goes on where it stopped (pause)
    Passed,  ///< it catches up with civil time, where the host can tell (restore of a snapshot)
};

/// The guest's kvm-clock and Hyper-V reference time (KVM_GET_CLOCK). Read it after the vCPUs have
/// stopped, set it before they run.
class VmClock final : public Saveable {
public:
    /// `vmFd` must outlive this object.
    VmClock(int vmFd, const KvmCaps& caps) : m_vmFd(vmFd), m_adjustFlags(caps.adjustClock) {}

    /// Keeps the present time for resume().
    [[nodiscard]] Result<> stop();
    /// Sets the time kept by stop() (or by restoreState()); nothing when none is kept.
    [[nodiscard]] Result<> resume(StoppedTime stopped);
    /// Nanoseconds of guest time now.
    [[nodiscard]] Result<std::uint64_t> now() const;

    [[nodiscard]] std::string stateName() const override { return "kvm-clock"; }
    /// Saves the time kept by stop(), or the present one.
    void saveState(StateWriter& out) const override;
    /// Takes effect with resume().
    [[nodiscard]] Result<> restoreState(StateReader& in) override;

private:
    struct Reading {
        std::uint64_t nanoseconds = 0;
        bool hasRealTime = false;
        std::uint64_t realTimeNanoseconds = 0; ///< host's CLOCK_REALTIME at that moment
    };
    [[nodiscard]] Result<Reading> read() const;

    int m_vmFd;
    int m_adjustFlags;
    bool m_stopped = false;
    Reading m_kept;
};

} // namespace engine::kvm
