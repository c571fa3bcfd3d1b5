// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/state.h"
#include "devices/usb/usb_device.h"
#include "devices/usb/xhci/ring.h"

#include <array>
#include <memory>
#include <vector>

namespace engine::usb::xhci {

/// A control transfer on its way through its stages (xHCI 1.2, 4.11.2.2).
struct ControlTransfer {
    enum class Phase : std::uint8_t { Idle, DataIn, DataOut, Status };
    Phase phase = Phase::Idle;
    SetupPacket setup{};
    std::vector<std::byte> data; ///< at most setup.length bytes
    std::size_t done = 0;        ///< of `data`, towards the host
    bool failed = false;         ///< the device has refused; the next stage tells
    bool isShort = false;        ///< the rest of the data TD is passed over
};

/// An enabled endpoint of a device slot.
struct Endpoint {
    EndpointType type = EndpointType::NotValid;
    EndpointState state = EndpointState::Running;
    RingPosition ring;
    std::uint32_t transferred = 0; ///< EDTLA (4.11.5.2)
    ControlTransfer control;       ///< only type Control

    void saveState(StateWriter& out) const;
    void readState(StateReader& in);
};

/// A device slot (4.5). Endpoint contexts are numbered as in the device context: 1 is endpoint 0, 2n and 2n +
/// 1 are endpoint n out and in.
struct Slot {
    static constexpr unsigned EndpointCount = 32;
    bool enabled = false;
    SlotState state = SlotState::Enabled;
    std::uint64_t context = 0; ///< of the output device context; 0 before Address Device
    std::uint8_t port = 0;     ///< root hub port, from 1; 0 before Address Device
    std::array<std::unique_ptr<Endpoint>, EndpointCount> endpoints; ///< null: disabled

    void saveState(StateWriter& out) const;
    void readState(StateReader& in);
};

/// The USB address of an endpoint context: the number, with bit 7 set towards the host.
[[nodiscard]] constexpr std::uint8_t endpointAddress(unsigned index)
{
    return static_cast<std::uint8_t>(index / 2 | (index % 2 != 0 ? 0x80 : 0));
}
[[nodiscard]] constexpr unsigned endpointIndex(std::uint8_t address)
{
    const unsigned number = address & 0xf;
    return number == 0 ? 1 : 2 * number + (address >> 7);
}

} // namespace engine::usb::xhci
