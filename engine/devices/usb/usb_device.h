// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/state.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

/// Universal Serial Bus (USB 2.0): devices as a host controller sees them.
namespace engine::usb {

/// The speed of a connection, numbered as a USB 2.0 and 3.x root hub port of an xHCI tells it
/// (xHCI 1.2, 7.2.2.1.1).
enum class Speed : std::uint8_t { Full = 1, Low = 2, High = 3, Super = 4 };

/// USB 2.0, 9.3: the eight bytes of a setup stage.
struct SetupPacket {
    std::uint8_t requestType;
    std::uint8_t request;
    std::uint16_t value;
    std::uint16_t index;
    std::uint16_t length;

    [[nodiscard]] bool isToHost() const { return (requestType & 0x80) != 0; }
};
static_assert(sizeof(SetupPacket) == 8);

enum class TransferStatus : std::uint8_t {
    Done,
    NotReady, ///< NAK: the same transfer is tried again after UsbHost::endpointReady()
    Stall,
    Babble, ///< the device has more to say than there is room for
};

struct InTransfer {
    TransferStatus status = TransferStatus::NotReady;
    std::vector<std::byte> data; ///< with Done; shorter than asked for ends the transfer
};

class UsbDevice;

/// What a device asks of the controller it is plugged into. Any thread, without locks held.
class UsbHost {
public:
    virtual ~UsbHost() = default;
    /// Transfers that were NotReady on this endpoint address may go on.
    virtual void endpointReady(UsbDevice& device, std::uint8_t endpoint) = 0;
    /// Resume signalling of a suspended device (USB 2.0, 7.1.7.7).
    virtual void remoteWakeup(UsbDevice& device) = 0;
};

/// One USB device. The host controller calls it with its own lock held, so a device never calls back
/// from inside of these functions. Endpoint numbers are addresses: bit 7 set is towards the host.
class UsbDevice {
public:
    virtual ~UsbDevice() = default;

    [[nodiscard]] virtual Speed speed() const = 0;
    /// Before anything else. `host` outlives the device's use.
    virtual void connect(UsbHost& host) = 0;
    /// Back to the default state (USB 2.0, 9.1.1.3).
    virtual void busReset() = 0;
    /// A whole control transfer. `out` holds the data stage towards the device; towards the host, `in` gets
    /// at most setup.length bytes. Never NotReady.
    [[nodiscard]] virtual TransferStatus control(const SetupPacket& setup, std::span<const std::byte> out,
                                                 std::vector<std::byte>& in) = 0;
    /// At most `limit` bytes from an interrupt or bulk endpoint.
    [[nodiscard]] virtual InTransfer in(std::uint8_t endpoint, std::size_t limit) = 0;
    [[nodiscard]] virtual TransferStatus out(std::uint8_t endpoint, std::span<const std::byte> data) = 0;
    /// The host stops asking this endpoint, until the next transfer.
    virtual void pollingStopped(std::uint8_t endpoint) = 0;
    /// The bus segment was suspended or resumed.
    virtual void setSuspended(bool suspended) = 0;

    virtual void saveState(StateWriter& out) const = 0;
    /// Takes nothing over unless all of it is well-formed.
    [[nodiscard]] virtual Result<> restoreState(StateReader& in) = 0;
};

} // namespace engine::usb
