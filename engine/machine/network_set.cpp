// SPDX-License-Identifier: GPL-3.0-or-later
#include "machine/network_set.h"

#include "devices/network/e1000e_card.h"
#include "devices/virtio/net_device.h"
#include "devices/virtio/virtio_pci_transport.h"
#include "firmware/firmware_image.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace engine {

namespace {

constexpr std::uint8_t FirstDevice = 16;

using BootRom = std::span<const std::byte>;

Result<std::unique_ptr<pci::PciFunction>> createCard(const MachineMedia::NetworkCard& card,
                                                     const std::string& number, BootRom rom,
                                                     const GuestMemory& memory, Log& log)
{
    switch (card.model) {
    case NetworkModel::E1000e: {
        auto e1000e = std::make_unique<E1000eCard>(*card.backend, card.mac, memory, "e1000e" + number);
        if (!rom.empty())
            VM_TRY(e1000e->setBootRom(rom));
        return e1000e;
    }
    case NetworkModel::Virtio: {
        auto transport = VM_TRY(virtio::VirtioPciTransport::create(
            "virtio-net" + number, std::make_unique<virtio::NetDevice>(*card.backend, card.mac, log), memory,
            log));
        if (!rom.empty())
            VM_TRY(transport->setBootRom(rom));
        return transport;
    }
    }
    return fail(ErrorCode::InvalidArgument, "there is no such network card");
}

Result<std::vector<std::byte>> readBootRom(NetworkModel model, firmware::RomKind kind)
{
    const auto card =
        model == NetworkModel::Virtio ? firmware::NetworkCard::Virtio : firmware::NetworkCard::E1000e;
    const auto path = VM_TRY(firmware::FirmwareLocator().networkBootRom(card, kind));
    return VM_TRY(firmware::readImage(path, firmware::ImageKind::OptionRom)).content;
}

/// The path of a network card as firmware writes it.
std::string cardPath(std::uint8_t device)
{
    std::array<char, 4> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), device, 16).ptr;
    return "/pci@i0cf8/ethernet@" + std::string(digits.data(), end) + "/ethernet-phy@0";
}

} // namespace

std::optional<firmware::RomKind> wantedBootRom(const VmConfig& config)
{
    const bool fromNetwork =
        std::ranges::find(config.bootOrder, BootDevice::Network) != config.bootOrder.end();
    if (config.kernel || !fromNetwork)
        return std::nullopt;
    return config.firmware.kind == FirmwareKind::Ovmf ? firmware::RomKind::Uefi : firmware::RomKind::Bios;
}

Result<std::unique_ptr<NetworkSet>> NetworkSet::create(const std::vector<MachineMedia::NetworkCard>& cards,
                                                       std::optional<firmware::RomKind> bootRom,
                                                       PciTopology& pci, const GuestMemory& memory, Log& log)
{
    std::unique_ptr<NetworkSet> set(new NetworkSet);
    std::uint8_t device = FirstDevice;
    for (const MachineMedia::NetworkCard& card : cards) {
        std::vector<std::byte> rom;
        if (bootRom)
            rom = VM_TRY(readBootRom(card.model, *bootRom));
        auto function = VM_TRY(createCard(card, std::to_string(set->m_cards.size()), rom, memory, log));
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
