// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/pci/pci_function.h"
#include "devices/pci/pirq_router.h"

#include <array>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

namespace engine::pci {

/// The LPC interface bridge of the ICH9 (8086:2918) at 1f.0: Intel I/O Controller Hub 9 datasheet
/// (316972), chapter 13. Places the power management block (PMBASE, ACPI_CNTL), routes the PCI
/// interrupts (PIRQ[n]_ROUT) and exposes the chipset configuration registers (RCBA).
class LpcBridge final : public PciFunction {
public:
    static constexpr std::uint64_t PowerBlockBytes = 128;
    static constexpr std::uint64_t ChipsetConfigBytes = 16 * 1024;

    /// `powerBlock` answers the 128 ports at PMBASE. All references outlive this object.
    LpcBridge(Bus& ports, AddressSpace& memory, PirqRouter& pirqs, BusDevice& powerBlock);
    ~LpcBridge() override;
    LpcBridge(const LpcBridge&) = delete;
    LpcBridge& operator=(const LpcBridge&) = delete;
    LpcBridge(LpcBridge&&) = delete;
    LpcBridge& operator=(LpcBridge&&) = delete;

    void reset() override;
    void saveState(StateWriter& out) const override;
    [[nodiscard]] Result<> restoreState(StateReader& in) override;
    /// Where the power management block answers, nullopt while ACPI_EN is clear.
    [[nodiscard]] std::optional<std::uint16_t> powerBase() const { return m_powerBase; }
    /// For guests that start without firmware: what firmware would have programmed.
    void enablePowerBlock(std::uint16_t base);
    void setPirqRoutes(std::uint8_t routeAbEf, std::uint8_t routeCdGh);
    /// Told the SCI's interrupt number (9, 10, 11, 20 to 23) when ACPI_CNTL changes it.
    void setSciRouteListener(std::function<void(unsigned gsi)> listener)
    {
        m_sciListener = std::move(listener);
    }

protected:
    void onConfigWritten(std::uint16_t offset, unsigned width) override;

private:
    /// RCBA space: holds what software writes; the reset values are those that software reads.
    class ChipsetConfig final : public BusDevice {
    public:
        ChipsetConfig() { reset(); }
        void read(std::uint64_t offset, std::span<std::byte> data) override;
        void write(std::uint64_t offset, std::span<const std::byte> data) override;
        void reset();
        [[nodiscard]] std::vector<std::byte> values() const;
        /// `values` has ChipsetConfigBytes.
        void setValues(std::span<const std::byte> values);

    private:
        mutable std::mutex m_mutex;
        std::array<std::byte, ChipsetConfigBytes> m_bytes{}; // guarded by m_mutex
    };
    void applyAll();
    void updatePowerBlock();
    void updateChipsetConfig();
    void updateRoutes();

    Bus& m_ports;
    AddressSpace& m_memory;
    PirqRouter& m_pirqs;
    BusDevice& m_powerBlock;
    ChipsetConfig m_chipsetConfig;
    std::function<void(unsigned)> m_sciListener;
    std::optional<std::uint16_t> m_powerBase;
    std::optional<std::uint64_t> m_chipsetConfigBase;
};

} // namespace engine::pci
