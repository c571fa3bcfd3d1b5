// SPDX-License-Identifier: GPL-3.0-or-later
// Frames of the fuzzer's choice from a guest into the NAT, and through everything that reads them on
// their way: filter, connection table, DNS reader, segmentation. Then the NAT must still answer ARP.
#include "fuzz_input.h"
#include "net/dns_answer.h"
#include "net/frame_cutter.h"
#include "net/guest_network.h"
#include "net/network_monitor.h"
#include "support/wire_guest.h"

#include <cstdlib>

namespace engine::test {
namespace {

constexpr MacAddress Mac{0x52, 0x54, 0x00, 0x12, 0x34, 0x56};
constexpr MacAddress Router{0x52, 0x55, 10, 0, 2, 2};

/// A frame whose outermost fields are plausible, so that the rest is looked at.
Bytes takeFrame(FuzzInput& input)
{
    const auto kind = input.take<std::uint8_t>();
    const auto payload = std::as_bytes(input.takeBytes(input.take<std::uint8_t>()));
    Bytes frame(14);
    std::memcpy(frame.data(), Router.data(), 6);
    std::memcpy(frame.data() + 6, Mac.data(), 6);
    static constexpr std::uint8_t Types[4][2] = {{8, 0}, {8, 6}, {0x86, 0xdd}, {0x81, 0}};
    frame[12] = std::byte{Types[kind & 3][0]};
    frame[13] = std::byte{Types[kind & 3][1]};
    frame.insert(frame.end(), payload.begin(), payload.end());
    if ((kind & 3) == 0 && frame.size() >= 34 && (kind & 4) != 0) { // an IPv4 header that holds
        frame[14] = std::byte{0x45};
        frame[16] = std::byte(static_cast<std::uint8_t>((frame.size() - 14) >> 8));
        frame[17] = std::byte(static_cast<std::uint8_t>(frame.size() - 14));
        static constexpr std::uint8_t Protocols[4] = {1, 6, 17, 6};
        frame[23] = std::byte{Protocols[kind >> 3 & 3]};
        const std::uint8_t source[4] = {10, 0, 2, 15};
        std::memcpy(frame.data() + 26, source, 4);
    }
    if ((kind & 0x80) != 0)
        frame.resize(frame.size() + input.take<std::uint16_t>());
    return frame;
}

bool answersArp(WireGuest& guest)
{
    Bytes request(42);
    std::memset(request.data(), 0xff, 6);
    std::memcpy(request.data() + 6, Mac.data(), 6);
    const std::uint8_t arp[] = {8,    6,  0, 1, 8,  0, 6, 4, 0, 1, 0x52, 0x54, 0, 0x12, 0x34,
                                0x56, 10, 0, 2, 15, 0, 0, 0, 0, 0, 0,    10,   0, 2,    2};
    std::memcpy(request.data() + 12, arp, sizeof arp);
    (void)guest.take();
    guest.sendFrame(request);
    for (int i = 0; i < 500; ++i) {
        for (const Bytes& frame : guest.take())
            if (frame.size() >= 42 && frame[13] == std::byte{6} && frame[21] == std::byte{2})
                return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return false;
}

} // namespace
} // namespace engine::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace engine;
    using namespace engine::test;
    Log log;
    // Isolated: no frame of the fuzzer's reaches a socket.
    auto network =
        net::GuestNetwork::create({.name = "fuzz", .mac = Mac, .mode = NetworkMode::Isolated}, log);
    if (!network)
        std::abort();
    WireGuest guest(*std::move(network), Mac);
    net::NetworkMonitor monitor(Mac);
    FuzzInput input(data, size);
    for (int i = 0; i < 100 && !input.isEmpty(); ++i) {
        const Bytes frame = takeFrame(input);
        (void)monitor.inspect(frame, net::FrameWay::ToGuest);
        for (const auto& part : net::cutFrame(frame, 14 + input.take<std::uint8_t>()))
            if (part.size() > 14 + 255)
                std::abort();
        (void)net::parseDnsAnswer(std::span(frame).subspan(14));
        guest.sendFrame(frame);
    }
    const auto view = guest.network().view();
    if (view.flows.size() > net::FlowTable::Capacity || view.names.size() > 256)
        std::abort();
    if (!answersArp(guest))
        std::abort();
    return 0;
}
