// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/log.h"
#include "devices/pci/pci_function.h"
#include "firmware/firmware_locator.h"
#include "machine/machine_media.h"
#include "machine/pci_topology.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace engine {

/// The network cards of a machine, each a PCI function of its own, from device 16 on.
class NetworkSet {
public:
    /// Everything passed in outlives this object, and so do the cards' backends. `bootRom`: the cards
    /// get the distribution's network boot ROM for this kind of firmware.
    [[nodiscard]] static Result<std::unique_ptr<NetworkSet>>
    create(const std::vector<MachineMedia::NetworkCard>& cards, std::optional<firmware::RomKind> bootRom,
           PciTopology& pci, const GuestMemory& memory, Log& log);

    /// Device paths for firmware's boot order, in the order of the cards.
    [[nodiscard]] const std::vector<std::string>& bootPaths() const { return m_bootPaths; }
    [[nodiscard]] std::vector<Saveable*> saveables() const;

private:
    NetworkSet() = default;
    std::vector<std::unique_ptr<pci::PciFunction>> m_cards;
    std::vector<std::string> m_bootPaths;
};

/// A ROM for network boot costs time at every start, so that cards have one only where the boot order
/// names the network.
[[nodiscard]] std::optional<firmware::RomKind> wantedBootRom(const VmConfig& config);

} // namespace engine
