// SPDX-License-Identifier: GPL-3.0-or-later
#include "machine/pci_topology.h"

#include "machine/address_map.h"

namespace engine {

using pci::InterruptPin;
using pci::PciAddress;

PciTopology::PciTopology(Bus& ports, AddressSpace& space, GsiLines& gsis, Chipset& chipset,
                         const SystemMemory& memory, std::shared_ptr<HostBlock> biosRom,
                         const MachinePlatform& platform)
    : m_services{.ports = ports, .memory = space, .msi = platform.msi, .ioEvents = platform.ioEvents},
      m_pirqs([&gsis](unsigned gsi) { return gsis.wire(gsi); }), m_root(chipset.resetPort()),
      m_hostBridge(m_root, space, memory.lowBlock(), std::move(biosRom)),
      m_lpcBridge(ports, space, m_pirqs, chipset.powerManagement())
{}

Result<std::unique_ptr<PciTopology>> PciTopology::create(Bus& ports, AddressSpace& space, GsiLines& gsis,
                                                         Chipset& chipset, const SystemMemory& memory,
                                                         std::shared_ptr<HostBlock> biosRom,
                                                         const MachinePlatform& platform)
{
    std::unique_ptr<PciTopology> topology(
        new PciTopology(ports, space, gsis, chipset, memory, std::move(biosRom), platform));
    VM_TRY(ports.insert(
        {.base = pci::RootComplex::ConfigPortsBase, .length = pci::RootComplex::ConfigPortsLength},
        topology->m_root.configPorts()));
    VM_TRY(topology->insert({.device = 0, .function = 0}, topology->m_hostBridge));
    VM_TRY(topology->insert({.device = 31, .function = 0}, topology->m_lpcBridge));
    VM_TRY(topology->insert({.device = 31, .function = 3}, topology->m_smbus));
    VM_TRY(topology->m_hostBridge.powerOn());
    return topology;
}

Result<> PciTopology::insert(PciAddress address, pci::PciFunction& function)
{
    const auto pin = static_cast<InterruptPin>(function.configSpace().get8(pci::reg::InterruptPin));
    return m_root.insert(address, function, m_services, m_pirqs.createInput(address, pin));
}

void PciTopology::programAsFirmwareWould()
{
    constexpr std::uint8_t RouteTo10 = 10;
    constexpr std::uint8_t RouteTo11 = 11;
    m_hostBridge.shadowAll();
    m_hostBridge.enableEcam(address_map::EcamBase);
    m_lpcBridge.enablePowerBlock(address_map::PowerBlock);
    m_lpcBridge.setPirqRoutes(RouteTo10, RouteTo11);
}

std::vector<Saveable*> PciTopology::saveables()
{
    return {&m_hostBridge, &m_lpcBridge, &m_smbus};
}

} // namespace engine
