// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace engine::display::rfb {

/// The different colours of a piece of picture, in order of appearance, up to a limit. An open hash
/// table, because this runs for every pixel that a remote viewer sees.
class TilePalette {
public:
    static constexpr std::size_t MaxColours = 256;

    /// Adds a colour; false when `limit` colours are exceeded.
    [[nodiscard]] bool add(std::uint32_t colour, std::size_t limit)
    {
        const std::size_t slot = find(colour);
        if (m_slots[slot] != 0)
            return true;
        if (m_count >= limit)
            return false;
        m_colours[m_count++] = colour;
        m_slots[slot] = static_cast<std::uint16_t>(m_count);
        return true;
    }
    /// The number of a colour that add() has taken.
    [[nodiscard]] std::uint8_t indexOf(std::uint32_t colour) const
    {
        return static_cast<std::uint8_t>(m_slots[find(colour)] - 1U);
    }
    [[nodiscard]] std::span<const std::uint32_t> colours() const
    {
        return std::span(m_colours).first(m_count);
    }

private:
    static constexpr std::size_t Slots = 1024; // a power of two, four times MaxColours

    [[nodiscard]] std::size_t find(std::uint32_t colour) const
    {
        std::size_t slot = (colour * 0x9e3779b1U) >> 22U; // the top 10 bits
        while (m_slots[slot] != 0 && m_colours[m_slots[slot] - 1U] != colour)
            slot = (slot + 1) % Slots;
        return slot;
    }

    std::array<std::uint32_t, MaxColours> m_colours{};
    std::array<std::uint16_t, Slots> m_slots{}; ///< index + 1, 0 = free
    std::size_t m_count = 0;
};

/// The palette of `pixels`, nullopt when they have more than `limit` colours.
[[nodiscard]] inline std::optional<TilePalette> paletteOf(std::span<const std::uint32_t> pixels,
                                                          std::size_t limit)
{
    TilePalette palette;
    std::optional<std::uint32_t> last;
    for (const std::uint32_t pixel : pixels) {
        if (pixel == last)
            continue;
        if (!palette.add(pixel, limit))
            return std::nullopt;
        last = pixel;
    }
    return palette;
}

} // namespace engine::display::rfb
