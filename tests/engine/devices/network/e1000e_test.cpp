// SPDX-License-Identifier: GPL-3.0-or-later
// The 82574L as a driver sees it; offsets and bits from the datasheet.
#include "devices/network/e1000e_card.h"
#include "support/pci_test_board.h"
#include "support/recording_network.h"

#include <random>

namespace {

using namespace engine;
using namespace engine::test;

constexpr MacAddress Mac{0x52, 0x54, 0x00, 0x12, 0x34, 0x56};
constexpr std::uint64_t Bar = 0xfe00'0000;
constexpr std::uint64_t MsixBar = 0xfe10'0000;
constexpr std::uint64_t TransmitRing = 0x10000;
constexpr std::uint64_t ReceiveRing = 0x11000;
constexpr std::uint64_t Data = 0x20000;
constexpr std::uint64_t Buffers = 0x40000;

class E1000e : public testing::Test {
protected:
    E1000e()
    {
        board.insert(card);
        board.configWrite(0x10, 4, Bar);
        board.configWrite(0x1c, 4, MsixBar);
        board.configWrite(0x18, 4, 0xc000);
        board.configWrite(0x04, 2, 0x7);
    }
    [[nodiscard]] std::uint32_t get(std::uint32_t at)
    {
        return static_cast<std::uint32_t>(board.mmioRead(Bar + at, 4));
    }
    void set(std::uint32_t at, std::uint32_t value) { board.mmioWrite(Bar + at, 4, value); }
    void startTransmitter()
    {
        set(0x3800, TransmitRing);
        set(0x3808, 16 * 16);
        set(0x400, 0x2);
    }
    /// `count` buffers of 2 KiB in a ring of 16.
    void startReceiver(std::uint32_t count, std::uint32_t control = 0x0400'8002)
    {
        for (std::uint32_t i = 0; i < 16; ++i)
            describe(ReceiveRing, i, Buffers + 2048 * i, 0, 0);
        set(0x2800, ReceiveRing);
        set(0x2808, 16 * 16);
        set(0x100, control);
        set(0x2818, count);
        network.settle();
    }
    void describe(std::uint64_t ring, std::uint32_t index, std::uint64_t first, std::uint32_t third,
                  std::uint32_t fourth)
    {
        board.store(ring + 16 * index, first);
        board.store(ring + 16 * index + 8, third);
        board.store(ring + 16 * index + 12, fourth);
    }
    std::vector<Frame> transmit(std::uint32_t tail)
    {
        set(0x3818, tail);
        EXPECT_TRUE(eventually([&] { return get(0x3810) == tail; }));
        network.settle();
        return network.sent();
    }

    PciTestBoard board;
    RecordingNetwork network;
    E1000eCard card{network, Mac, board.memory, "e1000e0"};
};

Frame frameTo(const MacAddress& destination, std::size_t bytes)
{
    Frame frame(bytes);
    for (std::size_t i = 0; i < bytes; ++i)
        frame[i] = std::byte(static_cast<std::uint8_t>(i));
    std::ranges::copy(std::as_bytes(std::span(destination)), frame.begin());
    frame[12] = std::byte{0x88};
    return frame;
}

std::uint16_t word(std::span<const std::byte> bytes, std::size_t at)
{
    return static_cast<std::uint16_t>(std::to_integer<unsigned>(bytes[at]) << 8
                                      | std::to_integer<unsigned>(bytes[at + 1]));
}

/// The plain sum of RFC 1071, one word at a time.
std::uint32_t sumOf(std::span<const std::byte> bytes, std::uint32_t sum = 0)
{
    for (std::size_t i = 0; i < bytes.size(); ++i)
        sum += std::to_integer<std::uint32_t>(bytes[i]) << (i % 2 == 0 ? 8 : 0);
    while (sum >> 16 != 0)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum;
}

TEST_F(E1000e, ResetsToTheDatasheetsValues)
{
    EXPECT_EQ(board.configRead(0, 4), 0x10d38086U);
    EXPECT_EQ(get(0x0000) & 0x241U, 0x241U); // CTRL: full duplex, link up, 1000
    EXPECT_EQ(get(0x0008) & 0xc3U, 0x83U);   // STATUS: full duplex, link, 1000
    EXPECT_EQ(get(0x5400), 0x12005452U);     // RAL, RAH
    EXPECT_EQ(get(0x5404), 0x80005634U);
    EXPECT_EQ(get(0x0038), 0x8100U);
    EXPECT_EQ(get(0x1010) >> 18 & 1, 1U);
    set(0x2818, 5);
    set(0x0000, 1U << 26);
    EXPECT_EQ(get(0x2818), 0U);
}

TEST_F(E1000e, EepromHasTheAddressAndTheChecksum)
{
    std::uint16_t sum = 0;
    for (std::uint32_t i = 0; i < 64; ++i) {
        set(0x14, i << 2 | 1);
        const std::uint32_t answer = get(0x14);
        ASSERT_EQ(answer & 2, 2U);
        if (i == 2)
            EXPECT_EQ(answer >> 16, 0x5634U);
        sum = static_cast<std::uint16_t>(sum + (answer >> 16));
    }
    EXPECT_EQ(sum, 0xbaba);
}

TEST_F(E1000e, PhyAnswersThroughTheManagementInterface)
{
    const auto readPhy = [&](std::uint32_t number) {
        set(0x20, 0x0820'0000 | number << 16);
        EXPECT_EQ(get(0x20) >> 28 & 5, 1U); // ready, no error
        return get(0x20) & 0xffff;
    };
    EXPECT_EQ(readPhy(2), 0x0141U);
    EXPECT_EQ(readPhy(3), 0x0cb1U);
    EXPECT_EQ(readPhy(1) & 0x24U, 0x24U);
    network.setLink(false);
    EXPECT_EQ(readPhy(1) & 0x24U, 0U);
    EXPECT_EQ(get(0x0008) & 2U, 0U);
    set(0x20, 0x0840'0000); // nobody at address 2
    EXPECT_EQ(get(0x20) >> 30 & 1, 1U);
}

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
    Frame packet = frameTo({1, 2, 3, 4, 5, 6}, 54 + 2500);
    const std::uint8_t headers[40] = {0x45, 0,  0,  0, 0x12, 0x34, 0x40, 0, 64, 6, 0, 0, 10, 0,
                                      2,    15, 10, 0, 2,    2,    1,    2, 3,  4, 0, 0, 0,  7,
                                      0,    0,  0,  9, 0x50, 0x19, 1,    1, 0,  0, 0, 0};
    std::ranges::copy(std::as_bytes(std::span(headers)), packet.begin() + 14);
    packet[12] = std::byte{8};
    packet[13] = std::byte{0};
    const std::uint32_t pseudo = sumOf(std::span(packet).subspan(26, 8), 6);
    packet[50] = std::byte(static_cast<std::uint8_t>(pseudo >> 8));
    packet[51] = std::byte(static_cast<std::uint8_t>(pseudo));
    board.storeBytes(Data, packet);
    startTransmitter();
    board.store(TransmitRing + 0, std::uint32_t{14 | 24 << 8 | 33 << 16});
    board.store(TransmitRing + 4, std::uint32_t{34 | 50 << 8});
    board.store(TransmitRing + 8, std::uint32_t{2500 | 0x2700'0000}); // TCP, IPv4, TSE, DEXT
    board.store(TransmitRing + 12, std::uint32_t{54 << 8 | std::uint32_t{Mss} << 16});
    describe(TransmitRing, 1, Data, static_cast<std::uint32_t>(packet.size()) | 0x2d10'0000, 0x300);
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

TEST_F(E1000e, CountersClearWhenTheyAreRead)
{
    startReceiver(15);
    network.deliver(frameTo(Mac, 300));
    network.deliver(frameTo({0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, 60));
    EXPECT_EQ(get(0x4074), 2U); // GPRC
    EXPECT_EQ(get(0x4074), 0U);
    EXPECT_EQ(get(0x4078), 1U);   // BPRC
    EXPECT_EQ(get(0x405c), 1U);   // PRC64, with the FCS
    EXPECT_EQ(get(0x4068), 1U);   // PRC511
    EXPECT_EQ(get(0x4088), 368U); // GORCL stays
    EXPECT_EQ(get(0x4088), 368U);
    EXPECT_EQ(get(0x408c), 0U); // until GORCH is read
    EXPECT_EQ(get(0x4088), 0U);
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

TEST_F(E1000e, FiltersByAddress)
{
    startReceiver(15);
    const auto accepted = [&](const MacAddress& to) {
        const std::uint32_t before = get(0x2810);
        network.deliver(frameTo(to, 64));
        return get(0x2810) != before;
    };
    const MacAddress other{0x52, 0x54, 0x00, 0, 0, 1};
    const MacAddress group{0x01, 0x00, 0x5e, 0x00, 0x00, 0xfb};
    EXPECT_TRUE(accepted(Mac));
    EXPECT_TRUE(accepted({0xff, 0xff, 0xff, 0xff, 0xff, 0xff}));
    EXPECT_FALSE(accepted(other));
    EXPECT_FALSE(accepted(group));
    const std::uint32_t bits = (0x00U | 0xfbU << 8) >> 4 & 0xfff;
    set(0x5200 + 4 * (bits >> 5), 1U << (bits & 31));
    EXPECT_TRUE(accepted(group));
    set(0x100, 0x0400'800a); // UPE
    EXPECT_TRUE(accepted(other));
    network.setLink(false);
    EXPECT_FALSE(accepted(Mac));
}

TEST_F(E1000e, HoldsTheInterruptLineUntilTheCauseIsRead)
{
    set(0xd0, 0x80); // RXT0
    startReceiver(15);
    network.deliver(frameTo(Mac, 100));
    ASSERT_TRUE(eventually([&] { return board.irq->asserted(); }));
    EXPECT_EQ(get(0xc0) & 0x8000'0080, 0x8000'0080);
    EXPECT_FALSE(board.irq->asserted());
    set(0xc8, 4); // ICS: LSC is masked
    EXPECT_FALSE(board.irq->asserted());
    set(0xd0, 4);
    EXPECT_TRUE(board.irq->asserted());
    set(0xd8, 0xffffffff);
    EXPECT_FALSE(board.irq->asserted());
}

TEST_F(E1000e, SendsTheMessageThatTheAllocationNames)
{
    board.mmioWrite(MsixBar + 16 * 2, 4, 0xfee00000);
    board.mmioWrite(MsixBar + 16 * 2 + 8, 4, 0x77);
    board.mmioWrite(MsixBar + 16 * 2 + 12, 4, 0);
    board.configWrite(0xa2, 2, 0x8000);
    set(0xe4, 0x8 | 2);  // receive queue 0: vector 2
    set(0xdc, 1U << 20); // EIAC
    set(0xd0, 1U << 20);
    startReceiver(15);
    network.deliver(frameTo(Mac, 100));
    ASSERT_TRUE(eventually([&] { return board.msi.count(0x77) == 1; }));
    EXPECT_EQ(get(0xd0) >> 20 & 1, 0U) << "masked until the driver has worked";
    network.deliver(frameTo(Mac, 100));
    network.settle();
    EXPECT_EQ(board.msi.count(0x77), 1U);
    set(0xd0, 1U << 20);
    EXPECT_EQ(board.msi.count(0x77), 2U);
}

TEST_F(E1000e, SurvivesEveryOffsetAndWidth)
{
    for (std::uint64_t at = 0; at < 0x20000; at += 3)
        for (const unsigned width : {1U, 2U, 4U, 8U})
            for (const std::uint64_t value : {std::uint64_t{0}, ~std::uint64_t{0}}) {
                board.mmioWrite(Bar + at, width, value);
                (void)board.mmioRead(Bar + at, width);
            }
    network.settle();
    EXPECT_EQ(board.configRead(0, 4), 0x10d38086U);
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

TEST_F(E1000e, SurvivesRandomRings)
{
    std::mt19937 random(82574); // NOLINT(cert-msc51-cpp): the same rings every time
    std::vector<std::byte> noise(0x8000);
    for (int round = 0; round < 60; ++round) {
        for (std::byte& b : noise)
            b = std::byte(static_cast<std::uint8_t>(random() % 4 == 0 ? random() : 0));
        board.storeBytes(TransmitRing, noise);
        for (const std::uint32_t ring : {0x2800U, 0x3800U, 0x3900U}) {
            set(ring, TransmitRing + (random() % 16) * 16);
            set(ring + 4, random() % 8 == 0 ? 0xffffffff : 0);
            set(ring + 8, random() % 2 == 0 ? 4096 : static_cast<std::uint32_t>(random()));
            set(ring + 16, random() % 32);
        }
        set(0x400, 0x2 | static_cast<std::uint32_t>(random()));
        set(0x100, 0x801e | static_cast<std::uint32_t>(random()));
        set(0x2170, static_cast<std::uint32_t>(random())); // PSRCTL
        set(0x3818, random() % 256);
        set(0x3918, random() % 256);
        set(0x2818, random() % 256);
        network.deliver(frameTo(Mac, 14 + random() % 9000));
        network.settle();
    }
    set(0x0000, 1U << 26);
    startTransmitter();
    describe(TransmitRing, 0, Data, 64 | 0x0900'0000, 0);
    const std::size_t before = network.sent().size();
    EXPECT_GT(transmit(1).size(), before) << "works again after a reset";
}

TEST_F(E1000e, StateSurvivesARoundTrip)
{
    startReceiver(7);
    set(0xd0, 0x80);
    set(0x0e00, 0x12345678);
    network.deliver(frameTo(Mac, 100));
    network.settle();
    StateWriter first;
    card.saveState(first);
    set(0x0000, 1U << 26);
    StateReader in(first.data());
    ASSERT_TRUE(card.restoreState(in));
    StateWriter second;
    card.saveState(second);
    EXPECT_TRUE(std::ranges::equal(first.data(), second.data()));
    EXPECT_EQ(get(0x2810), 1U);
    for (std::size_t cut = 0; cut < first.data().size(); cut += 97) {
        StateReader broken(first.data().first(cut));
        EXPECT_FALSE(card.restoreState(broken));
    }
    EXPECT_EQ(get(0x2818), 7U);
}

} // namespace
