// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bus/bus_device.h"
#include "devices/pci/pci_function.h"

#include <mutex>

namespace engine::pci {

/// The SMBus controller of the ICH9 (8086:2930) at 1f.3: datasheet 316972, chapter 21. Its bus is
/// empty: every transaction ends with "device error", as on a board whose memory modules carry no
/// SPD, so software finds the controller and finds nothing on it.
class SmbusController final : public PciFunction {
public:
    SmbusController();
    void reset() override;
    void saveState(StateWriter& out) const override;
    [[nodiscard]] Result<> restoreState(StateReader& in) override;

private:
    class Registers final : public BusDevice {
    public:
        static constexpr std::size_t Count = 64;
        void read(std::uint64_t offset, std::span<std::byte> data) override;
        void write(std::uint64_t offset, std::span<const std::byte> data) override;
        void reset();
        [[nodiscard]] std::array<std::byte, Count> values() const;
        void setValues(const std::array<std::byte, Count>& values);

    private:
        void writeByte(std::size_t at, std::byte value);
        mutable std::mutex m_mutex;
        std::array<std::byte, Count> m_values{}; // guarded by m_mutex
    };
    Registers m_registers;
};

} // namespace engine::pci
