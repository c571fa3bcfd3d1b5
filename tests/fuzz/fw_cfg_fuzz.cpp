// SPDX-License-Identifier: GPL-3.0-or-later
// Random selector, data and DMA accesses on fw_cfg, with the input as the guest's memory.
#include "devices/chipset/fw_cfg.h"
#include "fuzz/fuzz_input.h"

#include <array>

using namespace engine;

namespace {

constexpr std::uint64_t MemoryBytes = 8192;

const GuestMemory& sharedMemory()
{
    static const GuestMemory Memory =
        GuestMemory::create({{GuestAddress(0), HostBlock::create("ram", MemoryBytes).value()}}).value();
    return Memory;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    test::FuzzInput input(data, size);
    const GuestMemory& memory = sharedMemory();
    (void)memory.fill(GuestAddress(0), MemoryBytes, std::byte{0});
    Log log;
    FwCfg device(memory, log);
    (void)device.setItem(0, FwCfg::Bytes(4));
    (void)device.setFile("etc/fixed", FwCfg::Bytes(100));
    (void)device.setWritableFile("etc/written", FwCfg::Bytes(16), {});
    (void)device.addGeneratedFiles({{"etc/generated", 64}},
                                   [] { return std::vector<FwCfg::Bytes>{FwCfg::Bytes(80)}; });
    std::array<std::byte, 8> buffer{};
    while (!input.isEmpty()) {
        const auto operation = input.take<std::uint8_t>();
        const std::uint64_t offset = operation >> 5;
        const auto part = std::span(buffer).first(std::size_t{1} << (operation >> 3 & 3));
        switch (operation & 7) {
        case 0: device.ports().read(offset & 1, part); break;
        case 1: device.dmaPorts().read(offset, part); break;
        case 2: device.reset(); break;
        case 3: {
            const auto bytes = input.takeBytes(input.take<std::uint8_t>());
            StateReader in(std::as_bytes(bytes));
            (void)device.restoreState(in);
            break;
        }
        case 4: {
            const GuestAddress at(input.take<std::uint16_t>() % MemoryBytes);
            (void)memory.write(at, std::as_bytes(input.takeBytes(input.take<std::uint8_t>())));
            break;
        }
        case 5:
            storeLittleEndian(part, input.take<std::uint64_t>());
            device.dmaPorts().write(offset, part);
            break;
        default:
            storeLittleEndian(part, input.take<std::uint16_t>());
            device.ports().write(0, part);
            break;
        }
    }
    return 0;
}
