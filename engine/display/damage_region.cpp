// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/damage_region.h"

#include <limits>

namespace engine::display {

namespace {

Rect fromCorners(std::uint64_t left, std::uint64_t top, std::uint64_t right, std::uint64_t bottom)
{
    return {.x = static_cast<std::uint32_t>(left),
            .y = static_cast<std::uint32_t>(top),
            .width = static_cast<std::uint32_t>(right - left),
            .height = static_cast<std::uint32_t>(bottom - top)};
}

bool contains(const Rect& outer, const Rect& inner)
{
    return outer.x <= inner.x && outer.y <= inner.y && inner.right() <= outer.right()
           && inner.bottom() <= outer.bottom();
}

/// True when the union of the two is a rectangle.
bool fitExactly(const Rect& a, const Rect& b)
{
    if (a.x == b.x && a.width == b.width)
        return a.y <= b.bottom() && b.y <= a.bottom();
    if (a.y == b.y && a.height == b.height)
        return a.x <= b.right() && b.x <= a.right();
    return contains(a, b) || contains(b, a);
}

} // namespace

Rect unite(const Rect& a, const Rect& b)
{
    if (a.isEmpty())
        return b;
    if (b.isEmpty())
        return a;
    return fromCorners(std::min(a.x, b.x), std::min(a.y, b.y), std::max(a.right(), b.right()),
                       std::max(a.bottom(), b.bottom()));
}

Rect intersect(const Rect& a, const Rect& b)
{
    const std::uint64_t left = std::max(a.x, b.x);
    const std::uint64_t top = std::max(a.y, b.y);
    const std::uint64_t right = std::min(a.right(), b.right());
    const std::uint64_t bottom = std::min(a.bottom(), b.bottom());
    return left < right && top < bottom ? fromCorners(left, top, right, bottom) : Rect{};
}

void DamageRegion::add(const Rect& rect)
{
    if (rect.isEmpty())
        return;
    Rect grown = rect;
    // Each join may make the next one possible; every round removes a rectangle, so this ends.
    for (bool joined = true; joined;) {
        joined = false;
        for (auto it = m_rects.begin(); it != m_rects.end(); ++it)
            if (fitExactly(*it, grown)) {
                grown = unite(*it, grown);
                m_rects.erase(it);
                joined = true;
                break;
            }
    }
    m_rects.push_back(grown);
    if (m_rects.size() > MaxRects)
        mergeCheapestPair();
}

void DamageRegion::add(const DamageRegion& other)
{
    for (const Rect& rect : other.m_rects)
        add(rect);
}

void DamageRegion::mergeCheapestPair()
{
    std::size_t first = 0;
    std::size_t second = 1;
    auto cheapest = std::numeric_limits<std::uint64_t>::max();
    for (std::size_t i = 0; i < m_rects.size(); ++i)
        for (std::size_t j = i + 1; j < m_rects.size(); ++j) {
            const std::uint64_t covered = m_rects[i].area() + m_rects[j].area();
            const std::uint64_t united = unite(m_rects[i], m_rects[j]).area();
            const std::uint64_t waste = united > covered ? united - covered : 0;
            if (waste < cheapest) {
                cheapest = waste;
                first = i;
                second = j;
            }
        }
    m_rects[first] = unite(m_rects[first], m_rects[second]);
    m_rects.erase(m_rects.begin() + static_cast<std::ptrdiff_t>(second));
}

void DamageRegion::clip(std::uint32_t width, std::uint32_t height)
{
    const Rect screen{.x = 0, .y = 0, .width = width, .height = height};
    for (Rect& rect : m_rects)
        rect = intersect(rect, screen);
    std::erase_if(m_rects, [](const Rect& rect) { return rect.isEmpty(); });
}

Rect DamageRegion::bounds() const
{
    Rect all;
    for (const Rect& rect : m_rects)
        all = unite(all, rect);
    return all;
}

bool DamageRegion::contains(std::uint32_t x, std::uint32_t y) const
{
    return std::ranges::any_of(m_rects, [&](const Rect& rect) {
        return rect.x <= x && x < rect.right() && rect.y <= y && y < rect.bottom();
    });
}

} // namespace engine::display
