// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/usb/xhci/slot.h"

#include <algorithm>

namespace engine::usb::xhci {

void Endpoint::saveState(StateWriter& out) const
{
    out.integer(static_cast<std::uint8_t>(type));
    out.integer(static_cast<std::uint8_t>(state));
    ring.saveState(out);
    out.integer(transferred);
    out.integer(static_cast<std::uint8_t>(control.phase));
    out.bytes(std::as_bytes(std::span(&control.setup, 1)));
    out.bytes(control.data);
    out.integer(std::uint64_t{control.done});
    out.boolean(control.failed);
    out.boolean(control.isShort);
}

void Endpoint::readState(StateReader& in)
{
    constexpr std::uint8_t LastType = 7;
    constexpr std::uint8_t LastState = 4;
    constexpr std::uint8_t LastPhase = 3;
    type = static_cast<EndpointType>(std::min(in.integer<std::uint8_t>(), LastType));
    state = static_cast<EndpointState>(std::min(in.integer<std::uint8_t>(), LastState));
    ring.readState(in);
    transferred = in.integer<std::uint32_t>();
    control.phase = static_cast<ControlTransfer::Phase>(std::min(in.integer<std::uint8_t>(), LastPhase));
    in.bytes(std::as_writable_bytes(std::span(&control.setup, 1)));
    control.data = in.bytes(std::size_t{UINT16_MAX});
    control.done =
        static_cast<std::size_t>(std::min<std::uint64_t>(in.integer<std::uint64_t>(), control.data.size()));
    control.failed = in.boolean();
    control.isShort = in.boolean();
}

void Slot::saveState(StateWriter& out) const
{
    out.boolean(enabled);
    if (!enabled)
        return;
    out.integer(static_cast<std::uint8_t>(state));
    out.integer(context);
    out.integer(port);
    for (const auto& endpoint : endpoints) {
        out.boolean(endpoint != nullptr);
        if (endpoint)
            endpoint->saveState(out);
    }
}

void Slot::readState(StateReader& in)
{
    constexpr std::uint8_t LastState = 3;
    *this = {};
    enabled = in.boolean();
    if (!enabled)
        return;
    state = static_cast<SlotState>(std::min(in.integer<std::uint8_t>(), LastState));
    context = in.integer<std::uint64_t>();
    port = in.integer<std::uint8_t>();
    for (auto& endpoint : endpoints)
        if (in.boolean()) {
            endpoint = std::make_unique<Endpoint>();
            endpoint->readState(in);
        }
}

} // namespace engine::usb::xhci
