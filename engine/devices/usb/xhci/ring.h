// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/state.h"
#include "devices/usb/xhci/trb.h"
#include "memory/guest_memory.h"

#include <optional>

namespace engine::usb::xhci {

/// The controller's place in a command or transfer ring (xHCI 1.2, 4.9.2).
struct RingPosition {
    std::uint64_t address = 0;
    bool cycle = true;

    /// After the TRB at the position has been used.
    void advance() { address += TrbBytes; }
    /// As context fields and commands carry it: the cycle state in bit 0.
    [[nodiscard]] std::uint64_t packed() const { return address | (cycle ? 1 : 0); }
    [[nodiscard]] static RingPosition unpack(std::uint64_t value)
    {
        return {.address = value & ~std::uint64_t{15}, .cycle = (value & 1) != 0};
    }
    void saveState(StateWriter& out) const
    {
        out.integer(address);
        out.boolean(cycle);
    }
    void readState(StateReader& in)
    {
        address = in.integer<std::uint64_t>() & ~std::uint64_t{15};
        cycle = in.boolean();
    }
};

/// The next TRB that software has handed over, nullopt when there is none. Follows links, which moves
/// `position`; the TRB returned stays where it is. An error when the ring is not in RAM or is nothing but
/// links.
[[nodiscard]] Result<std::optional<Trb>> fetchTrb(const GuestMemory& memory, RingPosition& position);

} // namespace engine::usb::xhci
