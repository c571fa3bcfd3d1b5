// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/pointer_overlay.h"

#include <algorithm>

namespace engine::display {

namespace {

constexpr std::uint32_t Opaque = 255;

std::uint32_t blend(std::uint32_t below, std::uint32_t above)
{
    const std::uint32_t alpha = above >> 24;
    std::uint32_t result = 0;
    for (const unsigned shift : {16U, 8U, 0U}) {
        const std::uint32_t a = above >> shift & 0xff;
        const std::uint32_t b = below >> shift & 0xff;
        result |= (a * alpha + b * (Opaque - alpha) + Opaque / 2) / Opaque << shift;
    }
    return result;
}

bool isDrawable(const CursorShape& shape)
{
    return shape.visible && shape.pixels.size() == std::size_t{shape.width} * shape.height;
}

} // namespace

Rect pointerRect(const CursorShape& shape, PointerPosition at, std::uint32_t frameWidth,
                 std::uint32_t frameHeight)
{
    if (!isDrawable(shape))
        return {};
    const std::int64_t left = std::max<std::int64_t>(at.x, 0);
    const std::int64_t top = std::max<std::int64_t>(at.y, 0);
    const std::int64_t right = std::min<std::int64_t>(std::int64_t{at.x} + shape.width, frameWidth);
    const std::int64_t bottom = std::min<std::int64_t>(std::int64_t{at.y} + shape.height, frameHeight);
    if (left >= right || top >= bottom)
        return {};
    return {.x = static_cast<std::uint32_t>(left),
            .y = static_cast<std::uint32_t>(top),
            .width = static_cast<std::uint32_t>(right - left),
            .height = static_cast<std::uint32_t>(bottom - top)};
}

void drawPointer(const CursorShape& shape, PointerPosition at, const Rect& area,
                 std::span<std::uint32_t> pixels)
{
    const auto farRight = static_cast<std::uint32_t>(std::min<std::uint64_t>(area.right(), UINT32_MAX));
    const auto farBottom = static_cast<std::uint32_t>(std::min<std::uint64_t>(area.bottom(), UINT32_MAX));
    const Rect common = intersect(pointerRect(shape, at, farRight, farBottom), area);
    for (std::uint32_t y = common.y; y < common.bottom(); ++y) {
        const auto row = static_cast<std::size_t>(std::int64_t{y} - at.y) * shape.width;
        for (std::uint32_t x = common.x; x < common.right(); ++x) {
            std::uint32_t& pixel = pixels[std::size_t{y - area.y} * area.width + (x - area.x)];
            pixel = blend(pixel, shape.pixels[row + static_cast<std::size_t>(std::int64_t{x} - at.x)]);
        }
    }
}

} // namespace engine::display
