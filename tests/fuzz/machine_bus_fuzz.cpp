// SPDX-License-Identifier: GPL-3.0-or-later
// Random port, configuration and memory accesses on a whole machine, whose RAM the input fills too, so that
// whatever a device fetches by DMA is hostile. Time moves only as the input says.
#include "conformance/software_platform.h"
#include "fuzz/fuzz_input.h"

#include <array>
#include <cstdlib>
#include <iostream>

using namespace engine;

namespace {

constexpr std::uint64_t EcamBase = 0xb000'0000;

std::unique_ptr<conformance::SoftwareMachine> createMachine()
{
    VmConfig config;
    config.memoryBytes = 64 << 20;
    config.cpuCount = 2;
    config.kernel.emplace(); // no firmware; nothing is started
    auto machine = conformance::SoftwareMachine::create(
        config, std::chrono::sys_days(std::chrono::year(2026) / 11 / 22));
    if (!machine) {
        std::cerr << machine.error().message() << '\n';
        std::exit(1);
    }
    // What firmware would have done, so that inputs reach the devices' registers with few bytes.
    auto& made = **machine;
    made.machine().pci().programAsFirmwareWould();
    std::uint64_t place = 0xc000'0000;
    std::uint16_t ports = 0xc000;
    for (const auto& [address, function] : made.machine().pci().root().functions()) {
        auto& root = made.machine().pci().root();
        for (std::uint16_t bar = 0x10; bar < 0x28; bar += 4) {
            const bool isIo = (root.readConfig(address, bar, 4) & 1) != 0;
            root.writeConfig(address, bar, 4, isIo ? ports : static_cast<std::uint32_t>(place));
            isIo ? ports += 0x100 : place += 0x100'0000;
        }
        root.writeConfig(address, 0x04, 2, 0x7);
    }
    return std::move(*machine);
}

/// Ports that something may answer at: legacy ones, the power block, the BARs.
std::uint16_t choosePort(test::FuzzInput& input)
{
    const auto low = input.take<std::uint8_t>();
    constexpr std::array<std::uint16_t, 8> Pages{0x000, 0x100, 0x200, 0x300, 0x400, 0x500, 0x600, 0xc000};
    const auto page = input.take<std::uint8_t>();
    return static_cast<std::uint16_t>(
        (page & 8 ? Pages.at(page & 7) + ((page >> 4) << 8) : Pages.at(page & 7)) + low);
}

std::uint64_t chooseAddress(test::FuzzInput& input)
{
    const auto offset = input.take<std::uint16_t>();
    const auto kind = input.take<std::uint8_t>();
    switch (kind & 7) {
    case 0: return 0xa'0000 + offset;
    case 1: return 0xf'0000 + offset;
    case 2: return EcamBase + (std::uint64_t{kind} << 12 & 0x1f000) + (offset & 0xfff);
    case 3: return EcamBase + 0xf8000 + (offset & 0x7fff);
    case 4: return 0xfed1'c000 + (offset & 0x3fff);
    case 5: return input.take<std::uint64_t>();
    default: return 0xc000'0000 + (std::uint64_t{kind} >> 3) * 0x100'0000 + offset;
    }
}

void step(conformance::SoftwareMachine& machine, test::FuzzInput& input)
{
    const auto operation = input.take<std::uint8_t>();
    const unsigned width = 1 + (operation >> 5);
    switch (operation & 7) {
    case 0: (void)machine.portRead(choosePort(input), width); break;
    case 1:
    case 2: {
        const auto port = choosePort(input);
        machine.portWrite(port, width, input.take<std::uint32_t>());
        break;
    }
    case 3: (void)machine.memoryRead(chooseAddress(input), width); break;
    case 4:
    case 5: {
        const auto address = chooseAddress(input);
        machine.memoryWrite(address, width, input.take<std::uint64_t>());
        break;
    }
    case 6: {
        const std::uint64_t at = std::uint64_t{input.take<std::uint16_t>()} << 4;
        const auto bytes = input.takeBytes(input.take<std::uint8_t>());
        (void)machine.machine().memory().guestMemory().write(GuestAddress(at), std::as_bytes(bytes));
        break;
    }
    default:
        if (operation & 8)
            machine.machine().reset();
        else // hours at once would only repeat the same periodic ticks
            machine.platform().clock().advance(
                std::chrono::nanoseconds(input.take<std::uint32_t>() % 100'000'000));
        break;
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto machine = createMachine();
    test::FuzzInput input(data, size);
    while (!input.isEmpty())
        step(*machine, input);
    (void)machine->platform().msi().takeMessages();
    return 0;
}
