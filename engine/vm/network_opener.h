// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/log.h"
#include "machine/machine_media.h"
#include "net/guest_network.h"
#include "vm/vm_config.h"

#include <memory>
#include <vector>

namespace engine {

/// Makes the networks that a VmConfig asks for, each on a thread of its own, with their forwards and
/// captures.
class NetworkOpener {
public:
    /// `log` outlives this object. Errors name the port or file that cannot be had.
    [[nodiscard]] static Result<std::unique_ptr<NetworkOpener>> open(const VmConfig& config, Log& log);

    /// What the machine plugs in; a card of mode None does not exist.
    [[nodiscard]] const std::vector<MachineMedia::NetworkCard>& cards() const { return m_cards; }
    /// Any thread.
    [[nodiscard]] Result<net::GuestNetwork*> network(std::size_t index) const;
    /// All networks together. Any thread.
    [[nodiscard]] net::NetStatistics statistics() const;

private:
    NetworkOpener() = default;
    [[nodiscard]] Result<> add(const VmConfig& config, std::size_t index, Log& log);

    std::vector<std::unique_ptr<net::GuestNetwork>> m_networks; // one for each in VmConfig; null: None
    std::vector<MachineMedia::NetworkCard> m_cards;
};

/// The card's address: what the configuration says, else one of the locally administered 52:54:00 range
/// that follows from the guest's id, so that it is the same at every start and differs between guests.
[[nodiscard]] MacAddress macAddressOf(const VmConfig& config, std::size_t network);

} // namespace engine
