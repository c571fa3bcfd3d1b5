// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/frame_filter.h"
#include "net_guest.h"

#include <random>

namespace {

using namespace engine;
using namespace engine::net;
using namespace engine::test;

bool tcpChecksumIsRight(const Bytes& frame)
{
    std::uint32_t sum = sumWords(frame, 26, 34) + 6 + static_cast<std::uint32_t>(frame.size() - 34);
    sum += sumWords(frame, 34, frame.size());
    while (sum >> 16 != 0)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum == 0xffff;
}

TEST(FrameFilter, MakesUrgentDataOrdinaryAndKeepsTheChecksumRight)
{
    std::mt19937 random(1); // NOLINT(cert-msc51-cpp): the same packets every time
    for (int round = 0; round < 500; ++round) {
        Bytes data(random() % 50);
        for (std::byte& b : data)
            b = std::byte(static_cast<std::uint8_t>(random()));
        Bytes frame = tcpFrame({.sequence = static_cast<std::uint32_t>(random()),
                                .flags = static_cast<std::uint8_t>(random()),
                                .urgentPointer = static_cast<std::uint16_t>(random())},
                               data);
        ASSERT_TRUE(tcpChecksumIsRight(frame));
        ASSERT_EQ(sanitizeGuestFrame(frame, GuestMac), FrameVerdict::Accepted);
        EXPECT_EQ(std::to_integer<unsigned>(frame[47]) & 0x20, 0U);
        EXPECT_EQ(std::to_integer<unsigned>(frame[52]) | std::to_integer<unsigned>(frame[53]), 0U);
        EXPECT_TRUE(tcpChecksumIsRight(frame));
    }
}

TEST(FrameFilter, RefusesForgedSendersAndBadLengths)
{
    Bytes frame = tcpFrame({}, {});
    EXPECT_EQ(sanitizeGuestFrame(frame, {1, 2, 3, 4, 5, 6}), FrameVerdict::ForeignSender);
    EXPECT_EQ(sanitizeGuestFrame(std::span(frame).first(13), GuestMac), FrameVerdict::BadLength);
    Bytes huge(LongestFrameBytes + 1);
    EXPECT_EQ(sanitizeGuestFrame(huge, GuestMac), FrameVerdict::BadLength);
    EXPECT_EQ(sanitizeGuestFrame(std::span(frame).first(40), GuestMac), FrameVerdict::BadHeader);
}

TEST(FrameFilter, RefusesFragmentsThatCouldHideTheUrgentFlag)
{
    for (const int bits : {0x20, 0x01}) {
        Bytes frame = tcpFrame({.flags = 0x20}, {});
        frame[bits == 0x20 ? 20 : 21] = std::byte(static_cast<std::uint8_t>(bits));
        EXPECT_EQ(sanitizeGuestFrame(frame, GuestMac), FrameVerdict::BadHeader);
    }
}

TEST(FrameFilter, SurvivesNoise)
{
    std::mt19937 random(2); // NOLINT(cert-msc51-cpp): the same noise every time
    for (int round = 0; round < 20000; ++round) {
        Bytes frame = tcpFrame({}, Bytes(20));
        frame.resize(random() % (frame.size() + 1));
        for (int i = 0; i < 4 && frame.size() > 14; ++i)
            frame[12 + random() % (frame.size() - 12)] = std::byte(static_cast<std::uint8_t>(random()));
        if (sanitizeGuestFrame(frame, GuestMac) == FrameVerdict::Accepted)
            EXPECT_GE(frame.size(), EthernetHeaderBytes);
    }
}

} // namespace
