// SPDX-License-Identifier: GPL-3.0-or-later
// A hostile virtio driver: registers, descriptors, rings and block requests of the fuzzer's choice.
// Afterwards a well-behaved driver must be able to read a sector.
#include "devices/virtio/block_device.h"
#include "fuzz_input.h"
#include "support/memory_block_backend.h"
#include "support/virtio_guest.h"

#include <cstdlib>

namespace engine::test {
namespace {

constexpr std::uint64_t Version1 = 1ULL << 32;
constexpr std::uint64_t Indirect = 1ULL << 28;
constexpr std::uint64_t EventIndex = 1ULL << 29;
constexpr std::uint64_t Header = 0x10'0000;
constexpr std::uint16_t Size = 16;

struct Machine {
    Machine() { board.insert(*transport); }
    void settle()
    {
        disk->loop().runAndWait([] {});
        (void)transport->waitIdle(std::chrono::seconds(10));
    }

    PciTestBoard board{2 << 20};
    std::shared_ptr<MemoryBlockBackend> disk =
        std::make_shared<MemoryBlockBackend>(1 << 18, BlockInfo{.canDiscard = true});
    std::unique_ptr<virtio::VirtioPciTransport> transport =
        virtio::VirtioPciTransport::create("disk0", std::make_unique<virtio::BlockDevice>(disk, board.log, 2),
                                           board.memory, board.log)
            .value();
};

void act(Machine& machine, VirtioGuest& guest, FuzzInput& input)
{
    const auto queue = static_cast<std::uint16_t>(input.take<std::uint8_t>() & 1);
    switch (input.take<std::uint8_t>() % 7) {
    case 0: {
        const unsigned width = 1U + (input.take<std::uint8_t>() & 7);
        guest.setCommon(input.take<std::uint8_t>() & 0x3f, width, input.take<std::uint64_t>());
        break;
    }
    case 1: {
        const std::uint64_t address = 0x10000 + std::uint64_t{input.take<std::uint16_t>()} * 16;
        guest.setDescriptor(guest.table(queue), input.take<std::uint8_t>() % Size, address,
                            input.take<std::uint16_t>() & 0xff0U, input.take<std::uint8_t>() & 7,
                            input.take<std::uint8_t>() % (Size + 1));
        break;
    }
    case 2: {
        const auto bytes = input.takeBytes(input.take<std::uint8_t>());
        (void)machine.board.memory.write(
            GuestAddress(0x10000 + std::uint64_t{input.take<std::uint16_t>()} * 16), std::as_bytes(bytes));
        break;
    }
    case 3: guest.offerHead(queue, input.take<std::uint8_t>() % (Size + 1)); break;
    case 4: {
        const auto type = static_cast<std::uint32_t>(input.take<std::uint8_t>() % 16);
        machine.board.store(Header, type);
        machine.board.store<std::uint64_t>(Header + 8, input.take<std::uint16_t>());
        const bool writable = (input.take<std::uint8_t>() & 1) != 0;
        guest.offer(
            queue, input.take<std::uint8_t>() % 13,
            {{.address = Header, .length = 16},
             {.address = Header + 0x1000, .length = input.take<std::uint16_t>(), .writable = writable},
             {.address = Header + 0x800, .length = 1, .writable = true}});
        break;
    }
    case 5: guest.notify(queue); break;
    default: machine.settle(); break;
    }
}

} // namespace
} // namespace engine::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace engine::test;
    static auto& machine = *new Machine; // lives as long as the process
    VirtioGuest guest(machine.board);
    FuzzInput input(data, size);
    guest.start(Version1 | Indirect | ((input.take<std::uint8_t>() & 1) != 0 ? EventIndex : 0), 2, Size);
    while (!input.isEmpty())
        act(machine, guest, input);
    guest.notify(0);
    guest.notify(1);
    machine.settle();
    guest.start(Version1, 1, Size);
    machine.board.store<std::uint64_t>(Header, 0);
    machine.board.store<std::uint64_t>(Header + 8, 0);
    machine.board.store<std::uint8_t>(Header + 0x800, 0xee);
    guest.offer(0, 0,
                {{.address = Header, .length = 16},
                 {.address = Header + 0x1000, .length = 512, .writable = true},
                 {.address = Header + 0x800, .length = 1, .writable = true}});
    guest.notify(0);
    if (!guest.take(0) || machine.board.load<std::uint8_t>(Header + 0x800) != 0)
        std::abort();
    return 0;
}
