// SPDX-License-Identifier: GPL-3.0-or-later
#include "machine/network_set.h"

#include "devices/network/e1000e_card.h"
#include "devices/virtio/net_device.h"
#include "devices/virtio/virtio_pci_transport.h"

#include <array>
#include <charconv>

namespace engine {

namespace {

constexpr std::uint8_t FirstDevice = 16;

Result<std::unique_ptr<pci::PciFunction>> createCard(const MachineMedia::NetworkCard& card,
                                                     const std::string& number, const GuestMemory& memory,
                                                     Log& log)
{
    switch (card.model) {
    case NetworkModel::E1000e:
        return std::make_unique<E1000eCard>(*card.backend, card.mac, memory, "e1000e" + number);
    case NetworkModel::Virtio:
        return VM_TRY(virtio::VirtioPciTransport::create(
            "virtio-net" + number, std::make_unique<virtio::NetDevice>(*card.backend, card.mac, log), memory,
            log));
    }
    return fail(ErrorCode::InvalidArgument, "there is no such network card");
}

/// The path of a network card as firmware writes it.
std::string cardPath(std::uint8_t device)
{
    std::array<char, 4> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), device, 16).ptr;
    return "/pci@i0cf8/ethernet@" + std::string(digits.data(), end) + "/ethernet-phy@0";
}

} // namespace

Result<std::unique_ptr<NetworkSet>> NetworkSet::create(const std::vector<MachineMedia::NetworkCard>& cards,
                                                       PciTopology& pci, const GuestMemory& memory, Log& log)
{
    std::unique_ptr<NetworkSet> set(new NetworkSet);
    std::uint8_t device = FirstDevice;
    for (const MachineMedia::NetworkCard& card : cards) {
        auto function = VM_TRY(createCard(card, std::to_string(set->m_cards.size()), memory, log));
        VM_TRY(pci.insert({.device = device, .function = 0}, *function));
        set->m_cards.push_back(std::move(function));
        set->m_bootPaths.push_back(cardPath(device++));
    }
    return set;
}

std::vector<Saveable*> NetworkSet::saveables() const
{
    std::vector<Saveable*> all;
    for (const auto& card : m_cards)
        all.push_back(card.get());
    return all;
}

} // namespace engine
