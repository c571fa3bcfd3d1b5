// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "base/state.h"
#include "bus/bus_device.h"
#include "devices/chipset/acpi_pm.h"
#include "devices/chipset/reset_request.h"

#include <atomic>
#include <functional>
#include <mutex>

namespace engine {

/// System control port A (0x92; ICH9 datasheet 13.7.4): the A20 gate, which is latched but always open,
/// and the fast reset, which acts when its bit goes from 0 to 1. Any thread.
class SystemControlPortA final : public BusDevice, public Saveable {
public:
    explicit SystemControlPortA(ResetCallback onReset) : m_onReset(std::move(onReset)) {}

    void read(std::uint64_t offset, std::span<std::byte> data) override;
    void write(std::uint64_t offset, std::span<const std::byte> data) override;
    void reset() { m_value = 0; }

    [[nodiscard]] std::string stateName() const override { return "port92"; }
    void saveState(StateWriter& out) const override;
    [[nodiscard]] Result<> restoreState(StateReader& in) override;

private:
    const ResetCallback m_onReset;
    std::atomic<std::uint8_t> m_value = 0;
};

/// NMI status and control (0x61; ICH9 datasheet 13.7.1) for machines whose hypervisor does not answer it
/// together with its timer: speaker and timer gate, refresh toggle, timer 2 output. Any thread.
class SystemControlPortB final : public BusDevice, public Saveable {
public:
    /// `timer2Output` tells the level of the 8254's OUT2; empty: it stays high. `clock` must outlive it.
    explicit SystemControlPortB(const DeviceClock& clock, std::function<bool()> timer2Output = {})
        : m_clock(clock), m_timer2Output(std::move(timer2Output))
    {}

    void read(std::uint64_t offset, std::span<std::byte> data) override;
    void write(std::uint64_t offset, std::span<const std::byte> data) override;
    [[nodiscard]] bool isSpeakerOn() const;
    void reset() { m_value = 0; }

    [[nodiscard]] std::string stateName() const override { return "port61"; }
    void saveState(StateWriter& out) const override;
    [[nodiscard]] Result<> restoreState(StateReader& in) override;

private:
    const DeviceClock& m_clock;
    const std::function<bool()> m_timer2Output;
    std::atomic<std::uint8_t> m_value = 0;
};

/// The values that the FADT names for its SMI command port.
struct SmiCommands {
    std::uint8_t acpiEnable = 0x02;
    std::uint8_t acpiDisable = 0x03;
};

/// The advanced power management ports 0xB2 (command, APM_CNT) and 0xB3 (status, APM_STS). There is no SMM:
/// the two ACPI commands take effect at once, all others are only remembered. Any thread.
class ApmPorts final : public BusDevice, public Saveable {
public:
    /// `pm` must outlive the device.
    explicit ApmPorts(AcpiPm& pm, SmiCommands commands = {}) : m_pm(pm), m_commands(commands) {}

    void read(std::uint64_t offset, std::span<std::byte> data) override;
    void write(std::uint64_t offset, std::span<const std::byte> data) override;
    void reset();

    [[nodiscard]] std::string stateName() const override { return "apm"; }
    void saveState(StateWriter& out) const override;
    [[nodiscard]] Result<> restoreState(StateReader& in) override;

private:
    AcpiPm& m_pm;
    const SmiCommands m_commands;
    std::atomic<std::uint8_t> m_command = 0;
    std::atomic<std::uint8_t> m_status = 0;
};

} // namespace engine
