// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/usb/xhci/ring.h"

namespace engine::usb::xhci {

Result<std::optional<Trb>> fetchTrb(const GuestMemory& memory, RingPosition& position)
{
    constexpr unsigned MostLinks = 32; // in a row; a ring has one link for each segment
    constexpr std::uint64_t ControlOffset = 12;
    for (unsigned link = 0; link <= MostLinks; ++link) {
        // The cycle bit first: what precedes it in the TRB was written before.
        const GuestAddress at(position.address);
        const auto control =
            VM_TRY(memory.loadAcquire<std::uint32_t>(GuestAddress(position.address + ControlOffset)));
        if ((control & flag::Cycle) != (position.cycle ? flag::Cycle : 0))
            return std::nullopt;
        Trb trb = VM_TRY(memory.readObject<Trb>(at));
        trb.control = control;
        if (static_cast<TrbType>(trb.type()) != TrbType::Link)
            return trb;
        position.address = trb.parameter & ~std::uint64_t{15};
        if (trb.has(flag::ToggleCycle))
            position.cycle = !position.cycle;
    }
    return fail(ErrorCode::Corrupt, "a ring of nothing but links");
}

} // namespace engine::usb::xhci
