// SPDX-License-Identifier: GPL-3.0-or-later
// Random accesses, through the address space, on a flash chip of two blocks.
#include "devices/chipset/cfi_flash.h"
#include "fuzz/fuzz_input.h"

#include <array>

using namespace engine;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    constexpr std::uint64_t Base = 0xffc0'0000;
    constexpr std::uint64_t Size = 2 * CfiFlashCommands::BlockBytes;
    test::FuzzInput input(data, size);
    Log log;
    AddressSpace memory;
    const std::vector<std::byte> contents(Size, std::byte{0xff});
    const auto flash = CfiFlash::create("pflash", memory, GuestAddress(Base), contents, nullptr, log).value();
    std::array<std::byte, 8> buffer{};
    while (!input.isEmpty()) {
        const auto operation = input.take<std::uint8_t>();
        const GuestAddress at(Base + input.take<std::uint16_t>() % (Size + 4));
        const auto part = std::span(buffer).first(1 + (operation >> 4) % buffer.size());
        switch (operation & 7) {
        case 0: memory.read(at, part); break;
        case 1: flash->reset(); break;
        case 2: {
            StateWriter out;
            flash->saveState(out);
            auto state = out.take();
            state[input.take<std::uint16_t>() % state.size()] = std::byte{input.take<std::uint8_t>()};
            StateReader in(state);
            (void)flash->restoreState(in);
            break;
        }
        default:
            storeLittleEndian(part, input.take<std::uint8_t>());
            memory.write(at, part);
            break;
        }
    }
    return 0;
}
