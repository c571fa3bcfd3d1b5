// SPDX-License-Identifier: GPL-3.0-or-later
// A hostile e1000e driver: registers, descriptors and incoming frames of the fuzzer's choice. Its state
// must survive saving, and afterwards a well-behaved driver must be able to send a frame.
#include "devices/network/e1000e_card.h"
#include "fuzz_input.h"
#include "support/pci_test_board.h"
#include "support/recording_network.h"

#include <cstdlib>

namespace engine::test {
namespace {

constexpr MacAddress Mac{0x52, 0x54, 0x00, 0x12, 0x34, 0x56};
constexpr std::uint64_t Bar = 0xfe00'0000;
constexpr std::uint64_t Io = 0xc000;
constexpr std::uint64_t Ring = 0x1'0000;
constexpr std::uint64_t Data = 0x2'0000;

struct Machine {
    Machine()
    {
        board.insert(card);
        board.configWrite(0x10, 4, Bar);
        board.configWrite(0x1c, 4, 0xfe10'0000);
        board.configWrite(0x18, 4, Io);
        board.configWrite(0x04, 2, 0x7);
    }
    void set(std::uint64_t at, std::uint32_t value) { board.mmioWrite(Bar + at, 4, value); }
    [[nodiscard]] std::uint32_t get(std::uint64_t at)
    {
        return static_cast<std::uint32_t>(board.mmioRead(Bar + at, 4));
    }

    PciTestBoard board{2 << 20};
    RecordingNetwork network;
    E1000eCard card{network, Mac, board.memory, "e1000e0"};
};

/// Registers that matter most, so that random bytes reach them.
std::uint32_t registerAt(FuzzInput& input)
{
    static constexpr std::uint32_t Hot[] = {
        0x0,    0x8,    0x14,   0x18,   0x20,   0x38,   0xc0,   0xc4,   0xc8,   0xd0,   0xd8,
        0xdc,   0xe0,   0xe4,   0x100,  0x400,  0x2800, 0x2804, 0x2808, 0x2810, 0x2818, 0x3800,
        0x3804, 0x3808, 0x3810, 0x3818, 0x3900, 0x3908, 0x3918, 0x5000, 0x5008, 0x5400, 0x2170};
    const auto choice = input.take<std::uint8_t>();
    return choice < 200 ? Hot[choice % std::size(Hot)] : input.take<std::uint16_t>() * 4U % 0x2'0000U;
}

void act(Machine& machine, FuzzInput& input)
{
    switch (input.take<std::uint8_t>() % 8) {
    case 0: machine.set(registerAt(input), input.take<std::uint32_t>()); break;
    case 1: (void)machine.get(registerAt(input)); break;
    case 2: { // rings where descriptors are, mostly
        const std::uint32_t block = (input.take<std::uint8_t>() & 1) != 0 ? 0x3800 : 0x2800;
        machine.set(block, static_cast<std::uint32_t>(Ring + input.take<std::uint16_t>()));
        machine.set(block + 8, input.take<std::uint16_t>());
        machine.set(0x100, 0x0400'8002U | input.take<std::uint32_t>());
        machine.set(0x400, 2U | input.take<std::uint8_t>());
        machine.set(block + 0x18, input.take<std::uint8_t>());
        break;
    }
    case 3: {
        const std::uint64_t at = Ring + 16 * std::uint64_t{input.take<std::uint8_t>()};
        machine.board.store(at, Data + input.take<std::uint16_t>());
        machine.board.store(at + 8, input.take<std::uint32_t>());
        machine.board.store(at + 12, input.take<std::uint32_t>());
        break;
    }
    case 4: {
        const auto bytes = std::as_bytes(input.takeBytes(input.take<std::uint8_t>()));
        (void)machine.board.memory.write(GuestAddress(Data + input.take<std::uint16_t>()), bytes);
        break;
    }
    case 5: {
        const auto bytes = std::as_bytes(input.takeBytes(input.take<std::uint8_t>()));
        Frame frame(bytes.begin(), bytes.end());
        frame.resize(frame.size() + input.take<std::uint16_t>() % 20000U);
        machine.network.deliver(frame);
        break;
    }
    case 6: machine.network.setLink((input.take<std::uint8_t>() & 1) != 0); break;
    default: {
        const unsigned width = 1U << (input.take<std::uint8_t>() & 3);
        machine.board.mmioWrite(Bar + input.take<std::uint32_t>() % 0x2'0000U / width * width, width,
                                input.take<std::uint64_t>());
        break;
    }
    }
}

void sendOneFrame(Machine& machine)
{
    machine.network.setLink(true);
    machine.card.reset();
    machine.board.configWrite(0x10, 4, Bar);
    machine.board.configWrite(0x04, 2, 0x7);
    machine.network.settle();
    const std::size_t before = machine.network.sent().size();
    machine.board.store(Ring, Data);
    machine.board.store(Ring + 8, std::uint32_t{60 | 0x0900'0000});
    machine.board.store(Ring + 12, std::uint32_t{0});
    machine.set(0x3800, Ring);
    machine.set(0x3804, 0);
    machine.set(0x3808, 256);
    machine.set(0x400, 2);
    machine.set(0x3818, 1);
    if (!eventually([&] { return machine.network.sent().size() > before; }))
        std::abort();
}

void saveAndRestore(Machine& machine)
{
    StateWriter first;
    machine.card.saveState(first);
    StateReader in(first.data());
    if (!machine.card.restoreState(in))
        std::abort();
}

} // namespace
} // namespace engine::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace engine::test;
    FuzzInput input(data, size);
    Machine machine;
    for (int i = 0; i < 200 && !input.isEmpty(); ++i)
        act(machine, input);
    machine.network.settle();
    saveAndRestore(machine);
    sendOneFrame(machine);
    return 0;
}
