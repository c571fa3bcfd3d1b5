// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/network/e1000e/statistics.h"

#include <algorithm>

namespace engine::e1000e {

namespace {

constexpr std::size_t AddressBytes = 6;
constexpr std::size_t CheckSequenceBytes = 4;

/// Where the counters of one direction are.
struct Counters {
    std::uint32_t good;
    std::uint32_t total;
    std::uint32_t broadcast;
    std::uint32_t multicast;
    std::uint32_t goodOctets;
    std::uint32_t totalOctets;
    std::uint32_t sizes; ///< six: up to 64, 127, 255, 511, 1023 bytes, longer
};

constexpr Counters Received{.good = reg::GoodReceived,
                            .total = reg::TotalReceived,
                            .broadcast = reg::BroadcastReceived,
                            .multicast = reg::MulticastReceived,
                            .goodOctets = reg::OctetsReceived,
                            .totalOctets = reg::TotalOctetsReceived,
                            .sizes = reg::SizesReceived};
constexpr Counters Sent{.good = reg::GoodSent,
                        .total = reg::TotalSent,
                        .broadcast = reg::BroadcastSent,
                        .multicast = reg::MulticastSent,
                        .goodOctets = reg::OctetsSent,
                        .totalOctets = reg::TotalOctetsSent,
                        .sizes = reg::SizesSent};

void count(std::span<const std::byte> frame, std::size_t bytes, RegisterFile& registers,
           const Counters& counters)
{
    constexpr std::array<std::size_t, 5> Limits{64, 127, 255, 511, 1023};
    const std::size_t octets = bytes + CheckSequenceBytes;
    registers.count(counters.good);
    registers.count(counters.total);
    registers.count64(counters.goodOctets, static_cast<std::uint32_t>(octets));
    registers.count64(counters.totalOctets, static_cast<std::uint32_t>(octets));
    const auto size = std::ranges::lower_bound(Limits, octets) - Limits.begin();
    registers.count(counters.sizes + 4 * static_cast<std::uint32_t>(size));
    if (frame.size() < AddressBytes)
        return;
    if (std::ranges::all_of(frame.first(AddressBytes), [](std::byte b) { return b == std::byte{0xff}; }))
        registers.count(counters.broadcast);
    else if ((frame[0] & std::byte{1}) != std::byte{0})
        registers.count(counters.multicast);
}

} // namespace

void countReceived(std::span<const std::byte> frame, RegisterFile& registers)
{
    count(frame, frame.size(), registers, Received);
}

void countSent(std::span<const std::byte> frame, RegisterFile& registers, std::size_t headerBytes,
               std::size_t segmentBytes)
{
    if (segmentBytes == 0 || headerBytes >= frame.size())
        return count(frame, frame.size(), registers, Sent);
    for (std::size_t left = frame.size() - headerBytes; left != 0;) {
        const std::size_t part = std::min(left, segmentBytes);
        count(frame, headerBytes + part, registers, Sent);
        left -= part;
    }
}

} // namespace engine::e1000e
