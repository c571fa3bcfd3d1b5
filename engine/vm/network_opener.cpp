// SPDX-License-Identifier: GPL-3.0-or-later
#include "vm/network_opener.h"

#include <charconv>

namespace engine {

namespace {

/// FNV-1a: spreads the id over the address; not a secret.
std::uint32_t hashOf(std::string_view text, std::size_t salt)
{
    constexpr std::uint64_t Offset = 0xcbf29ce484222325;
    constexpr std::uint64_t Prime = 0x100000001b3;
    std::uint64_t hash = Offset ^ salt;
    for (const char c : text)
        hash = (hash ^ static_cast<unsigned char>(c)) * Prime;
    return static_cast<std::uint32_t>(hash ^ (hash >> 32));
}

} // namespace

MacAddress macAddressOf(const VmConfig& config, std::size_t network)
{
    const std::string& text = config.networks.at(network).macAddress;
    MacAddress mac{};
    if (!text.empty()) {
        constexpr std::size_t Stride = 3; // two digits and a colon; the format is checked by validate()
        for (std::size_t i = 0; i < mac.size() && Stride * i + 2 <= text.size(); ++i)
            std::from_chars(text.data() + Stride * i, text.data() + Stride * i + 2, mac[i], 16);
        return mac;
    }
    const std::uint32_t hash = hashOf(config.id.empty() ? config.name : config.id, network);
    mac = {0x52,
           0x54,
           0x00,
           static_cast<std::uint8_t>(hash >> 16),
           static_cast<std::uint8_t>(hash >> 8),
           static_cast<std::uint8_t>(hash)};
    return mac;
}

Result<std::unique_ptr<NetworkOpener>> NetworkOpener::open(const VmConfig& config, Log& log)
{
    std::unique_ptr<NetworkOpener> opener(new NetworkOpener);
    for (std::size_t i = 0; i < config.networks.size(); ++i)
        VM_TRY(opener->add(config, i, log));
    return opener;
}

Result<> NetworkOpener::add(const VmConfig& config, std::size_t index, Log& log)
{
    const NetworkConfig& network = config.networks[index];
    const MacAddress mac = macAddressOf(config, index);
    if (network.mode == NetworkMode::None) {
        m_networks.push_back(nullptr);
        return {};
    }
    m_networks.push_back(VM_TRY(net::GuestNetwork::create({.name = config.name,
                                                           .mac = mac,
                                                           .mode = network.mode,
                                                           .place = network.name,
                                                           .allowHostLoopback = network.allowHostLoopback,
                                                           .tftpFolder = network.tftpFolder,
                                                           .bootFile = network.bootFile,
                                                           .captureFile = network.captureFile,
                                                           .forwards = network.forwards},
                                                          log)));
    m_cards.push_back({.model = network.model, .backend = m_networks.back().get(), .mac = mac});
    return {};
}

Result<net::GuestNetwork*> NetworkOpener::network(std::size_t index) const
{
    if (index >= m_networks.size() || !m_networks[index])
        return fail(ErrorCode::NotFound, "this guest has no network card number " + std::to_string(index)
                                             + "; cards count from 0");
    return m_networks[index].get();
}

net::NetStatistics NetworkOpener::statistics() const
{
    net::NetStatistics total;
    for (const auto& network : m_networks) {
        if (!network)
            continue;
        const net::NetStatistics one = network->statistics();
        total.toGuestBytes += one.toGuestBytes;
        total.toGuestFrames += one.toGuestFrames;
        total.fromGuestBytes += one.fromGuestBytes;
        total.fromGuestFrames += one.fromGuestFrames;
        total.droppedToGuest += one.droppedToGuest;
        total.droppedFromGuest += one.droppedFromGuest;
    }
    return total;
}

} // namespace engine
