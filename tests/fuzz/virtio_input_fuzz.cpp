// SPDX-License-Identifier: GPL-3.0-or-later
// A hostile driver of the virtio keyboard and tablet: buffers, status events and configuration accesses of
// the fuzzer's choice while keys and positions come in. Afterwards a well-behaved driver must get a key.
#include "devices/virtio/input_device.h"
#include "fuzz_input.h"
#include "support/virtio_guest.h"

#include <linux/input-event-codes.h>

#include <cstdlib>

namespace engine::test {
namespace {

constexpr std::uint64_t Version1 = 1ULL << 32;
constexpr std::uint64_t Buffers = 0x10'0000;

template <class Device>
struct Machine {
    template <class... Arguments>
    explicit Machine(Arguments... arguments)
        : transport(virtio::VirtioPciTransport::create("input", std::make_unique<Device>(*loop, arguments...),
                                                       board.memory, board.log)
                        .value())
    {
        board.insert(*transport);
    }
    Device& device() { return static_cast<Device&>(transport->device()); }

    std::unique_ptr<EventLoop> loop = EventLoop::create("input").value();
    PciTestBoard board{4 << 20};
    std::unique_ptr<virtio::VirtioPciTransport> transport;
};

void press(virtio::InputKeyboard& keyboard, FuzzInput& input)
{
    const auto code = input.take<std::uint16_t>();
    keyboard.key(code % 300, (code & 0x8000) != 0);
}

void press(virtio::InputPointer& pointer, FuzzInput& input)
{
    const auto how = input.take<std::uint8_t>();
    pointer.moveAbsolute(input.take<std::uint16_t>(), input.take<std::uint16_t>());
    pointer.wheel(how & 1, how >> 1 & 1);
    pointer.button(static_cast<PointerButton>(how % 5), (how & 0x80) != 0);
    pointer.sync();
}

template <class Device>
void act(Machine<Device>& machine, VirtioGuest& guest, FuzzInput& input)
{
    const auto choice = input.take<std::uint8_t>();
    switch (choice % 6) {
    case 0:
    case 1: { // mostly buffers that are right
        const auto queue = static_cast<std::uint16_t>((choice & 0x40) != 0 ? 1 : 0);
        const auto odd = input.take<std::uint8_t>();
        guest.offer(queue, input.take<std::uint8_t>() % 15U,
                    {{.address = odd == 0 ? input.take<std::uint64_t>() : Buffers + 8ULL * odd,
                      .length = odd % 16 == 1 ? input.take<std::uint16_t>() : 8U,
                      .writable = (queue == 0) != (odd % 16 == 2)}});
        guest.notify(queue);
        break;
    }
    case 2: press(machine.device(), input); break;
    case 3: guest.setDeviceConfig(input.take<std::uint8_t>() % 16U, 1, input.take<std::uint8_t>()); break;
    case 4: (void)guest.deviceConfig(input.take<std::uint8_t>() % 200U, 1U << (choice >> 6 & 1)); break;
    default:
        machine.board.store(Buffers + 8ULL * input.take<std::uint8_t>(), input.take<std::uint64_t>());
        break;
    }
}

template <class Device>
void play(Machine<Device>& machine, FuzzInput& input)
{
    VirtioGuest guest(machine.board);
    guest.start(Version1, 2, 16);
    for (int i = 0; i < 200 && !input.isEmpty(); ++i)
        act(machine, guest, input);
    machine.loop->runAndWait([] {});
}

void checkStroke(Machine<virtio::InputKeyboard>& machine)
{
    VirtioGuest guest(machine.board);
    guest.start(Version1, 2, 16);
    for (std::uint16_t head = 0; head < 2; ++head)
        guest.offer(0, head, {{.address = Buffers + 8ULL * head, .length = 8, .writable = true}});
    guest.notify(0);
    machine.loop->runAndWait([] {}); // before, nobody takes keys
    machine.device().key(KEY_A, true);
    const auto used = guest.take(0);
    if (!used || machine.board.load<std::uint16_t>(Buffers + 8ULL * used->head + 2) != KEY_A)
        std::abort();
    machine.device().key(KEY_A, false);
}

} // namespace
} // namespace engine::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace engine::test;
    // They live as long as the process: threads cost more than an input.
    static auto& keyboard = *new Machine<engine::virtio::InputKeyboard>;
    static auto& tablet =
        *new Machine<engine::virtio::InputPointer>(engine::virtio::InputPointer::Kind::Tablet);
    FuzzInput input(data, size);
    if ((input.take<std::uint8_t>() & 1) != 0)
        play(keyboard, input);
    else
        play(tablet, input);
    checkStroke(keyboard);
    return 0;
}
