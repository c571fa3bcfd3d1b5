// SPDX-License-Identifier: GPL-3.0-or-later
#include "canvas.h"

#include "boot_facts.h"

namespace demo {

void Canvas::fill(int left, int top, int width, int height, Pixel colour)
{
    const int right = left + width < Width ? left + width : Width;
    const int bottom = top + height < Height ? top + height : Height;
    left = left < 0 ? 0 : left;
    for (int y = top < 0 ? 0 : top; y < bottom; ++y) {
        for (int x = left; x < right; ++x)
            m_pixels[y * Width + x] = colour;
    }
}

void Canvas::blend(int x, int y, Pixel colour, unsigned share)
{
    if (x < 0 || y < 0 || x >= Width || y >= Height)
        return;
    Pixel& pixel = m_pixels[y * Width + x];
    pixel = mix(pixel, colour, share);
}

void Canvas::disc(int centreX, int centreY, int radius, Pixel colour)
{
    // In each pixel 4 x 4 points are asked whether they lie inside.
    for (int y = -radius - 1; y <= radius + 1; ++y) {
        for (int x = -radius - 1; x <= radius + 1; ++x) {
            unsigned inside = 0;
            for (int sample = 0; sample < 16; ++sample) {
                const int sx = x * 8 + (sample % 4) * 2 + 1;
                const int sy = y * 8 + (sample / 4) * 2 + 1;
                inside += sx * sx + sy * sy <= radius * radius * 64 ? 16 : 0;
            }
            if (inside != 0)
                blend(centreX + x, centreY + y, colour, inside);
        }
    }
}

void Canvas::gable(int centreX, int top, int halfBase, int height, Pixel colour)
{
    for (int y = 0; y < height; ++y) {
        const int half256 = halfBase * 256 * y / height;
        const int half = half256 / 256;
        const auto edge = static_cast<unsigned>(half256 % 256);
        fill(centreX - half, top + y, 2 * half, 1, colour);
        blend(centreX - half - 1, top + y, colour, edge);
        blend(centreX + half, top + y, colour, edge);
    }
}

void Canvas::write(int left, int top, const char* text, Pixel colour, int scale)
{
    for (; *text; ++text, left += 8 * scale) {
        const std::uint8_t* letter = font() + static_cast<unsigned char>(*text) * 16;
        for (int y = 0; y < 16; ++y) {
            for (int x = 0; x < 8; ++x) {
                if (letter[y] & (0x80 >> x))
                    fill(left + x * scale, top + y * scale, scale, scale, colour);
            }
        }
    }
}

} // namespace demo
