// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace demo {

using Pixel = std::uint32_t; // 00RRGGBB

constexpr Pixel mix(Pixel from, Pixel to, unsigned share) // share 0..256
{
    Pixel result = 0;
    for (unsigned shift = 0; shift < 24; shift += 8) {
        const unsigned a = (from >> shift) & 0xFF;
        const unsigned b = (to >> shift) & 0xFF;
        result |= ((a * (256 - share) + b * share) >> 8) << shift;
    }
    return result;
}

/// A picture in ordinary memory, drawn there and then copied to the screen in one go.
class Canvas {
public:
    static constexpr int Width = 800;
    static constexpr int Height = 600;

    explicit Canvas(Pixel* pixels) : m_pixels(pixels) {}

    void fill(int left, int top, int width, int height, Pixel colour);
    void blend(int x, int y, Pixel colour, unsigned share);
    /// With a soft edge.
    void disc(int centreX, int centreY, int radius, Pixel colour);
    /// A triangle that stands on its base.
    void gable(int centreX, int top, int halfBase, int height, Pixel colour);
    /// In the BIOS's font, each dot `scale` pixels wide.
    void write(int left, int top, const char* text, Pixel colour, int scale = 1);
    [[nodiscard]] const Pixel* pixels() const { return m_pixels; }

private:
    Pixel* m_pixels;
};

} // namespace demo
