// SPDX-License-Identifier: GPL-3.0-or-later
// Hand-made frames into the NAT; real sockets on the host's loopback at the other end.
#include "net/guest_network.h"
#include "net_guest.h"
#include "support/loopback_server.h"

#include <sys/socket.h>

#include <cstring>

namespace {

using namespace engine;
using namespace engine::net;
using namespace engine::test;
using namespace std::chrono_literals;

class UserNetworkTest : public testing::Test {
protected:
    void start(GuestNetwork::Config config)
    {
        config.name = "guest";
        config.mac = GuestMac;
        auto created = GuestNetwork::create(std::move(config), log);
        ASSERT_TRUE(created) << created.error().message();
        network = std::move(*created);
        guest = std::make_unique<NetGuest>(*network);
    }
    Log log;
    std::unique_ptr<GuestNetwork> network;
    std::unique_ptr<NetGuest> guest;
};

Bytes text(std::string_view value)
{
    const auto bytes = std::as_bytes(std::span(value));
    return {bytes.begin(), bytes.end()};
}

TEST_F(UserNetworkTest, OffersAnAddressByDhcp)
{
    start({});
    Bytes udp(8 + 300);
    put(udp, 0, 68, 2);
    put(udp, 2, 67, 2);
    put(udp, 4, udp.size(), 2);
    put(udp, 8, 0x01010600, 4);
    std::ranges::copy(std::as_bytes(std::span(GuestMac)), udp.begin() + 8 + 28);
    put(udp, 8 + 236, 0x63825363, 4);
    put(udp, 8 + 240, 0x350101ff, 4); // DISCOVER
    guest->send(ipv4Frame(17, 0, 0xffffffff, udp, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff}));
    const Bytes offer = guest->waitFor([](const Bytes& frame) {
        return frame.size() > 300 && get(frame, 23, 1) == 17 && get(frame, 34, 2) == 67;
    });
    ASSERT_FALSE(offer.empty());
    EXPECT_EQ(get(offer, 14 + 20 + 8 + 16, 4), 0x0a00020fU);
    EXPECT_EQ(network->statistics().fromGuestFrames, 1U);
}

TEST_F(UserNetworkTest, CarriesUdpToAServerAndBack)
{
    start({.allowHostLoopback = true});
    const LoopbackSocket server(SOCK_DGRAM);
    Bytes udp(8);
    put(udp, 0, 5000, 2);
    put(udp, 2, server.port(), 2);
    put(udp, 4, 12, 2);
    const Bytes ping = text("ping");
    udp.insert(udp.end(), ping.begin(), ping.end());
    guest->send(ipv4Frame(17, 0x0a00020f, 0x0a000202, udp));
    ASSERT_TRUE(waitReadable(server.fd(), 20s));
    char buffer[16];
    sockaddr_storage peer{};
    socklen_t length = sizeof peer;
    ASSERT_EQ(::recvfrom(server.fd(), buffer, sizeof buffer, 0, reinterpret_cast<sockaddr*>(&peer), &length),
              4);
    ASSERT_EQ(::sendto(server.fd(), "pong!", 5, 0, reinterpret_cast<sockaddr*>(&peer), length), 5);
    const Bytes answer =
        guest->waitFor([](const Bytes& frame) { return frame.size() == 47 && get(frame, 36, 2) == 5000; });
    ASSERT_FALSE(answer.empty());
    EXPECT_EQ(std::memcmp(answer.data() + 42, "pong!", 5), 0);
}

TEST_F(UserNetworkTest, KeepsTheHostsLoopbackToItself)
{
    start({});
    const LoopbackSocket server(SOCK_DGRAM);
    Bytes udp(9);
    put(udp, 0, 5000, 2);
    put(udp, 2, server.port(), 2);
    put(udp, 4, 9, 2);
    guest->send(ipv4Frame(17, 0x0a00020f, 0x0a000202, udp));
    EXPECT_FALSE(waitReadable(server.fd(), 300ms));
}

/// Takes a connection that came through a forward: SYN in, SYN and ACK back; the guest's next number is 1001.
Bytes acceptInGuest(NetGuest& guest)
{
    Bytes syn = guest.waitForTcp(0x02);
    if (syn.empty())
        return syn;
    guest.send(tcpFrame({.to = get(syn, 26, 4),
                         .sourcePort = 22,
                         .destinationPort = static_cast<std::uint16_t>(get(syn, 34, 2)),
                         .sequence = 1000,
                         .acknowledgement = get(syn, 38, 4) + 1,
                         .flags = 0x12},
                        {}));
    return syn;
}

TEST_F(UserNetworkTest, ForwardsTcpBothWaysWhileItRuns)
{
    start({});
    const PortForward rule{.hostPort = LoopbackSocket::freePort(SOCK_STREAM), .guestPort = 22};
    ASSERT_TRUE(network->addForward(rule));
    EXPECT_EQ(network->forwards(), std::vector{rule});
    const UniqueFd client = connectTo(rule.hostPort);
    ASSERT_TRUE(client);
    const Bytes syn = acceptInGuest(*guest);
    ASSERT_FALSE(syn.empty());
    ASSERT_EQ(::send(client.get(), "hello", 5, 0), 5);
    const Bytes data =
        guest->waitFor([](const Bytes& frame) { return frame.size() == 59 && get(frame, 23, 1) == 6; });
    ASSERT_FALSE(data.empty());
    EXPECT_EQ(std::memcmp(data.data() + 54, "hello", 5), 0);
    guest->send(tcpFrame({.to = get(syn, 26, 4),
                          .sourcePort = 22,
                          .destinationPort = static_cast<std::uint16_t>(get(syn, 34, 2)),
                          .sequence = 1001,
                          .acknowledgement = get(data, 38, 4) + 5,
                          .flags = 0x18},
                         text("SSH-2.0")));
    char buffer[16];
    ASSERT_TRUE(waitReadable(client.get(), 20s));
    ASSERT_EQ(::recv(client.get(), buffer, sizeof buffer, 0), 7);
    EXPECT_EQ(std::memcmp(buffer, "SSH-2.0", 7), 0);
    const NetworkView view = network->view();
    ASSERT_EQ(view.flows.size(), 1U);
    EXPECT_EQ(view.flows[0].state, FlowState::Open);
    EXPECT_EQ(view.flows[0].key.guestPort, 22);
    EXPECT_FALSE(view.flows[0].startedByGuest);
    EXPECT_GE(view.flows[0].bytesFromGuest, 54U + 7U);
    EXPECT_EQ(view.listening, std::vector<std::uint16_t>{22});
    ASSERT_FALSE(view.addresses.empty());
    EXPECT_EQ(view.addresses[0].toText(), "10.0.2.15");
    ASSERT_TRUE(network->removeForward(rule));
    EXPECT_FALSE(connectTo(rule.hostPort));
    EXPECT_FALSE(network->removeForward(rule));
}

TEST_F(UserNetworkTest, NamesABusyPort)
{
    start({});
    const LoopbackSocket other(SOCK_STREAM);
    const auto added = network->addForward({.hostPort = other.port(), .guestPort = 22});
    ASSERT_FALSE(added);
    EXPECT_EQ(added.error().code, ErrorCode::Busy);
    EXPECT_NE(added.error().message().find(std::to_string(other.port())), std::string::npos);
    EXPECT_TRUE(network->forwards().empty());
    const auto created =
        GuestNetwork::create({.name = "g", .forwards = {{.hostPort = other.port(), .guestPort = 22}}}, log);
    ASSERT_FALSE(created);
    EXPECT_EQ(created.error().code, ErrorCode::Busy);
}

TEST_F(UserNetworkTest, HoldsFramesBackWhileTheGuestHasNoRoom)
{
    start({});
    const PortForward rule{.hostPort = LoopbackSocket::freePort(SOCK_STREAM), .guestPort = 22};
    ASSERT_TRUE(network->addForward(rule));
    const UniqueFd client = connectTo(rule.hostPort);
    ASSERT_FALSE(acceptInGuest(*guest).empty());
    guest->setFull(true);
    ASSERT_EQ(::send(client.get(), "later", 5, 0), 5);
    std::this_thread::sleep_for(100ms);
    guest->setFull(false);
    EXPECT_FALSE(guest->waitFor([](const Bytes& frame) { return frame.size() == 59; }).empty());
    EXPECT_EQ(network->statistics().droppedToGuest, 0U);
}

TEST_F(UserNetworkTest, DropsForgedFramesAndPulledCables)
{
    start({});
    Bytes forged = tcpFrame({.flags = 2}, {});
    forged[11] = std::byte{0xff};
    guest->send(forged);
    EXPECT_EQ(network->statistics().droppedFromGuest, 1U);
    network->setLink(false);
    guest->send(tcpFrame({.flags = 2}, {}));
    EXPECT_EQ(network->statistics().fromGuestFrames, 0U);
}

} // namespace
