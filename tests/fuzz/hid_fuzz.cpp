// SPDX-License-Identifier: GPL-3.0-or-later
// A hostile host of the USB keyboard and tablet: control requests, polls and suspends of the fuzzer's choice
// while keys and positions come in; states that were tampered with. Afterwards a stroke must be reported.
#include "base/manual_clock.h"
#include "devices/usb/hid/hid_keyboard.h"
#include "devices/usb/hid/hid_tablet.h"
#include "fuzz_input.h"

#include <linux/input-event-codes.h>

#include <array>
#include <cstdlib>

namespace {

using namespace engine;
using engine::test::FuzzInput;

constexpr std::uint8_t Endpoint = 0x81;

class NoHost final : public usb::UsbHost {
    void endpointReady(usb::UsbDevice& /*device*/, std::uint8_t /*endpoint*/) override {}
    void remoteWakeup(usb::UsbDevice& /*device*/) override {}
};

void control(usb::UsbDevice& device, FuzzInput& input)
{
    const usb::SetupPacket setup{.requestType = input.take<std::uint8_t>(),
                                 .request = input.take<std::uint8_t>(),
                                 .value = input.take<std::uint16_t>(),
                                 .index = input.take<std::uint16_t>(),
                                 .length = input.take<std::uint16_t>()};
    const auto bytes = std::as_bytes(input.takeBytes(setup.isToHost() ? 0 : setup.length));
    std::vector<std::byte> in;
    (void)device.control(setup, bytes, in);
    if (in.size() > setup.length)
        std::abort();
}

void tamper(usb::UsbDevice& device, FuzzInput& input)
{
    StateWriter saved;
    device.saveState(saved);
    StateReader intact(saved.data());
    if (!device.restoreState(intact))
        std::abort();
    std::vector<std::byte> bytes(saved.data().begin(), saved.data().end());
    for (int i = input.take<std::uint8_t>() % 6; i > 0; --i)
        bytes[input.take<std::uint16_t>() % bytes.size()] = std::byte{input.take<std::uint8_t>()};
    StateReader reader(bytes);
    (void)device.restoreState(reader);
}

void act(usb::HidKeyboard& keyboard, usb::HidTablet& tablet, ManualClock& clock, FuzzInput& input)
{
    const auto choice = input.take<std::uint8_t>();
    usb::UsbDevice& device = (choice & 0x80) != 0 ? static_cast<usb::UsbDevice&>(keyboard) : tablet;
    switch (choice % 9) {
    case 0:
    case 1: control(device, input); break;
    case 2: {
        const std::size_t limit = input.take<std::uint8_t>() % 16;
        if (device.in((input.take<std::uint8_t>() & 7) == 0 ? input.take<std::uint8_t>() : Endpoint, limit)
                .data.size()
            > limit)
            std::abort();
        break;
    }
    case 3:
        (void)device.out(input.take<std::uint8_t>(),
                         std::as_bytes(input.takeBytes(input.take<std::uint8_t>())));
        break;
    case 4: keyboard.key(input.take<std::uint16_t>() % 300, (choice & 0x40) != 0); break;
    case 5:
        tablet.moveAbsolute(input.take<std::uint16_t>(), input.take<std::uint16_t>());
        tablet.wheel(static_cast<std::int32_t>(input.take<std::uint32_t>()), (choice & 0x40) != 0 ? 1 : 0);
        tablet.button(static_cast<PointerButton>(input.take<std::uint8_t>() % 5), (choice & 0x40) != 0);
        tablet.sync();
        break;
    case 6:
        device.setSuspended((choice & 0x40) != 0);
        device.pollingStopped(Endpoint);
        break;
    case 7: clock.advance(std::chrono::milliseconds(input.take<std::uint16_t>())); break;
    default: tamper(device, input); break;
    }
}

/// USB 2.0, 9.4.7 and HID 1.11, 7.2.4: configuration 1, and reports of changes only.
void checkStroke(usb::HidKeyboard& keyboard)
{
    keyboard.setSuspended(false);
    keyboard.busReset();
    std::vector<std::byte> none;
    if (keyboard.control({.requestType = 0, .request = 9, .value = 1, .index = 0, .length = 0}, {}, none)
            != usb::TransferStatus::Done
        || keyboard.control({.requestType = 0x21, .request = 10, .value = 0, .index = 0, .length = 0}, {},
                            none)
               != usb::TransferStatus::Done)
        std::abort();
    while (keyboard.in(Endpoint, 8).status == usb::TransferStatus::Done)
        ;
    keyboard.key(KEY_A, true);
    const auto report = keyboard.in(Endpoint, 8);
    if (report.status != usb::TransferStatus::Done || report.data.at(2) != std::byte{4})
        std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    FuzzInput input(data, size);
    ManualClock clock;
    NoHost host;
    usb::HidKeyboard keyboard(clock);
    usb::HidTablet tablet(clock);
    keyboard.connect(host);
    tablet.connect(host);
    while (!input.isEmpty())
        act(keyboard, tablet, clock, input);
    checkStroke(keyboard);
    return 0;
}
