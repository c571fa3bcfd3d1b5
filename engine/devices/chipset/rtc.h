// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "base/state.h"
#include "bus/bus_device.h"
#include "bus/irq_line.h"
#include "devices/chipset/mc146818.h"

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace engine {

/// The real-time clock on ports 0x70 (index, NMI mask) and 0x71 (data): an Mc146818 with lock, clock and
/// interrupt wire (ISA IRQ 8). Any thread.
class Rtc final : public BusDevice, public Saveable {
public:
    /// `irq` and `clock` must outlive the device. `offset` is the guest's clock minus UTC.
    Rtc(IrqLine& irq, DeviceClock& clock, std::chrono::nanoseconds offset = {});

    void read(std::uint64_t offset, std::span<std::byte> data) override;
    void write(std::uint64_t offset, std::span<const std::byte> data) override;

    /// A battery-backed byte that the machine provides (memory sizes, boot order); written again at
    /// each reset. Index 0x0e to 0x7f, except the century.
    void setCmos(std::uint8_t index, std::uint8_t value);
    [[nodiscard]] std::uint8_t cmos(std::uint8_t index) const;
    void setOffset(std::chrono::nanoseconds offset);
    /// What the guest's clock shows now: UTC plus this. A guest that sets its clock changes it, and
    /// the machine keeps it for the next start.
    [[nodiscard]] std::chrono::nanoseconds offset() const;
    /// Bit 7 of the last write to the index port: the guest wants no NMIs.
    [[nodiscard]] bool isNmiMasked() const;
    void reset();

    [[nodiscard]] std::string stateName() const override { return "rtc"; }
    void saveState(StateWriter& out) const override;
    [[nodiscard]] Result<> restoreState(StateReader& in) override;

private:
    [[nodiscard]] RtcInstant instant() const;
    void update();
    /// Sets the wire and the timer from the registers as they are.
    void publish();

    IrqLine& m_irq;
    DeviceClock& m_clock;
    mutable std::mutex m_mutex;
    Mc146818 m_rtc;                                                    // guarded by m_mutex
    std::uint8_t m_index = 0;                                          // guarded by m_mutex
    bool m_nmiMasked = false;                                          // guarded by m_mutex
    std::vector<std::pair<std::uint8_t, std::uint8_t>> m_machineBytes; // guarded by m_mutex
    std::unique_ptr<Timer> m_timer;                                    // last: its callback uses the others
};

} // namespace engine
