// SPDX-License-Identifier: GPL-3.0-or-later
// A hostile GPU driver: requests of the fuzzer's choice on both queues, backed by memory of its choice,
// a scan-out that looks meanwhile, and saved states that were tampered with. Afterwards a well-behaved
// driver must be able to show a picture.
#include "devices/virtio/gpu_device.h"
#include "fuzz_input.h"
#include "support/gpu_guest.h"

#include <cstdlib>

namespace engine::test {
namespace {

constexpr std::uint64_t Backing = 0x20'0000;
constexpr std::array<std::uint32_t, 12> Types{0x100, 0x101, 0x102, 0x103, 0x104, 0x105,
                                              0x106, 0x107, 0x10a, 0x300, 0x301, 0x108};

struct Machine {
    Machine() { board.insert(*transport); }
    virtio::GpuDevice& gpu() { return static_cast<virtio::GpuDevice&>(transport->device()); }

    std::unique_ptr<EventLoop> loop = EventLoop::create("gpu").value();
    PciTestBoard board{4 << 20};
    std::unique_ptr<virtio::VirtioPciTransport> transport =
        virtio::VirtioPciTransport::create("gpu", std::make_unique<virtio::GpuDevice>(*loop), board.memory,
                                           board.log)
            .value();
};

/// Small numbers are what gets past the checks.
std::uint32_t number(FuzzInput& input)
{
    const auto kind = input.take<std::uint8_t>();
    return kind < 200 ? kind : input.take<std::uint32_t>();
}

void look(Machine& machine)
{
    const auto shown = machine.gpu().screen().take();
    if (shown.frame.isValid() && !isContained(shown.frame))
        std::abort();
    for (const auto& rect : shown.damage.rects())
        if (rect.right() > shown.frame.width || rect.bottom() > shown.frame.height)
            std::abort();
}

void act(Machine& machine, GpuGuest& driver, FuzzInput& input)
{
    const auto choice = input.take<std::uint8_t>();
    if (choice < 16) {
        machine.gpu().screen().requestMonitor({.preferredWidth = number(input), .preferredHeight = 300});
        return;
    }
    if (choice < 24) {
        StateWriter saved;
        machine.gpu().saveState(saved);
        auto bytes = saved.take();
        for (int i = input.take<std::uint8_t>() % 4; i > 0; --i)
            bytes[input.take<std::uint16_t>() % bytes.size()] = std::byte{input.take<std::uint8_t>()};
        StateReader reader(bytes);
        (void)machine.gpu().restoreState(reader);
        look(machine);
        return;
    }
    std::vector<std::uint32_t> words{
        Types[choice % Types.size()], input.take<std::uint8_t>() & 1U, 1, 2, 3, 0};
    for (int i = input.take<std::uint8_t>() % 14; i > 0; --i)
        words.push_back(number(input));
    machine.board.storeBytes(GpuGuest::Request, std::as_bytes(std::span(words)));
    const auto queue = static_cast<std::uint16_t>(words[0] >= 0x300 ? 1 : 0);
    driver.guest.offer(
        queue, 0,
        {{.address = GpuGuest::Request, .length = static_cast<std::uint32_t>(words.size() * 4)},
         {.address = GpuGuest::Answer, .length = number(input) & 0xfffU, .writable = true}});
    driver.guest.notify(queue);
    machine.loop->runAndWait([] {});
    look(machine);
}

} // namespace
} // namespace engine::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace engine::test;
    static auto& machine = *new Machine; // lives as long as the process
    GpuGuest driver(machine.board);
    FuzzInput input(data, size);
    driver.start();
    while (!input.isEmpty())
        act(machine, driver, input);
    driver.start();
    driver.showPlain(1, 8, 8, 0x00445566, Backing);
    const auto shown = machine.gpu().screen().take();
    if (!shown.inCharge || shown.frame.width != 8)
        std::abort();
    return 0;
}
