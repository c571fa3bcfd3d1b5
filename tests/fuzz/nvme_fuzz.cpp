// SPDX-License-Identifier: GPL-3.0-or-later
// A hostile NVMe driver: registers, doorbells, queue entries and PRP lists of the fuzzer's choice.
// Afterwards a well-behaved driver must be able to enable the controller.
#include "devices/storage/nvme_controller.h"
#include "fuzz_input.h"
#include "support/memory_block_backend.h"
#include "support/pci_test_board.h"

#include <cstdlib>

namespace engine::test {
namespace {

constexpr std::uint64_t Bar = 0x8'0000'0000;
constexpr std::uint64_t Submission = 0x1'0000;
constexpr std::uint64_t Completion = 0x2'0000;

struct Machine {
    Machine()
    {
        board.insert(nvme);
        board.configWrite(0x14, 4, 8);
        board.configWrite(0x20, 4, 0xfe00'0000);
        board.configWrite(0x04, 2, 6);
    }
    void set(std::uint64_t at, std::uint32_t value) { board.mmioWrite(Bar + at, 4, value); }
    void waitFor(std::uint32_t status)
    {
        if (!eventually([&] { return board.mmioRead(Bar + 0x1c, 4) == status; }))
            std::abort();
    }
    void restart()
    {
        set(0x14, 0x00460000);
        waitFor(0);
        set(0x24, 0x000f000f);
        board.mmioWrite(Bar + 0x28, 8, Submission);
        board.mmioWrite(Bar + 0x30, 8, Completion);
        set(0x14, 0x00460001);
        waitFor(1);
    }
    void settle()
    {
        disk->loop().runAndWait([] {});
        (void)nvme.waitIdle(std::chrono::seconds(10));
    }

    PciTestBoard board{2 << 20};
    std::shared_ptr<MemoryBlockBackend> disk =
        std::make_shared<MemoryBlockBackend>(1 << 18, BlockInfo{.canDiscard = true});
    NvmeController nvme{disk, board.memory, board.log};
};

/// Every opcode that the controller knows on either queue; others for a quarter of the values.
std::uint8_t opcodeFrom(std::uint8_t choice)
{
    constexpr std::array<std::uint8_t, 15> Known{0x00, 0x01, 0x02, 0x04, 0x05, 0x06, 0x08, 0x09,
                                                 0x0a, 0x0c, 0x7c, 0x02, 0x01, 0x08, 0x09};
    return choice < 192 ? Known.at(choice % Known.size()) : static_cast<std::uint8_t>(choice);
}

/// Shadow doorbells, once they are in use, at ShadowValues: queue 1 follows what is stored there.
constexpr std::uint64_t ShadowValues = 0x5'0000;
constexpr std::uint64_t ShadowEvents = 0x5'1000;

/// A command that is plausible in all but what the fuzzer sets, on queue 0 or 1.
void submit(Machine& machine, FuzzInput& input, std::array<std::uint32_t, 2>& tails)
{
    const unsigned queue = input.take<std::uint8_t>() & 1;
    std::array<std::uint32_t, 16> entry{};
    entry[0] = opcodeFrom(input.take<std::uint8_t>()) | std::uint32_t{input.take<std::uint8_t>()} << 16;
    entry[1] = input.take<std::uint8_t>() % 3;
    entry[6] = 0x4'0000 + std::uint32_t{input.take<std::uint16_t>()} * 4;
    entry[8] = 0x6'0000 + std::uint32_t{input.take<std::uint16_t>()} * 8;
    for (std::size_t i = 10; i < 13; ++i)
        entry.at(i) =
            input.take<std::uint8_t>() < 200 ? input.take<std::uint16_t>() : input.take<std::uint32_t>();
    if (queue == 0 && (entry[0] & 0xff) == 5)
        entry[6] = 0x3'1000;
    if (queue == 0 && (entry[0] & 0xff) == 1)
        entry[6] = 0x3'0000;
    if (queue == 0 && (entry[0] & 0xff) == 0x7c && (entry[1] & 1) != 0) {
        entry[6] = ShadowValues;
        entry[8] = ShadowEvents;
    }
    machine.board.store((queue == 0 ? Submission : 0x3'0000) + 64ULL * tails.at(queue), entry);
    tails.at(queue) = (tails.at(queue) + 1) % 16;
    if (queue == 1)
        machine.board.store(ShadowValues + 8, tails.at(queue));
    machine.set(0x1000 + 8 * queue, tails.at(queue));
}

} // namespace
} // namespace engine::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace engine;
    using namespace engine::test;
    static auto& machine = *new Machine; // lives as long as the process
    FuzzInput input(data, size);
    std::array<std::uint32_t, 2> tails{};
    machine.restart();
    while (!input.isEmpty()) {
        switch (input.take<std::uint8_t>() % 6) {
        case 0: machine.set(input.take<std::uint8_t>() & 0x3cU, input.take<std::uint32_t>()); break;
        case 1: machine.set(0x1000 + (input.take<std::uint8_t>() & 0x1cU), input.take<std::uint8_t>()); break;
        case 2: {
            const std::uint64_t at = std::uint64_t{input.take<std::uint16_t>()} * 8;
            const auto bytes = input.takeBytes(input.take<std::uint8_t>());
            (void)machine.board.memory.write(GuestAddress(0x1'0000 + at), std::as_bytes(bytes));
            break;
        }
        case 3: machine.settle(); break;
        case 4:
            machine.board.store(ShadowValues + 4ULL * (input.take<std::uint8_t>() & 7),
                                std::uint32_t{input.take<std::uint8_t>()});
            break;
        default: submit(machine, input, tails); break;
        }
    }
    machine.settle();
    machine.restart();
    return 0;
}
