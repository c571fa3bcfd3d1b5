// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <concepts>
#include <optional>

namespace engine {

/// Arithmetic on numbers that a guest, a file or a peer has chosen: nullopt on overflow.
template <std::integral T>
[[nodiscard]] constexpr std::optional<T> checkedAdd(T a, T b)
{
    T sum{};
    if (__builtin_add_overflow(a, b, &sum))
        return std::nullopt;
    return sum;
}

template <std::integral T>
[[nodiscard]] constexpr std::optional<T> checkedMultiply(T a, T b)
{
    T product{};
    if (__builtin_mul_overflow(a, b, &product))
        return std::nullopt;
    return product;
}

/// True when [offset, offset + length) lies inside [0, limit), for any values at all.
template <std::unsigned_integral T>
[[nodiscard]] constexpr bool isInside(T offset, T length, T limit)
{
    return offset <= limit && length <= limit - offset;
}

} // namespace engine
