// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace engine::display {

/// A rectangle of pixels; empty when a side is 0.
struct Rect {
    std::uint32_t x = 0;
    std::uint32_t y = 0;
    std::uint32_t width = 0;
    std::uint32_t height = 0;

    [[nodiscard]] bool isEmpty() const { return width == 0 || height == 0; }
    [[nodiscard]] std::uint64_t right() const { return std::uint64_t{x} + width; }
    [[nodiscard]] std::uint64_t bottom() const { return std::uint64_t{y} + height; }
    [[nodiscard]] std::uint64_t area() const { return std::uint64_t{width} * height; }
    bool operator==(const Rect&) const = default;
};

/// The smallest rectangle that holds both; an empty one adds nothing.
[[nodiscard]] Rect unite(const Rect& a, const Rect& b);
/// What both have in common.
[[nodiscard]] Rect intersect(const Rect& a, const Rect& b);

/// The part of a frame that has changed: a bounded list of rectangles whose union covers every
/// changed pixel (and possibly some others). Rectangles may overlap after merging. A plain value.
class DamageRegion {
public:
    static constexpr std::size_t MaxRects = 32;

    DamageRegion() = default;
    explicit DamageRegion(const Rect& rect) { add(rect); }

    /// Joins neighbours that fit exactly; past MaxRects the pair that wastes least is merged.
    void add(const Rect& rect);
    void add(const DamageRegion& other);
    /// Cuts everything to [0, width) x [0, height).
    void clip(std::uint32_t width, std::uint32_t height);
    void clear() { m_rects.clear(); }

    [[nodiscard]] bool isEmpty() const { return m_rects.empty(); }
    [[nodiscard]] std::span<const Rect> rects() const { return m_rects; }
    [[nodiscard]] Rect bounds() const;
    [[nodiscard]] bool contains(std::uint32_t x, std::uint32_t y) const;
    bool operator==(const DamageRegion&) const = default;

private:
    void mergeCheapestPair();

    std::vector<Rect> m_rects; // none empty
};

} // namespace engine::display
