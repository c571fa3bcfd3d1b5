// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/state.h"
#include "bus/bus_device.h"
#include "devices/pci/pci_address.h"
#include "devices/pci/pci_function.h"

#include <functional>
#include <map>
#include <mutex>

namespace engine::pci {

/// Configuration mechanism #1 (PCI 3.0, 3.2.2.3.2) and memory-mapped configuration (PCI Express 3.0,
/// 7.2.2) for bus 0, and the list of functions on it. One lock serialises all configuration accesses
/// and BAR changes; functions are borrowed and must outlive this object.
class RootComplex final : public Saveable {
public:
    static constexpr std::uint16_t ConfigPortsBase = 0xcf8;
    static constexpr std::uint16_t ConfigPortsLength = 8;
    static constexpr std::uint64_t EcamBytes = std::uint64_t{256} << 20;
    /// Buses that can have functions: tables that promise more make guests search them one by one.
    static constexpr unsigned BusCount = 1;

    /// `resetPort` answers byte accesses to CF9h, which lies inside the address port's range.
    explicit RootComplex(BusDevice& resetPort);

    /// Machine setup: connects the function and makes it visible.
    [[nodiscard]] Result<> insert(PciAddress address, PciFunction& function, const PciServices& services,
                                  std::unique_ptr<IrqLine> intx);
    /// For ports CF8h to CFFh.
    [[nodiscard]] BusDevice& configPorts() { return m_configPorts; }
    /// For the ECAM window.
    [[nodiscard]] BusDevice& ecam() { return m_ecam; }
    /// Power-on values everywhere, BARs unmapped.
    void reset();

    [[nodiscard]] std::uint32_t readConfig(PciAddress address, std::uint16_t offset, unsigned width);
    void writeConfig(PciAddress address, std::uint16_t offset, unsigned width, std::uint32_t value);
    [[nodiscard]] const std::map<PciAddress, PciFunction*>& functions() const { return m_functions; }

    [[nodiscard]] std::string stateName() const override { return "pci-root"; }
    void saveState(StateWriter& out) const override;
    /// After all functions were restored: places the BARs that could not move while another function,
    /// not restored yet, was in their place.
    [[nodiscard]] Result<> restoreState(StateReader& in) override;

private:
    class ConfigPorts final : public BusDevice {
    public:
        explicit ConfigPorts(RootComplex& owner) : m_owner(owner) {}
        void read(std::uint64_t offset, std::span<std::byte> data) override;
        void write(std::uint64_t offset, std::span<const std::byte> data) override;

    private:
        RootComplex& m_owner;
    };
    class Ecam final : public BusDevice {
    public:
        explicit Ecam(RootComplex& owner) : m_owner(owner) {}
        void read(std::uint64_t offset, std::span<std::byte> data) override;
        void write(std::uint64_t offset, std::span<const std::byte> data) override;

    private:
        RootComplex& m_owner;
    };

    [[nodiscard]] PciFunction* find(unsigned bus, PciAddress address) const;
    void remapAll();

    BusDevice& m_resetPort;
    ConfigPorts m_configPorts{*this};
    Ecam m_ecam{*this};
    mutable std::recursive_mutex m_mutex;           // a bridge's write may move the ECAM window
    std::map<PciAddress, PciFunction*> m_functions; // fixed after setup
    std::uint32_t m_configAddress = 0;              // CONFIG_ADDRESS; guarded by m_mutex
};

} // namespace engine::pci
