// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/state.h"

#include <cstddef>
#include <memory>
#include <vector>

namespace engine::kvm {

/// The state of the in-kernel 8259 pair and I/O APIC, for snapshots and for a machine reset.
class InterruptControllers final : public Saveable {
public:
    /// Remembers the power-on state. `vmFd` must outlive this object.
    [[nodiscard]] static Result<std::unique_ptr<InterruptControllers>> create(int vmFd);

    [[nodiscard]] Result<> reset();

    [[nodiscard]] std::string stateName() const override { return "irqchip"; }
    void saveState(StateWriter& out) const override;
    [[nodiscard]] Result<> restoreState(StateReader& in) override;

private:
    explicit InterruptControllers(int vmFd) : m_vmFd(vmFd) {}

    int m_vmFd;
    std::vector<std::vector<std::byte>> m_powerOn;
};

/// The state of the in-kernel 8254 timer.
class IntervalTimer final : public Saveable {
public:
    /// Remembers the power-on state. `vmFd` must outlive this object.
    [[nodiscard]] static Result<std::unique_ptr<IntervalTimer>> create(int vmFd);

    [[nodiscard]] Result<> reset();

    [[nodiscard]] std::string stateName() const override { return "pit"; }
    void saveState(StateWriter& out) const override;
    [[nodiscard]] Result<> restoreState(StateReader& in) override;

private:
    explicit IntervalTimer(int vmFd) : m_vmFd(vmFd) {}

    int m_vmFd;
    std::vector<std::byte> m_powerOn;
};

} // namespace engine::kvm
