// SPDX-License-Identifier: GPL-3.0-or-later
// VIRTIO 1.2, 5.1: the network card through its PCI function.
#include "devices/virtio/net_device.h"
#include "support/recording_network.h"
#include "support/virtio_guest.h"

#include <gtest/gtest.h>

#include <random>

namespace engine::test {
namespace {

constexpr MacAddress Mac{0x52, 0x54, 0x00, 0x12, 0x34, 0x56};
constexpr std::uint64_t Version1 = 1ULL << 32;
constexpr std::uint64_t ChecksumFeature = 1;
constexpr std::uint64_t MacFeature = 1 << 5;
constexpr std::uint64_t Mergeable = 1 << 15;
constexpr std::uint64_t StatusFeature = 1 << 16;
constexpr std::uint64_t Data = 0x10'0000;
constexpr std::uint32_t HeaderBytes = 12;

class VirtioNet : public testing::Test {
protected:
    void start(std::uint64_t features)
    {
        guest.start(Version1 | MacFeature | StatusFeature | features, 2);
        network.settle();
    }
    void offerBuffers(unsigned count, std::uint32_t bytes)
    {
        for (unsigned i = 0; i < count; ++i)
            guest.offer(0, static_cast<std::uint16_t>(i),
                        {{.address = Data + 0x1000ULL * i, .length = bytes, .writable = true}});
        guest.notify(0);
        network.settle();
    }
    static PciTestBoard& plugIn(PciTestBoard& board, virtio::VirtioPciTransport& card)
    {
        board.insert(card);
        return board;
    }
    static Frame pattern(std::size_t bytes)
    {
        Frame frame(bytes);
        for (std::size_t i = 0; i < bytes; ++i)
            frame[i] = std::byte(static_cast<std::uint8_t>(i * 7));
        return frame;
    }

    PciTestBoard board{4 << 20};
    RecordingNetwork network;
    std::unique_ptr<virtio::VirtioPciTransport> transport =
        virtio::VirtioPciTransport::create(
            "net0", std::make_unique<virtio::NetDevice>(network, Mac, board.log), board.memory, board.log)
            .value();
    VirtioGuest guest{plugIn(board, *transport)};
};

TEST_F(VirtioNet, TellsItsAddressLinkAndMtu)
{
    start(0);
    for (unsigned i = 0; i < 6; ++i)
        EXPECT_EQ(guest.deviceConfig(i, 1), Mac.at(i));
    EXPECT_EQ(guest.deviceConfig(6, 2), 1U);
    EXPECT_EQ(guest.deviceConfig(10, 2), 1500U);
    network.setLink(false);
    EXPECT_EQ(guest.deviceConfig(6, 2), 0U);
    EXPECT_NE(guest.isr() & 2, 0) << "a configuration change is announced";
}

TEST_F(VirtioNet, SendsAFrameWithoutItsHeader)
{
    start(0);
    const Frame frame = pattern(100);
    board.storeBytes(Data, std::vector<std::byte>(HeaderBytes));
    board.storeBytes(Data + 0x1000, frame);
    guest.offer(1, 0, {{.address = Data, .length = HeaderBytes}, {.address = Data + 0x1000, .length = 100}});
    guest.notify(1);
    ASSERT_TRUE(guest.take(1));
    ASSERT_EQ(network.sent().size(), 1U);
    EXPECT_EQ(network.sent()[0], frame);
}

TEST_F(VirtioNet, CompletesAChecksumThatTheDriverBegan)
{
    start(ChecksumFeature);
    std::vector<std::byte> packet(HeaderBytes + 60);
    packet[0] = std::byte{1}; // NEEDS_CSUM
    packet[6] = std::byte{34};
    packet[8] = std::byte{16};
    packet[HeaderBytes + 34] = std::byte{0x12};
    packet[HeaderBytes + 35] = std::byte{0x34};
    board.storeBytes(Data, packet);
    guest.offer(1, 0, {{.address = Data, .length = static_cast<std::uint32_t>(packet.size())}});
    guest.notify(1);
    ASSERT_TRUE(guest.take(1));
    ASSERT_EQ(network.sent().size(), 1U);
    EXPECT_EQ(network.sent()[0][50], std::byte{0xed});
    EXPECT_EQ(network.sent()[0][51], std::byte{0xcb});
}

TEST_F(VirtioNet, SpreadsALargeFrameOverMergeableBuffers)
{
    start(Mergeable);
    offerBuffers(4, 512);
    const Frame frame = pattern(1200);
    network.deliver(frame);
    Frame received;
    for (std::uint32_t i = 0; i < 3; ++i) {
        const auto used = guest.take(0);
        ASSERT_TRUE(used);
        for (std::uint32_t at = i == 0 ? HeaderBytes : 0; at < used->length; ++at)
            received.push_back(board.load<std::byte>(Data + 0x1000ULL * used->head + at));
    }
    EXPECT_EQ(board.load<std::uint16_t>(Data + 10), 3U) << "num_buffers";
    EXPECT_EQ(received, frame);
}

/// However a driver cuts a packet into descriptors, the frame leaves whole.
TEST_F(VirtioNet, AnyCutOfAFrameIsSentWhole)
{
    std::mt19937 random(512); // NOLINT(cert-msc51-cpp): the same frames every time
    start(0);
    for (std::size_t round = 0; round < 200; ++round) {
        Frame frame(14 + random() % 1500);
        for (std::byte& b : frame)
            b = std::byte(static_cast<std::uint8_t>(random()));
        std::vector<std::byte> packet(HeaderBytes);
        packet.insert(packet.end(), frame.begin(), frame.end());
        board.storeBytes(Data, packet);
        std::vector<VirtioGuest::Part> pieces;
        const unsigned cuts = 1 + static_cast<unsigned>(random() % 5);
        std::uint32_t at = 0;
        for (unsigned i = 1; i <= cuts && at < packet.size(); ++i) {
            const auto left = static_cast<std::uint32_t>(packet.size()) - at;
            const auto bytes = i == cuts ? left : 1 + static_cast<std::uint32_t>(random() % left);
            pieces.push_back({.address = Data + at, .length = bytes});
            at += bytes;
        }
        guest.offer(1, 0, pieces);
        guest.notify(1);
        ASSERT_TRUE(guest.take(1));
        ASSERT_EQ(network.sent().size(), round + 1);
        ASSERT_EQ(network.sent().back(), frame) << "round " << round;
    }
}

TEST_F(VirtioNet, KeepsFramesUntilThereAreBuffers)
{
    start(Mergeable);
    network.deliver(pattern(60));
    EXPECT_EQ(network.waiting(), 1U);
    offerBuffers(1, 2048);
    EXPECT_TRUE(guest.take(0));
    EXPECT_EQ(network.waiting(), 0U);
}

TEST_F(VirtioNet, DropsWhatTheDriverGotWrong)
{
    start(ChecksumFeature);
    std::vector<std::byte> packet(HeaderBytes + 60);
    packet[0] = std::byte{1};
    packet[6] = std::byte{0xff}; // a checksum far outside of the frame
    packet[7] = std::byte{0xff};
    board.storeBytes(Data, packet);
    guest.offer(1, 0, {{.address = Data, .length = static_cast<std::uint32_t>(packet.size())}});
    guest.offer(1, 1, {{.address = Data, .length = 5}}); // shorter than a header
    guest.notify(1);
    ASSERT_TRUE(guest.take(1));
    ASSERT_TRUE(guest.take(1));
    EXPECT_TRUE(network.sent().empty());
}

TEST_F(VirtioNet, SurvivesNoiseAndStartsAgain)
{
    std::mt19937 random(5);
    for (int round = 0; round < 20; ++round) {
        start(random() % 2 ? Mergeable | ChecksumFeature : 0);
        for (int i = 0; i < 30; ++i) {
            const auto queue = static_cast<std::uint16_t>(random() % 2);
            guest.setDescriptor(guest.table(queue), random() % 16, Data + random() % 0x40'0000,
                                random() % 5000, static_cast<std::uint16_t>(random() % 8),
                                static_cast<std::uint16_t>(random() % 17));
            guest.offerHead(queue, static_cast<std::uint16_t>(random() % 17));
            guest.notify(queue);
            network.deliver(pattern(random() % 3000));
        }
        network.settle();
    }
    start(Mergeable);
    board.storeBytes(Data, std::vector<std::byte>(HeaderBytes + 60));
    const std::size_t before = network.sent().size();
    guest.offer(1, 0, {{.address = Data, .length = HeaderBytes + 60}});
    guest.notify(1);
    EXPECT_TRUE(eventually([&] { return network.sent().size() > before; }));
}

TEST_F(VirtioNet, ItsStateSurvivesSaving)
{
    start(Mergeable);
    StateWriter first;
    transport->saveState(first);
    StateReader in(first.data());
    ASSERT_TRUE(transport->restoreState(in));
    StateWriter second;
    transport->saveState(second);
    EXPECT_TRUE(std::ranges::equal(first.data(), second.data()));
    transport->resumeWork();
    offerBuffers(1, 2048);
    network.deliver(pattern(60));
    EXPECT_TRUE(guest.take(0));
}

} // namespace
} // namespace engine::test
