// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <span>

namespace engine::block {

/// Numbers in image files. The caller has checked that the bytes are there (asserted in debug
/// builds by span).
template <std::unsigned_integral T>
[[nodiscard]] T loadBig(std::span<const std::byte> bytes, std::size_t at = 0)
{
    T value{};
    std::memcpy(&value, bytes.subspan(at, sizeof(T)).data(), sizeof(T));
    return std::endian::native == std::endian::big ? value : std::byteswap(value);
}

template <std::unsigned_integral T>
[[nodiscard]] T loadLittle(std::span<const std::byte> bytes, std::size_t at = 0)
{
    T value{};
    std::memcpy(&value, bytes.subspan(at, sizeof(T)).data(), sizeof(T));
    return std::endian::native == std::endian::little ? value : std::byteswap(value);
}

template <std::unsigned_integral T>
void storeBig(std::span<std::byte> bytes, std::size_t at, T value)
{
    if constexpr (std::endian::native != std::endian::big)
        value = std::byteswap(value);
    std::memcpy(bytes.subspan(at, sizeof(T)).data(), &value, sizeof(T));
}

template <std::unsigned_integral T>
void storeLittle(std::span<std::byte> bytes, std::size_t at, T value)
{
    if constexpr (std::endian::native != std::endian::little)
        value = std::byteswap(value);
    std::memcpy(bytes.subspan(at, sizeof(T)).data(), &value, sizeof(T));
}

} // namespace engine::block
