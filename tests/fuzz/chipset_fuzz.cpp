// SPDX-License-Identifier: GPL-3.0-or-later
// Random port accesses, clock steps and restored states on the small chipset devices.
#include "base/manual_clock.h"
#include "devices/chipset/acpi_pm.h"
#include "devices/chipset/debug_ports.h"
#include "devices/chipset/i8042.h"
#include "devices/chipset/legacy_stubs.h"
#include "devices/chipset/rtc.h"
#include "devices/chipset/serial_port.h"
#include "devices/chipset/system_ports.h"
#include "fuzz/fuzz_input.h"

#include <array>
#include <vector>

using namespace engine;

namespace {

struct Chipset {
    RecordingIrqLine irq;
    ManualClock clock{std::chrono::sys_days(std::chrono::year(2026) / 11 / 22)};
    Rtc rtc{irq, clock};
    SerialPort serial{"com1", irq, clock, nullptr};
    AcpiPm pm{irq, clock};
    ApmPorts apm{pm};
    SystemControlPortA portA{{}};
    SystemControlPortB portB{clock};
    PostPort post;
    DmaController dma{"dma1", 2};
    DmaPageRegisters pages;
    ParallelPort lpt;
    I8042 keyboard{irq, irq, {}};
    struct Window {
        BusDevice* device;
        Saveable* state;
        std::uint64_t length;
    };
    std::array<Window, 12> windows{{{&rtc, &rtc, 2},
                                    {&serial, &serial, 8},
                                    {&pm, &pm, AcpiPm::BlockBytes},
                                    {&apm, &apm, 2},
                                    {&portA, &portA, 1},
                                    {&portB, &portB, 1},
                                    {&post, &post, 1},
                                    {&dma, &dma, 32},
                                    {&pages, &pages, DmaPageRegisters::PortCount},
                                    {&lpt, &lpt, 3},
                                    {&keyboard.dataPort(), &keyboard, 1},
                                    {&keyboard.commandPort(), &keyboard, 1}}};
};

void restoreRandomState(test::FuzzInput& input, Saveable& device)
{
    const auto raw = input.takeBytes(input.take<std::uint8_t>());
    StateReader in(std::as_bytes(raw));
    (void)device.restoreState(in);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    test::FuzzInput input(data, size);
    Chipset chipset;
    std::array<std::byte, 8> buffer{};
    while (!input.isEmpty()) {
        const auto operation = input.take<std::uint8_t>();
        const auto& window = chipset.windows.at(input.take<std::uint8_t>() % chipset.windows.size());
        const std::uint64_t offset = input.take<std::uint8_t>() % window.length;
        const auto part = std::span(buffer).first(1 + (operation >> 4) % buffer.size());
        switch (operation & 7) {
        case 0:
        case 1: window.device->read(offset, part); break;
        case 2:
            // Years at once would only repeat the same periodic ticks.
            chipset.clock.advance(std::chrono::nanoseconds(input.take<std::uint32_t>() % 100'000'000));
            break;
        case 3: restoreRandomState(input, *window.state); break;
        case 4: {
            const auto bytes = input.takeBytes(input.take<std::uint8_t>());
            (void)chipset.serial.receive(bytes);
            break;
        }
        case 5:
            chipset.keyboard.key(input.take<std::uint16_t>(), (operation & 8) != 0);
            chipset.keyboard.moveRelative(static_cast<std::int32_t>(input.take<std::uint32_t>()),
                                          static_cast<std::int8_t>(input.take<std::uint8_t>()));
            chipset.keyboard.wheel(static_cast<std::int8_t>(input.take<std::uint8_t>()), 0);
            chipset.keyboard.button(static_cast<PointerButton>(operation >> 4 & 3), (operation & 8) != 0);
            break;
        default:
            storeLittleEndian(part, input.take<std::uint64_t>());
            window.device->write(offset, part);
            break;
        }
    }
    return 0;
}
