// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/state.h"
#include "bus/bus_device.h"
#include "devices/chipset/reset_request.h"

#include <atomic>
#include <utility>

namespace engine {

/// The reset control register RST_CNT at port CF9 (ICH9 datasheet 13.7.5). It lies inside of the PCI address
/// port, so the PCI host hands byte accesses on to it. Any thread.
class ResetControl final : public BusDevice, public Saveable {
public:
    explicit ResetControl(ResetCallback onReset) : m_onReset(std::move(onReset)) {}

    void read(std::uint64_t offset, std::span<std::byte> data) override;
    /// A change of RST_CPU from 0 to 1 resets; SYS_RST and FULL_RST of the same write choose how.
    void write(std::uint64_t offset, std::span<const std::byte> data) override;
    void reset() { m_value.store(0, std::memory_order_relaxed); }

    [[nodiscard]] std::string stateName() const override { return "reset_control"; }
    void saveState(StateWriter& out) const override;
    [[nodiscard]] Result<> restoreState(StateReader& in) override;

private:
    const ResetCallback m_onReset;
    std::atomic<std::uint8_t> m_value = 0;
};

} // namespace engine
