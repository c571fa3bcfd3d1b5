// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <compare>
#include <cstdint>
#include <optional>

namespace engine {

/// An address in the guest's physical address space. Never convertible to a host pointer.
class GuestAddress {
public:
    constexpr GuestAddress() = default;
    constexpr explicit GuestAddress(std::uint64_t raw) : m_raw(raw) {}

    [[nodiscard]] constexpr std::uint64_t raw() const { return m_raw; }
    [[nodiscard]] constexpr std::optional<GuestAddress> checkedAdd(std::uint64_t offset) const
    {
        std::uint64_t sum = 0;
        if (__builtin_add_overflow(m_raw, offset, &sum))
            return std::nullopt;
        return GuestAddress(sum);
    }
    constexpr auto operator<=>(const GuestAddress&) const = default;

private:
    std::uint64_t m_raw = 0;
};

} // namespace engine
