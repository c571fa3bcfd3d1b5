// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/network/e1000e_card.h"
#include "support/pci_test_board.h"
#include "support/recording_network.h"

#include <gtest/gtest.h>

namespace engine::test {

inline constexpr MacAddress Mac{0x52, 0x54, 0x00, 0x12, 0x34, 0x56};
inline constexpr std::uint64_t Bar = 0xfe00'0000;
inline constexpr std::uint64_t MsixBar = 0xfe10'0000;
inline constexpr std::uint64_t TransmitRing = 0x10000;
inline constexpr std::uint64_t ReceiveRing = 0x11000;
inline constexpr std::uint64_t Data = 0x20000;
inline constexpr std::uint64_t Buffers = 0x40000;

/// An 82574L on a board, as a driver sees it.
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

    /// A TCP segment of 54 bytes of header and `dataBytes` of data, to be cut at `mss`, in two descriptors.
    Frame storeLargeSegment(std::uint16_t mss, std::uint32_t dataBytes);

    PciTestBoard board;
    RecordingNetwork network;
    E1000eCard card{network, Mac, board.memory, "e1000e0"};
};

inline Frame frameTo(const MacAddress& destination, std::size_t bytes)
{
    Frame frame(bytes);
    for (std::size_t i = 0; i < bytes; ++i)
        frame[i] = std::byte(static_cast<std::uint8_t>(i));
    std::ranges::copy(std::as_bytes(std::span(destination)), frame.begin());
    frame[12] = std::byte{0x88};
    return frame;
}

inline std::uint16_t word(std::span<const std::byte> bytes, std::size_t at)
{
    return static_cast<std::uint16_t>(std::to_integer<unsigned>(bytes[at]) << 8
                                      | std::to_integer<unsigned>(bytes[at + 1]));
}

/// The plain sum of RFC 1071, one word at a time.
inline std::uint32_t sumOf(std::span<const std::byte> bytes, std::uint32_t sum = 0)
{
    for (std::size_t i = 0; i < bytes.size(); ++i)
        sum += std::to_integer<std::uint32_t>(bytes[i]) << (i % 2 == 0 ? 8 : 0);
    while (sum >> 16 != 0)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum;
}

inline Frame E1000e::storeLargeSegment(std::uint16_t mss, std::uint32_t dataBytes)
{
    Frame packet = frameTo({1, 2, 3, 4, 5, 6}, 54 + dataBytes);
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
    board.store(TransmitRing + 8, dataBytes | 0x2700'0000); // TCP, IPv4, TSE, DEXT
    board.store(TransmitRing + 12, std::uint32_t{54 << 8} | std::uint32_t{mss} << 16);
    describe(TransmitRing, 1, Data, static_cast<std::uint32_t>(packet.size()) | 0x2d10'0000, 0x300);
    return packet;
}

} // namespace engine::test
