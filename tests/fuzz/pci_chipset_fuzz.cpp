// SPDX-License-Identifier: GPL-3.0-or-later
// Configuration accesses, moving windows and restored states on the host bridge, the LPC bridge, the SMBus
// controller and the root complex.
#include "devices/pci/host_bridge.h"
#include "devices/pci/lpc_bridge.h"
#include "devices/pci/smbus_controller.h"
#include "fuzz/fuzz_input.h"

#include <algorithm>
#include <array>
#include <cstdlib>

using namespace engine;

namespace {

class Nothing final : public BusDevice {
    void read(std::uint64_t /*offset*/, std::span<std::byte> data) override
    {
        std::ranges::fill(data, std::byte{0});
    }
    void write(std::uint64_t /*offset*/, std::span<const std::byte> /*data*/) override {}
};

class NoMessages final : public MsiController {
    Result<std::unique_ptr<MsiVector>> createVector() override { return fail(ErrorCode::Unsupported); }
};

struct Board {
    Board()
    {
        const pci::PciServices services{.ports = ports, .memory = space, .msi = msi};
        const auto insert = [&](pci::PciAddress address, pci::PciFunction& function) {
            if (!root.insert(address, function, services, pirqs.createInput(address, pci::InterruptPin::A)))
                std::abort();
        };
        insert({}, host);
        insert({.device = 31}, lpc);
        insert({.device = 31, .function = 3}, smbus);
        if (!host.powerOn() || !ports.insert({.base = 0xcf8, .length = 8}, root.configPorts()))
            std::abort();
    }

    static std::shared_ptr<HostBlock> block(std::uint64_t bytes)
    {
        return HostBlock::create("fuzz", bytes).value();
    }

    Bus ports;
    AddressSpace space;
    Nothing nothing;
    NoMessages msi;
    pci::PirqRouter pirqs{[](unsigned) { return std::make_unique<UnconnectedIrqLine>(); }};
    pci::RootComplex root{nothing};
    pci::HostBridge host{root, space, block(1 << 20), block(128 << 10)};
    pci::LpcBridge lpc{ports, space, pirqs, nothing};
    pci::SmbusController smbus;
    std::array<Saveable*, 4> states{&host, &lpc, &smbus, &root};
};

void step(Board& board, test::FuzzInput& input)
{
    constexpr std::array<pci::PciAddress, 4> Addresses{
        {{}, {.device = 31}, {.device = 31, .function = 3}, {.device = 5}}};
    const auto operation = input.take<std::uint8_t>();
    const auto& address = Addresses.at(operation >> 3 & 3);
    const unsigned width = 1U << (operation >> 5) % 3;
    std::array<std::byte, 8> bytes{};
    const auto data = std::span(bytes).first(1 + (operation >> 5));
    switch (operation & 7) {
    case 0: (void)board.root.readConfig(address, input.take<std::uint16_t>() & 0xfff, width); break;
    case 1:
    case 2: {
        const auto offset = input.take<std::uint8_t>();
        board.root.writeConfig(address, offset, width, input.take<std::uint32_t>());
        break;
    }
    case 3: {
        const auto port = input.take<std::uint16_t>();
        storeLittleEndian(data, input.take<std::uint32_t>());
        board.ports.write(port, data);
        board.ports.read(port, data);
        break;
    }
    case 4:
    case 5: {
        const GuestAddress at(input.take<std::uint32_t>());
        storeLittleEndian(data, input.take<std::uint64_t>());
        board.space.write(at, data);
        board.space.read(at, data);
        break;
    }
    case 6: {
        StateReader in(std::as_bytes(input.takeBytes(input.take<std::uint16_t>() & 0x7fff)));
        (void)board.states.at(operation >> 3 & 3)->restoreState(in);
        break;
    }
    default: board.root.reset(); break;
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    Board board;
    test::FuzzInput input(data, size);
    while (!input.isEmpty())
        step(board, input);
    // What a state says about itself must be accepted again.
    for (Saveable* device : board.states) {
        StateWriter out;
        device->saveState(out);
        StateReader in(out.data());
        if (!device->restoreState(in))
            std::abort();
    }
    return 0;
}
