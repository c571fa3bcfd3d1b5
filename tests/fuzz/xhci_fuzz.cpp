// SPDX-License-Identifier: GPL-3.0-or-later
// A hostile xHCI driver: registers, rings and contexts of the fuzzer's choice while devices have something to
// say, come and go; states that were tampered with. Afterwards a well-behaved driver must be able to address
// a device.
#include "fuzz_input.h"
#include "support/xhci_guest.h"

#include <linux/input-event-codes.h>

#include <cstdlib>

namespace engine::test {
namespace {

using Guest = XhciGuest;

/// Registers that matter most (xHCI 1.2, chapter 5), so that random bytes reach them.
std::uint64_t registerAt(FuzzInput& input)
{
    static constexpr std::uint64_t Hot[] = {Guest::Op,
                                            Guest::Op + 0x04,
                                            Guest::Op + 0x14,
                                            Guest::Op + 0x18,
                                            Guest::Op + 0x1c,
                                            Guest::Op + 0x30,
                                            Guest::Op + 0x34,
                                            Guest::Op + 0x38,
                                            Guest::Bar + 0x440,
                                            Guest::Bar + 0x450,
                                            Guest::Bar + 0x460,
                                            Guest::Bar + 0x480,
                                            Guest::Runtime + 0x20,
                                            Guest::Runtime + 0x24,
                                            Guest::Runtime + 0x28,
                                            Guest::Runtime + 0x30,
                                            Guest::Runtime + 0x34,
                                            Guest::Runtime + 0x38,
                                            Guest::Runtime + 0x3c,
                                            Guest::Runtime + 0x40};
    const auto choice = input.take<std::uint8_t>();
    return choice < 220 ? Hot[choice % std::size(Hot)] : Guest::Bar + input.take<std::uint16_t>() % 0x4000U;
}

/// Somewhere in the driver's structures.
std::uint64_t placeAt(FuzzInput& input)
{
    static constexpr std::uint64_t Places[] = {Guest::CommandRing,
                                               Guest::EventRing,
                                               Guest::EventTable,
                                               Guest::InputContext,
                                               Guest::DeviceContexts,
                                               Guest::ContextArray,
                                               Guest::TransferRings,
                                               Guest::TransferRings + 0x1000,
                                               Guest::DeviceContexts + 0x1000,
                                               Guest::TransferRings + 0x3000};
    const auto choice = input.take<std::uint8_t>();
    return Places[choice % std::size(Places)] + 4ULL * input.take<std::uint8_t>();
}

void move(Guest& guest, FuzzInput& input)
{
    const auto how = input.take<std::uint8_t>();
    guest.keyboard->key(static_cast<KeyCode>(KEY_Q + how % 8), (how & 0x10) != 0);
    guest.tablet->moveAbsolute(input.take<std::uint8_t>(), how);
    guest.tablet->button(PointerButton::Left, (how & 0x20) != 0);
    guest.tablet->sync();
}

void tamper(Guest& guest, FuzzInput& input)
{
    StateWriter saved;
    guest.xhci.saveState(saved);
    StateReader intact(saved.data());
    if (!guest.xhci.restoreState(intact))
        std::abort(); // what a device wrote it must take back
    std::vector<std::byte> bytes(saved.data().begin(), saved.data().end());
    for (int i = input.take<std::uint8_t>() % 6; i > 0; --i)
        bytes[input.take<std::uint16_t>() % bytes.size()] = std::byte{input.take<std::uint8_t>()};
    StateReader reader(bytes);
    (void)guest.xhci.restoreState(reader);
    guest.xhci.resumeWork();
}

void act(Guest& guest, FuzzInput& input)
{
    switch (input.take<std::uint8_t>() % 12) {
    case 0: {
        static constexpr unsigned Widths[] = {1, 2, 4, 8};
        const unsigned width = Widths[input.take<std::uint8_t>() % 4];
        guest.board.mmioWrite(registerAt(input) / width * width, width, input.take<std::uint64_t>());
        break;
    }
    case 1: (void)guest.get(registerAt(input) & ~3ULL); break;
    case 2: guest.set(registerAt(input) & ~3ULL, input.take<std::uint32_t>()); break;
    case 3: guest.board.store(placeAt(input), input.take<std::uint32_t>()); break;
    case 4:
        guest.board.store(placeAt(input) & ~15ULL, Guest::TransferRings + input.take<std::uint16_t>());
        break;
    case 5: { // a TRB of a type that exists, where the next one is expected
        const std::uint32_t type = input.take<std::uint8_t>() % 28;
        guest.pushCommand({.parameter = Guest::InputContext + (input.take<std::uint8_t>() & 1U),
                           .status = input.take<std::uint16_t>(),
                           .control = type << 10 | std::uint32_t{input.take<std::uint16_t>()} << 16
                                      | (input.take<std::uint8_t>() & 0x3feU)});
        guest.set(Guest::Doorbells, 0);
        break;
    }
    case 6: {
        const unsigned slot = 1 + input.take<std::uint8_t>() % 4;
        const unsigned endpoint = 1 + input.take<std::uint8_t>() % 4;
        guest.push(guest.ringOf(slot, endpoint), {.parameter = Guest::Buffers + input.take<std::uint16_t>(),
                                                  .status = input.take<std::uint32_t>() & 0xfff'ffffU,
                                                  .control = (input.take<std::uint8_t>() % 10U) << 10
                                                             | (input.take<std::uint16_t>() & 0x3feU)
                                                             | (input.take<std::uint8_t>() & 3U) << 16});
        guest.set(Guest::Doorbells + 4ULL * slot, endpoint);
        break;
    }
    case 7:
        guest.set(Guest::Doorbells + 4ULL * (input.take<std::uint8_t>() % 34), input.take<std::uint8_t>());
        break;
    case 8: move(guest, input); break;
    case 9: guest.clock.advance(std::chrono::microseconds(input.take<std::uint16_t>())); break;
    case 10:
        if (input.take<std::uint8_t>() % 4 != 0)
            guest.acknowledge();
        else
            guest.xhci.plug(0, (input.take<std::uint8_t>() & 1) != 0 ? guest.tablet : nullptr);
        break;
    default: tamper(guest, input); break;
    }
}

} // namespace
} // namespace engine::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace engine::test;
    FuzzInput input(data, size);
    XhciGuest guest;
    guest.xhci.plug(0, guest.tablet);
    guest.xhci.plug(1, guest.keyboard);
    guest.start();
    guest.drain();
    for (const unsigned port : {1U, 2U}) {
        const unsigned slot = guest.bringUp(port);
        guest.offer(slot, 3, XhciGuest::Buffers + 0x100ULL * port, 8);
    }
    for (int i = 0; i < 300 && !input.isEmpty(); ++i)
        act(guest, input);
    guest.xhci.reset();
    guest.xhci.plug(0, nullptr);
    guest.xhci.plug(0, guest.tablet);
    guest.placeBars();
    guest.start();
    guest.drain();
    if (guest.address(1) == 0)
        std::abort();
    return 0;
}
