// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/network/e1000e/register_file.h"
#include "memory/guest_memory.h"

#include <array>

namespace engine::e1000e {

inline constexpr std::uint32_t DescriptorBytes = 16;
using Descriptor = std::array<std::uint32_t, 4>;

/// A copy of a ring's registers, checked: head and tail lie inside.
struct Ring {
    GuestAddress base;
    std::uint32_t size = 0; ///< descriptors; 0: there is no ring
    std::uint32_t head = 0;
    std::uint32_t tail = 0;

    /// `block`: where the ring's registers begin.
    [[nodiscard]] static Ring load(const RegisterFile& registers, std::uint32_t block)
    {
        Ring ring;
        ring.base = GuestAddress(registers.get(block + reg::RingBaseLow)
                                 | std::uint64_t{registers.get(block + reg::RingBaseHigh)} << 32);
        ring.size = registers.get(block + reg::RingLength) / DescriptorBytes;
        ring.head = registers.get(block + reg::RingHead);
        ring.tail = registers.get(block + reg::RingTail);
        if (ring.head >= ring.size || ring.tail >= ring.size)
            ring.size = 0;
        return ring;
    }
    /// Descriptors that belong to the card.
    [[nodiscard]] std::uint32_t available() const { return size == 0 ? 0 : (tail + size - head) % size; }
    /// The address of a descriptor, nullopt when the ring wraps around the end of the address space.
    [[nodiscard]] std::optional<GuestAddress> at(std::uint32_t index) const
    {
        return base.checkedAdd(std::uint64_t{index % size} * DescriptorBytes);
    }
};

} // namespace engine::e1000e
