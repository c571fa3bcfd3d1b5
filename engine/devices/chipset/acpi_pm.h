// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "base/state.h"
#include "bus/bus_device.h"
#include "bus/irq_line.h"
#include "devices/chipset/acpi_pm_registers.h"

#include <functional>
#include <memory>
#include <mutex>

namespace engine {

/// The ACPI power management block behind PMBASE: AcpiPmRegisters with lock, clock and the SCI wire.
/// The LPC bridge inserts it wherever the guest puts PMBASE (BlockBytes ports). Reading the PM timer, the
/// hottest port of firmware, takes no lock. Any thread.
class AcpiPm final : public BusDevice, public Saveable {
public:
    static constexpr std::uint64_t BlockBytes = AcpiPmRegisters::BlockBytes;
    /// Called on the vCPU's thread without a lock when the guest asks to sleep or to power off (S5).
    using SleepCallback = std::function<void(SleepState)>;

    /// `sci` and `clock` must outlive the device.
    AcpiPm(IrqLine& sci, DeviceClock& clock, SleepTypes types = {});

    void read(std::uint64_t offset, std::span<std::byte> data) override;
    void write(std::uint64_t offset, std::span<const std::byte> data) override;

    void setSleepCallback(SleepCallback callback);
    /// Called on the vCPU's thread without a lock when an operating system first asks for events after a
    /// reset (PM1_EN, which firmware leaves alone).
    void setTakeoverCallback(std::function<void()> callback);
    /// A person pressed the button; the guest decides what it means.
    void pressPowerButton() { raise(AcpiPmRegisters::Event::PowerButton); }
    void pressSleepButton() { raise(AcpiPmRegisters::Event::SleepButton); }
    /// The RTC's alarm as a fixed event.
    void raiseRtcAlarm() { raise(AcpiPmRegisters::Event::RealTimeClock); }
    /// The machine comes back from a sleep state.
    void wake() { raise(AcpiPmRegisters::Event::Wake); }
    /// A general-purpose event (0 to 63), as for hot-plug; its method \_GPE._Lxx or ._Exx is the DSDT's.
    void raiseGpe(unsigned index);
    /// From the SMI command port: the operating system takes over from firmware, or gives back.
    void setSciEnabled(bool enabled);
    [[nodiscard]] bool isSciEnabled() const;
    void reset();

    [[nodiscard]] std::string stateName() const override { return "acpi_pm"; }
    void saveState(StateWriter& out) const override;
    [[nodiscard]] Result<> restoreState(StateReader& in) override;

private:
    void raise(AcpiPmRegisters::Event event);
    void update();
    /// Sets the wire and the timer from the registers as they are.
    void publish();

    IrqLine& m_sci;
    DeviceClock& m_clock;
    const SleepTypes m_types;
    mutable std::mutex m_mutex;
    AcpiPmRegisters m_registers;              // guarded by m_mutex
    SleepCallback m_sleepCallback;            // guarded by m_mutex
    std::function<void()> m_takeoverCallback; // guarded by m_mutex
    bool m_hasTakenOver = false;              // guarded by m_mutex; not state of the device
    std::unique_ptr<Timer> m_timer;           // last: its callback uses the others
};

} // namespace engine
