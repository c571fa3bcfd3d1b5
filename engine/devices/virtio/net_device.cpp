// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/virtio/net_device.h"

#include "devices/network/checksum.h"

#include <algorithm>
#include <cstring>

namespace engine::virtio {

namespace {

// VIRTIO 1.2, 5.1.3
constexpr std::uint64_t FeatureChecksum = 1ULL << 0;      // VIRTIO_NET_F_CSUM
constexpr std::uint64_t FeatureGuestChecksum = 1ULL << 1; // VIRTIO_NET_F_GUEST_CSUM
constexpr std::uint64_t FeatureMtu = 1ULL << 3;           // VIRTIO_NET_F_MTU
constexpr std::uint64_t FeatureMac = 1ULL << 5;           // VIRTIO_NET_F_MAC
constexpr std::uint64_t FeatureHostTso4 = 1ULL << 11;     // VIRTIO_NET_F_HOST_TSO4
constexpr std::uint64_t FeatureHostTso6 = 1ULL << 12;     // VIRTIO_NET_F_HOST_TSO6
constexpr std::uint64_t FeatureMergeable = 1ULL << 15;    // VIRTIO_NET_F_MRG_RXBUF
constexpr std::uint64_t FeatureStatus = 1ULL << 16;       // VIRTIO_NET_F_STATUS

constexpr std::uint16_t StatusLinkUp = 1; // VIRTIO_NET_S_LINK_UP
constexpr std::uint16_t Mtu = 1500;
constexpr std::size_t LargeFrame = 65536;
constexpr unsigned ReceiveQueue = 0;

/// struct virtio_net_hdr (5.1.6)
struct PacketHeader {
    std::uint8_t flags;
    std::uint8_t segmentation; ///< gso_type
    std::uint16_t headerLength;
    std::uint16_t segmentSize;
    std::uint16_t checksumStart;
    std::uint16_t checksumOffset;
    std::uint16_t buffers; ///< num_buffers
};
static_assert(sizeof(PacketHeader) == 12);
constexpr std::uint8_t FlagNeedsChecksum = 1; // VIRTIO_NET_HDR_F_NEEDS_CSUM
constexpr std::uint8_t FlagDataValid = 2;     // VIRTIO_NET_HDR_F_DATA_VALID

/// struct virtio_net_config (5.1.4), as far as its features are offered
struct NetConfigSpace {
    std::array<std::uint8_t, 6> mac;
    std::uint16_t status;
    std::uint16_t queuePairs;
    std::uint16_t mtu;
};
static_assert(sizeof(NetConfigSpace) == 12);

} // namespace

NetDevice::NetDevice(NetBackend& backend, const MacAddress& mac, Log& log)
    : m_backend(backend), m_mac(mac), m_log(log), m_linkUp(backend.isLinkUp())
{
    m_backend.attach(this);
}

NetDevice::~NetDevice()
{
    m_backend.attach(nullptr);
    m_backend.loop().runAndWait([this] { *m_alive = false; });
}

std::uint64_t NetDevice::offeredFeatures() const
{
    std::uint64_t features =
        FeatureChecksum | FeatureGuestChecksum | FeatureMtu | FeatureMac | FeatureMergeable | FeatureStatus;
    if (m_backend.maxFrameBytes() >= LargeFrame)
        features |= FeatureHostTso4 | FeatureHostTso6;
    return features;
}

void NetDevice::connect(DeviceServices& services, const GuestMemory& /*memory*/)
{
    m_backend.loop().runAndWait([&] { m_services = &services; });
}

void NetDevice::readConfig(std::uint64_t offset, std::span<std::byte> data)
{
    const NetConfigSpace config{
        .mac = m_mac, .status = m_linkUp ? StatusLinkUp : std::uint16_t{0}, .queuePairs = 1, .mtu = Mtu};
    readConfigFrom(config, offset, data);
}

void NetDevice::activate(const ActivationResources& resources)
{
    m_features = resources.features;
    m_receive = resources.queues.at(0);
    m_transmit = resources.queues.at(1);
    m_buffers.clear();
}

void NetDevice::onQueueNotified(unsigned queue)
{
    if (queue == ReceiveQueue) {
        if (m_receive)
            m_receive->suppressNotifications();
        m_backend.receiveReady();
    } else if (m_transmit) {
        m_transmit->drain([this](const DescriptorChain& chain) { transmit(chain); });
    }
}

void NetDevice::onQueueReset(unsigned queue, std::move_only_function<void()> done)
{
    if (queue == ReceiveQueue)
        m_buffers.clear();
    done();
}

void NetDevice::reset(std::move_only_function<void()> done)
{
    m_receive = nullptr;
    m_transmit = nullptr;
    m_features = 0;
    m_buffers.clear();
    done();
}

void NetDevice::transmit(const DescriptorChain& chain)
{
    const auto header = chain.readObject<PacketHeader>(0);
    const std::uint64_t readable = chain.readableBytes();
    const bool fits =
        readable > sizeof(PacketHeader) && readable - sizeof(PacketHeader) <= m_backend.maxFrameBytes();
    if (header && fits) {
        m_outgoing.resize(static_cast<std::size_t>(readable - sizeof(PacketHeader)));
        bool good = chain.read(sizeof(PacketHeader), m_outgoing).has_value();
        if (good && (header->flags & FlagNeedsChecksum) != 0)
            good = network::completeChecksum(m_outgoing, header->checksumStart,
                                             std::size_t{header->checksumStart} + header->checksumOffset);
        if (good)
            m_backend.send(m_outgoing);
        else
            m_log.warning("virtio-net", "dropped a packet with an impossible header from the guest");
    }
    m_transmit->complete(chain, 0);
}

bool NetDevice::collectBuffers(std::size_t bytes)
{
    std::uint64_t room = 0;
    for (const DescriptorChain& chain : m_buffers)
        room += chain.writableBytes();
    const std::size_t most = hasFeature(FeatureMergeable) ? QueueSize : 1;
    while (room < bytes && m_buffers.size() < most) {
        auto chain = m_receive->pop();
        if (!chain)
            return false;
        room += chain->writableBytes();
        m_buffers.push_back(*std::move(chain));
    }
    return true;
}

bool NetDevice::receiveFrame(std::span<const std::byte> frame)
{
    if (!m_receive || !m_receive->isReady())
        return true; // no driver: the frame goes nowhere, as on a card that is switched off
    const std::size_t bytes = sizeof(PacketHeader) + frame.size();
    while (!collectBuffers(bytes)) {
        if (!m_receive->isReady())
            return true;
        if (!m_receive->requestNotifications()) // true: some arrived just now
            return false;
    }
    m_packet.assign(sizeof(PacketHeader), std::byte{0});
    m_packet.insert(m_packet.end(), frame.begin(), frame.end());
    storeFrame(m_packet);
    return true;
}

void NetDevice::storeFrame(std::span<const std::byte> packet)
{
    std::size_t used = 0;
    std::uint64_t room = 0;
    while (used < m_buffers.size() && room < packet.size())
        room += m_buffers[used++].writableBytes();
    if (room < packet.size()) {
        m_log.warning("virtio-net", "dropped a frame: the guest's receive buffers are too small");
        return;
    }
    // The sender is our own network, whose checksums are right.
    PacketHeader header{};
    header.flags = hasFeature(FeatureGuestChecksum) ? FlagDataValid : std::uint8_t{0};
    header.buffers = static_cast<std::uint16_t>(used);
    std::memcpy(m_packet.data(), &header, sizeof header);
    std::size_t offset = 0;
    for (std::size_t i = 0; i < used; ++i) {
        const DescriptorChain& chain = m_buffers[i];
        const auto part =
            static_cast<std::size_t>(std::min<std::uint64_t>(chain.writableBytes(), packet.size() - offset));
        if (!chain.write(0, packet.subspan(offset, part))) {
            m_buffers.clear();
            return m_receive->breakQueue("a receive buffer lies outside of RAM");
        }
        m_receive->complete(chain, static_cast<std::uint32_t>(part));
        offset += part;
    }
    m_buffers.erase(m_buffers.begin(), m_buffers.begin() + static_cast<std::ptrdiff_t>(used));
    publishSoon();
}

void NetDevice::publishSoon()
{
    if (m_publishing)
        return;
    m_publishing = true;
    m_backend.loop().defer([this, alive = m_alive] {
        if (!*alive)
            return;
        m_publishing = false;
        if (m_receive)
            m_receive->publish();
    });
}

void NetDevice::linkChanged(bool up)
{
    m_linkUp = up;
    if (m_services)
        m_services->configurationChanged();
}

Result<> NetDevice::restoreState(StateReader& in)
{
    (void)in.version(1);
    return in.finish();
}

} // namespace engine::virtio
