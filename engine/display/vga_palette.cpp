// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/vga_palette.h"

namespace engine::display {

namespace {

std::uint32_t widen(std::uint8_t sixBits)
{
    const std::uint32_t value = sixBits & 0x3f;
    return value << 2 | ((value & 1) != 0 ? 3U : 0U);
}

std::uint32_t dacColour(const VgaState& state, std::uint32_t index)
{
    const auto& dac = state.dac;
    const std::size_t at = (index & dac.pixelMask) * std::size_t{3};
    if (state.dispi.isEightBitDac())
        return std::uint32_t{dac.colours[at]} << 16 | std::uint32_t{dac.colours[at + 1]} << 8
               | dac.colours[at + 2];
    return widen(dac.colours[at]) << 16 | widen(dac.colours[at + 1]) << 8 | widen(dac.colours[at + 2]);
}

} // namespace

std::array<std::uint32_t, 256> palette256(const VgaState& state)
{
    std::array<std::uint32_t, 256> colours{};
    for (std::uint32_t i = 0; i < colours.size(); ++i)
        colours[i] = dacColour(state, i);
    return colours;
}

std::array<std::uint32_t, 16> palette16(const VgaState& state)
{
    const auto& ar = state.attribute;
    const std::uint32_t select = ar[attribute::ColourSelect];
    std::array<std::uint32_t, 16> colours{};
    for (std::uint32_t i = 0; i < colours.size(); ++i) {
        const std::uint32_t internal = ar[i & ar[attribute::ColourPlaneEnable] & 0x0f];
        const bool selectsFourBits = (ar[attribute::ModeControl] & attribute::PaletteBits54) != 0;
        const std::uint32_t index = selectsFourBits ? (select & 0x0f) << 4 | (internal & 0x0f)
                                                    : (select & 0x0c) << 4 | (internal & 0x3f);
        colours[i] = dacColour(state, index);
    }
    return colours;
}

} // namespace engine::display
