// SPDX-License-Identifier: GPL-3.0-or-later
// The 82574L's rings: what goes in comes out; offsets and bits from the datasheet.
#include "e1000e_guest.h"

#include <random>

namespace {

using namespace engine;
using namespace engine::test;

TEST_F(E1000e, SendsAPacketFromSeveralDescriptors)
{
    startTransmitter();
    const Frame frame = frameTo({1, 2, 3, 4, 5, 6}, 100);
    board.storeBytes(Data, frame);
    describe(TransmitRing, 0, Data, 60, 0);
    describe(TransmitRing, 1, Data + 60, 40 | 0x0900'0000, 0); // EOP, RS
    const auto sent = transmit(2);
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_EQ(sent[0], frame);
    EXPECT_EQ(board.load<std::uint32_t>(TransmitRing + 28) & 1, 1U); // DD
    EXPECT_EQ(get(0x4080), 1U);
    EXPECT_EQ(get(0x4080), 0U); // cleared by reading
}

TEST_F(E1000e, CutsALargeTcpSegment)
{
    constexpr std::uint16_t Mss = 1000;
    const Frame packet = storeLargeSegment(Mss, 2500);
    const auto sent = transmit(2);
    ASSERT_EQ(sent.size(), 3U);
    for (std::size_t i = 0; i < sent.size(); ++i) {
        const std::size_t bytes = i < 2 ? Mss : 500;
        ASSERT_EQ(sent[i].size(), 54 + bytes);
        EXPECT_EQ(word(sent[i], 16), 40 + bytes);
        EXPECT_EQ(word(sent[i], 18), 0x1234 + i);
        EXPECT_EQ(word(sent[i], 40), 7 + 1000 * i); // the sequence number's low half
        EXPECT_EQ(std::to_integer<unsigned>(sent[i][47]), i < 2 ? 0x10U : 0x19U);
        EXPECT_EQ(sumOf(std::span(sent[i]).subspan(14, 20)), 0xffffU);
        const std::uint32_t start =
            sumOf(std::span(sent[i]).subspan(26, 8), 6 + static_cast<std::uint32_t>(20 + bytes));
        EXPECT_EQ(sumOf(std::span(sent[i]).subspan(34), start), 0xffffU);
        EXPECT_TRUE(std::ranges::equal(std::span(sent[i]).subspan(54),
                                       std::span(packet).subspan(54 + 1000 * i, bytes)));
    }
}

TEST_F(E1000e, ReceivesIntoLegacyAndExtendedDescriptors)
{
    for (const std::uint32_t filter : {0U, 0x8000U}) {
        set(0x0000, 1U << 26);
        set(0x5008, filter);
        startReceiver(15);
        const Frame frame = frameTo(Mac, 300);
        network.deliver(frame);
        EXPECT_EQ(get(0x2810), 1U);
        EXPECT_EQ(board.loadBytes(Buffers, 300), frame);
        const std::uint32_t status = filter != 0 ? board.load<std::uint32_t>(ReceiveRing + 8)
                                                 : board.load<std::uint8_t>(ReceiveRing + 12);
        EXPECT_EQ(status & 3, 3U);
        EXPECT_EQ(board.load<std::uint16_t>(ReceiveRing + (filter != 0 ? 12 : 8)), 300);
    }
}

TEST_F(E1000e, SpreadsAFrameOverTheBuffersOfASplitDescriptor)
{
    constexpr std::uint64_t Step = 0x1000;
    for (std::uint32_t i = 0; i < 8; ++i)
        for (std::uint32_t part = 0; part < 4; ++part)
            board.store(ReceiveRing + 32 * i + 8 * part, Buffers + (4 * i + part) * Step);
    set(0x5008, 0x8000);
    set(0x2170, 0x0101'0001); // 128 bytes, none, and 1 KiB twice
    set(0x2800, ReceiveRing);
    set(0x2808, 8 * 32);
    set(0x100, 0x0400'8402); // DTYP
    set(0x2818, 14);         // in units of 16 bytes
    network.settle();
    const Frame frame = frameTo(Mac, 1500);
    network.deliver(frame);
    ASSERT_EQ(get(0x2810), 2U);
    EXPECT_EQ(board.load<std::uint32_t>(ReceiveRing + 8) & 3U, 3U);
    EXPECT_EQ(board.load<std::uint16_t>(ReceiveRing + 12), 128);
    EXPECT_EQ(board.load<std::uint64_t>(ReceiveRing + 16),
              std::uint64_t{1024} << 32 | std::uint64_t{348} << 48);
    Frame stored = board.loadBytes(Buffers, 128);
    for (const auto& [part, bytes] : {std::pair{2, 1024}, std::pair{3, 348}}) {
        const auto more = board.loadBytes(Buffers + static_cast<std::uint64_t>(part) * Step,
                                          static_cast<std::size_t>(bytes));
        stored.insert(stored.end(), more.begin(), more.end());
    }
    EXPECT_EQ(stored, frame);
}

TEST_F(E1000e, HonoursEveryBufferSize)
{
    // RCTL's BSEX and BSIZE (10.2.5.1): a buffer is filled to its end and not beyond.
    const std::pair<std::uint32_t, std::uint32_t> sizes[] = {
        {0, 2048}, {1U << 16, 1024}, {2U << 16, 512}, {3U << 16, 256}, {1U << 25 | 1U << 16, 16384}};
    for (const auto& [bits, bytes] : sizes) {
        set(0x0000, 1U << 26);
        startReceiver(15, 0x0400'8002 | bits);
        network.deliver(frameTo(Mac, 1500));
        EXPECT_EQ(get(0x2810), (1500 + bytes - 1) / bytes);
        EXPECT_EQ(board.load<std::uint16_t>(ReceiveRing + 8), std::min(bytes, 1500U));
    }
}

TEST_F(E1000e, HearsItselfInLoopback)
{
    for (const bool inPhy : {false, true}) {
        set(0x0000, 1U << 26);
        if (inPhy)
            set(0x20, 1U << 26 | 1U << 21 | 0x4140); // the PHY's control register
        startReceiver(15, inPhy ? 0x0400'8002 : 0x0400'8042);
        startTransmitter();
        const Frame frame = frameTo(Mac, 200);
        board.storeBytes(Data, frame);
        describe(TransmitRing, 0, Data, 200 | 0x0300'0000, 0);
        EXPECT_TRUE(transmit(1).empty()) << "nothing goes out";
        EXPECT_EQ(get(0x2810), 1U);
        EXPECT_EQ(board.loadBytes(Buffers, 200), frame);
    }
}

TEST_F(E1000e, KeepsFramesWaitingUntilThereAreBuffers)
{
    startReceiver(2);
    for (int i = 0; i < 5; ++i)
        network.deliver(frameTo(Mac, 100));
    EXPECT_EQ(network.waiting(), 3U);
    EXPECT_EQ(get(0x2810), 2U);
    set(0x2818, 8);
    network.settle();
    EXPECT_EQ(network.waiting(), 0U);
    EXPECT_EQ(get(0x2810), 5U);
}

TEST_F(E1000e, LeavesASegmentOfFullFramesWholeForANetworkThatTakesIt)
{
    const Frame packet = storeLargeSegment(1460, 5000);
    const auto sent = transmit(2);
    ASSERT_EQ(sent.size(), 1U);
    ASSERT_EQ(sent[0].size(), packet.size());
    EXPECT_EQ(word(sent[0], 16), 5040);
    EXPECT_EQ(sumOf(std::span(sent[0]).subspan(14, 20)), 0xffffU);
    EXPECT_EQ(sumOf(std::span(sent[0]).subspan(34), sumOf(std::span(sent[0]).subspan(26, 8), 6 + 5020)),
              0xffffU);
    EXPECT_TRUE(std::ranges::equal(std::span(sent[0]).subspan(54), std::span(packet).subspan(54)));
    EXPECT_EQ(get(0x4080), 4U);                    // GPTC: as a wire has it
    EXPECT_EQ(get(0x4090), 4U * (54 + 4) + 5000U); // GOTCL
}

/// However a driver cuts a frame into descriptors, it leaves whole, and in order.
TEST_F(E1000e, AnyCutOfAFrameIsSentWhole)
{
    std::mt19937 random(317694); // NOLINT(cert-msc51-cpp): the same frames every time
    startTransmitter();
    std::vector<Frame> expected;
    std::uint32_t tail = 0;
    for (int round = 0; round < 200; ++round) {
        Frame frame = frameTo(Mac, 60 + random() % 1455);
        for (std::size_t i = 14; i < frame.size(); ++i)
            frame[i] = std::byte(static_cast<std::uint8_t>(random()));
        const std::uint64_t place = Data + random() % 4096;
        board.storeBytes(place, frame);
        const bool legacy = random() % 2 == 0;
        const unsigned cuts = 1 + static_cast<unsigned>(random() % 6);
        std::size_t at = 0;
        for (unsigned piece = 1; piece <= cuts; ++piece) {
            const std::size_t left = frame.size() - at;
            const auto bytes = static_cast<std::uint32_t>(piece == cuts ? left : random() % (left + 1));
            const std::uint32_t command = (piece == cuts ? 0x0900'0000U : 0) | (legacy ? 0 : 0x2010'0000U);
            describe(TransmitRing, tail, place + at, bytes | command, 0);
            at += bytes;
            tail = (tail + 1) % 16;
        }
        (void)transmit(tail);
        expected.push_back(frame);
        ASSERT_EQ(network.sent().size(), expected.size());
        ASSERT_EQ(network.sent().back(), frame) << "round " << round;
    }
}

/// Whatever buffers a driver offers, a frame arrives whole, and nothing is written beside them.
TEST_F(E1000e, AnyBuffersReceiveAFrameWhole)
{
    std::mt19937 random(10); // NOLINT(cert-msc51-cpp): the same frames every time
    constexpr std::uint64_t Step = 0x8000;
    constexpr std::pair<std::uint32_t, std::uint32_t> Sizes[] = {
        {0, 2048}, {1U << 16, 1024}, {2U << 16, 512}, {3U << 16, 256}, {3U << 27, 3072}};
    for (int round = 0; round < 100; ++round) {
        const auto& [bits, room] = Sizes[random() % std::size(Sizes)];
        set(0x0000, 1U << 26);
        set(0x5008, random() % 2 == 0 ? 0x8000 : 0);
        const bool extended = get(0x5008) != 0;
        for (std::uint32_t i = 0; i < 16; ++i) {
            describe(ReceiveRing, i, Buffers + Step * i, 0, 0);
            board.storeBytes(Buffers + Step * i, std::vector<std::byte>(room + 16, std::byte{0xee}));
        }
        set(0x2800, ReceiveRing);
        set(0x2808, 16 * 16);
        set(0x100, 0x0400'8002 | bits);
        set(0x2818, 15);
        network.settle();
        const Frame frame = frameTo(Mac, 60 + random() % 1455);
        network.deliver(frame);
        Frame received;
        const std::uint32_t used = get(0x2810);
        for (std::uint32_t i = 0; i < used; ++i) {
            const auto bytes = board.load<std::uint16_t>(ReceiveRing + 16 * i + (extended ? 12 : 8));
            const auto status = board.load<std::uint8_t>(ReceiveRing + 16 * i + (extended ? 8 : 12));
            EXPECT_EQ(status & 3, i + 1 == used ? 3 : 1) << "DD, and EOP on the last one";
            const auto piece = board.loadBytes(Buffers + Step * i, bytes);
            received.insert(received.end(), piece.begin(), piece.end());
            EXPECT_EQ(board.loadBytes(Buffers + Step * i + room, 16), Frame(16, std::byte{0xee}));
        }
        ASSERT_EQ(received, frame) << "round " << round;
    }
}

} // namespace
