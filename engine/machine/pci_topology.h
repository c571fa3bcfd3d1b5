// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/pci/host_bridge.h"
#include "devices/pci/lpc_bridge.h"
#include "devices/pci/pirq_router.h"
#include "devices/pci/root_complex.h"
#include "devices/pci/smbus_controller.h"
#include "machine/chipset.h"
#include "machine/system_memory.h"

#include <memory>
#include <vector>

namespace engine {

/// PCI bus 0 with the chipset's own functions: host bridge 00.0, LPC bridge 1f.0, SMBus 1f.3. Other
/// functions join through insert() and leave their addresses to the machine.
class PciTopology {
public:
    [[nodiscard]] static Result<std::unique_ptr<PciTopology>>
    create(Bus& ports, AddressSpace& space, GsiLines& gsis, Chipset& chipset, const SystemMemory& memory,
           std::shared_ptr<HostBlock> biosRom, const MachinePlatform& platform);

    [[nodiscard]] pci::RootComplex& root() { return m_root; }
    [[nodiscard]] pci::HostBridge& hostBridge() { return m_hostBridge; }
    [[nodiscard]] pci::LpcBridge& lpcBridge() { return m_lpcBridge; }
    /// `function` outlives this object.
    [[nodiscard]] Result<> insert(pci::PciAddress address, pci::PciFunction& function);
    /// What firmware would program, for a guest that starts without: shadow RAM, configuration window,
    /// power management block, interrupt routes.
    void programAsFirmwareWould();
    /// The chipset's functions; root() comes after all functions.
    [[nodiscard]] std::vector<Saveable*> saveables();

private:
    PciTopology(Bus& ports, AddressSpace& space, GsiLines& gsis, Chipset& chipset, const SystemMemory& memory,
                std::shared_ptr<HostBlock> biosRom, const MachinePlatform& platform);

    pci::PciServices m_services;
    pci::PirqRouter m_pirqs;
    pci::RootComplex m_root;
    pci::HostBridge m_hostBridge;
    pci::LpcBridge m_lpcBridge;
    pci::SmbusController m_smbus;
};

} // namespace engine
