// SPDX-License-Identifier: GPL-3.0-or-later
// A hostile virtio-net driver: features, descriptors, packet headers and incoming frames of the fuzzer's
// choice. Afterwards a well-behaved driver must be able to send a frame and to receive one.
#include "devices/virtio/net_device.h"
#include "fuzz_input.h"
#include "support/recording_network.h"
#include "support/virtio_guest.h"

#include <cstdlib>

namespace engine::test {
namespace {

constexpr MacAddress Mac{0x52, 0x54, 0x00, 0x12, 0x34, 0x56};
constexpr std::uint64_t Version1 = 1ULL << 32;
constexpr std::uint64_t Data = 0x10'0000;
constexpr std::uint16_t Size = 16;

struct Machine {
    Machine() { board.insert(*transport); }

    PciTestBoard board{2 << 20};
    RecordingNetwork network;
    std::unique_ptr<virtio::VirtioPciTransport> transport =
        virtio::VirtioPciTransport::create(
            "net0", std::make_unique<virtio::NetDevice>(network, Mac, board.log), board.memory, board.log)
            .value();
};

void act(Machine& machine, VirtioGuest& guest, FuzzInput& input)
{
    const auto queue = static_cast<std::uint16_t>(input.take<std::uint8_t>() & 1);
    switch (input.take<std::uint8_t>() % 6) {
    case 0: {
        const unsigned width = 1U + (input.take<std::uint8_t>() & 7);
        guest.setCommon(input.take<std::uint8_t>() & 0x3f, width, input.take<std::uint64_t>());
        break;
    }
    case 1:
        guest.setDescriptor(guest.table(queue), input.take<std::uint8_t>() % Size,
                            Data + input.take<std::uint16_t>(), input.take<std::uint16_t>(),
                            input.take<std::uint8_t>() & 7, input.take<std::uint8_t>() % (Size + 1));
        break;
    case 2: {
        const auto bytes = std::as_bytes(input.takeBytes(input.take<std::uint8_t>()));
        (void)machine.board.memory.write(GuestAddress(Data + input.take<std::uint16_t>()), bytes);
        break;
    }
    case 3:
        guest.offerHead(queue, input.take<std::uint8_t>() % (Size + 1));
        guest.notify(queue);
        break;
    case 4:
        guest.offer(queue, input.take<std::uint8_t>() % 12,
                    {{.address = Data, .length = input.take<std::uint8_t>()},
                     {.address = Data + 0x1000,
                      .length = input.take<std::uint16_t>() * 4U,
                      .writable = (input.take<std::uint8_t>() & 1) != 0}});
        guest.notify(queue);
        break;
    default: {
        const auto bytes = std::as_bytes(input.takeBytes(input.take<std::uint8_t>()));
        Frame frame(bytes.begin(), bytes.end());
        frame.resize(frame.size() + input.take<std::uint16_t>() % 20000U);
        machine.network.deliver(frame);
    }
    }
}

void behaveWell(Machine& machine, VirtioGuest& guest)
{
    if (!guest.negotiate(Version1 | guest.offered()))
        std::abort();
    for (std::uint16_t queue = 0; queue < 2; ++queue)
        guest.setUpQueue(queue, Size);
    guest.driverOk();
    machine.network.settle();
    const std::size_t before = machine.network.sent().size();
    const std::vector<std::byte> zeros(12 + 60);
    machine.board.storeBytes(Data, zeros);
    guest.offer(1, 0, {{.address = Data, .length = static_cast<std::uint32_t>(zeros.size())}});
    guest.notify(1);
    if (!eventually([&] { return machine.network.sent().size() > before; }))
        std::abort();
}

} // namespace
} // namespace engine::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace engine::test;
    FuzzInput input(data, size);
    Machine machine;
    VirtioGuest guest(machine.board);
    if (!guest.negotiate(Version1 | (guest.offered() & input.take<std::uint64_t>())))
        return 0;
    for (std::uint16_t queue = 0; queue < 2; ++queue)
        guest.setUpQueue(queue, Size);
    guest.driverOk();
    for (int i = 0; i < 200 && !input.isEmpty(); ++i)
        act(machine, guest, input);
    machine.network.settle();
    behaveWell(machine, guest);
    return 0;
}
