// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz/kernel_loader.h"

#include <algorithm>
#include <array>
#include <vector>

/// The input is an ELF file whose magic is put right, so that every input reaches the parser.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using engine::firmware::BootProtocol;
    constexpr std::array<std::uint8_t, 4> Magic{0x7f, 'E', 'L', 'F'};
    std::vector<std::uint8_t> content(data, data + size);
    if (content.size() < 64)
        return 0;
    std::ranges::copy(Magic, content.begin());
    content[5] = 1; // little-endian
    engine::firmware::fuzz::loadBytes(content, std::nullopt);
    engine::firmware::fuzz::loadBytes(content, BootProtocol::Linux64);
    return 0;
}
