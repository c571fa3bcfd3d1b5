// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "net/guest_network.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace engine::test {

using Bytes = std::vector<std::byte>;
constexpr MacAddress GuestMac{0x52, 0x54, 0x00, 0x12, 0x34, 0x56};
constexpr MacAddress RouterMac{0x52, 0x55, 10, 0, 2, 2};

inline std::uint32_t sumWords(std::span<const std::byte> bytes, std::size_t from, std::size_t to)
{
    std::uint32_t sum = 0;
    for (std::size_t i = from; i < to; ++i)
        sum += std::to_integer<std::uint32_t>(bytes[i]) << ((i - from) % 2 == 0 ? 8 : 0);
    return sum;
}

inline std::uint16_t fold(std::uint32_t sum)
{
    while (sum >> 16 != 0)
        sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<std::uint16_t>(~sum);
}

inline void put(Bytes& bytes, std::size_t at, std::uint64_t value, std::size_t width)
{
    for (std::size_t i = 0; i < width; ++i)
        bytes.at(at + i) = std::byte(static_cast<std::uint8_t>(value >> (8 * (width - 1 - i))));
}

inline std::uint32_t get(std::span<const std::byte> bytes, std::size_t at, std::size_t width)
{
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < width; ++i)
        value = value << 8 | std::to_integer<std::uint32_t>(bytes[at + i]);
    return value;
}

/// An IPv4 packet in an Ethernet frame; 14 + 20 bytes before `payload`.
inline Bytes ipv4Frame(std::uint8_t protocol, std::uint32_t from, std::uint32_t to, const Bytes& payload,
                       const MacAddress& destination = RouterMac)
{
    Bytes frame(34);
    std::ranges::copy(std::as_bytes(std::span(destination)), frame.begin());
    std::ranges::copy(std::as_bytes(std::span(GuestMac)), frame.begin() + 6);
    put(frame, 12, 0x0800, 2);
    put(frame, 14, 0x45, 1);
    put(frame, 16, 20 + payload.size(), 2);
    put(frame, 22, 64, 1);
    put(frame, 23, protocol, 1);
    put(frame, 26, from, 4);
    put(frame, 30, to, 4);
    put(frame, 24, fold(sumWords(frame, 14, 34)), 2);
    frame.insert(frame.end(), payload.begin(), payload.end());
    return frame;
}

struct TcpFields {
    std::uint32_t from = 0x0a00020f; ///< 10.0.2.15
    std::uint32_t to = 0x0a000202;   ///< 10.0.2.2
    std::uint16_t sourcePort = 4000;
    std::uint16_t destinationPort = 80;
    std::uint32_t sequence = 1;
    std::uint32_t acknowledgement = 0;
    std::uint8_t flags = 0x10;
    std::uint16_t urgentPointer = 0;
};

inline Bytes tcpFrame(const TcpFields& tcp, const Bytes& data)
{
    Bytes segment(20);
    put(segment, 0, tcp.sourcePort, 2);
    put(segment, 2, tcp.destinationPort, 2);
    put(segment, 4, tcp.sequence, 4);
    put(segment, 8, tcp.acknowledgement, 4);
    put(segment, 12, 0x50, 1);
    put(segment, 13, tcp.flags, 1);
    put(segment, 14, 0xffff, 2);
    put(segment, 18, tcp.urgentPointer, 2);
    segment.insert(segment.end(), data.begin(), data.end());
    Bytes frame = ipv4Frame(6, tcp.from, tcp.to, segment);
    const std::uint32_t pseudo = sumWords(frame, 26, 34) + 6 + static_cast<std::uint32_t>(segment.size());
    put(frame, 50, fold(pseudo + sumWords(frame, 34, frame.size())), 2);
    return frame;
}

/// The guest's end of a GuestNetwork: keeps frames until a test looks for them, and answers ARP.
class NetGuest final : public NetClient {
public:
    explicit NetGuest(net::GuestNetwork& network) : m_network(network) { network.attach(this); }
    ~NetGuest() override { m_network.attach(nullptr); }
    NetGuest(const NetGuest&) = delete;
    NetGuest& operator=(const NetGuest&) = delete;
    NetGuest(NetGuest&&) = delete;
    NetGuest& operator=(NetGuest&&) = delete;

    [[nodiscard]] bool receiveFrame(std::span<const std::byte> frame) override
    {
        std::scoped_lock lock(m_mutex);
        if (m_isFull)
            return false;
        m_frames.emplace_back(frame.begin(), frame.end());
        m_changed.notify_all();
        if (frame.size() >= 42 && get(frame, 12, 2) == 0x0806 && get(frame, 20, 2) == 1)
            m_network.loop().defer([this, reply = arpReply(frame)] { m_network.send(reply); });
        return true;
    }
    void linkChanged(bool /*up*/) override {}

    void send(const Bytes& frame)
    {
        m_network.loop().runAndWait([&] { m_network.send(frame); });
    }
    void setFull(bool full)
    {
        {
            std::scoped_lock lock(m_mutex);
            m_isFull = full;
        }
        if (!full)
            m_network.loop().runAndWait([&] { m_network.receiveReady(); });
    }
    /// The first frame that `matches`, which is taken away; empty after 20 s.
    template <class Matches>
    [[nodiscard]] Bytes waitFor(Matches matches)
    {
        std::unique_lock lock(m_mutex);
        Bytes found;
        (void)m_changed.wait_for(lock, std::chrono::seconds(20), [&] {
            const auto frame = std::ranges::find_if(m_frames, matches);
            if (frame == m_frames.end())
                return false;
            found = *frame;
            m_frames.erase(frame);
            return true;
        });
        return found;
    }
    [[nodiscard]] Bytes waitForTcp(std::uint8_t flags)
    {
        return waitFor([flags](const Bytes& frame) {
            return frame.size() >= 54 && get(frame, 12, 2) == 0x0800 && get(frame, 23, 1) == 6
                   && (get(frame, 47, 1) & flags) == flags;
        });
    }

private:
    static Bytes arpReply(std::span<const std::byte> request)
    {
        Bytes reply(request.begin(), request.begin() + 42);
        std::ranges::copy(request.subspan(6, 6), reply.begin());
        std::ranges::copy(std::as_bytes(std::span(GuestMac)), reply.begin() + 6);
        put(reply, 20, 2, 2);
        std::ranges::copy(std::as_bytes(std::span(GuestMac)), reply.begin() + 22);
        std::ranges::copy(request.subspan(38, 4), reply.begin() + 28);
        std::ranges::copy(request.subspan(22, 10), reply.begin() + 32);
        return reply;
    }

    net::GuestNetwork& m_network;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::vector<Bytes> m_frames; // guarded by m_mutex
    bool m_isFull = false;       // guarded by m_mutex
};

} // namespace engine::test
