// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace engine::pci {

/// Device and function on bus 0, the only bus of this machine ("1f.2").
struct PciAddress {
    std::uint8_t device = 0;   ///< 0 to 31
    std::uint8_t function = 0; ///< 0 to 7
    auto operator<=>(const PciAddress&) const = default;

    [[nodiscard]] std::string toString() const
    {
        constexpr char Hex[] = "0123456789abcdef";
        return {Hex[device >> 4 & 1], Hex[device & 15], '.', Hex[function & 7]};
    }
};

/// The four interrupt pins of a conventional PCI function; the number is what the Interrupt Pin
/// register (3Dh) holds.
enum class InterruptPin : std::uint8_t { None, A, B, C, D };

} // namespace engine::pci
