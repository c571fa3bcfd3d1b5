// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/log.h"
#include "devices/pci/pci_function.h"
#include "machine/machine_media.h"
#include "machine/pci_topology.h"

#include <memory>
#include <string>
#include <vector>

namespace engine {

/// The network cards of a machine, each a PCI function of its own, from device 16 on.
class NetworkSet {
public:
    /// Everything passed in outlives this object, and so do the cards' backends.
    [[nodiscard]] static Result<std::unique_ptr<NetworkSet>>
    create(const std::vector<MachineMedia::NetworkCard>& cards, PciTopology& pci, const GuestMemory& memory,
           Log& log);

    /// Device paths for firmware's boot order, in the order of the cards.
    [[nodiscard]] const std::vector<std::string>& bootPaths() const { return m_bootPaths; }
    [[nodiscard]] std::vector<Saveable*> saveables() const;

private:
    NetworkSet() = default;
    std::vector<std::unique_ptr<pci::PciFunction>> m_cards;
    std::vector<std::string> m_bootPaths;
};

} // namespace engine
