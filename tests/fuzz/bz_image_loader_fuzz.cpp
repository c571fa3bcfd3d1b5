// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz/kernel_loader.h"

#include <algorithm>
#include <array>
#include <vector>

/// The input is a bzImage whose marks are put right, so that every input reaches the parser.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    constexpr std::array<std::uint8_t, 2> BootFlag{0x55, 0xaa};
    constexpr std::array<std::uint8_t, 4> HeaderMagic{'H', 'd', 'r', 'S'};
    std::vector<std::uint8_t> content(data, data + size);
    content.resize(std::max<std::size_t>(content.size(), 0x206));
    std::ranges::copy(BootFlag, content.begin() + 0x1fe);
    std::ranges::copy(HeaderMagic, content.begin() + 0x202);
    engine::firmware::fuzz::loadBytes(content, std::nullopt);
    return 0;
}
