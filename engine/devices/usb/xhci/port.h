// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/state.h"
#include "devices/usb/usb_device.h"

#include <cstdint>

namespace engine::usb::xhci {

/// One root hub port: PORTSC (xHCI 1.2, 5.4.8) and its state machine (4.19.1). Resets and resumes end at
/// once.
class Port {
public:
    enum class Protocol : std::uint8_t { Usb2, Usb3 };
    explicit Port(Protocol protocol = Protocol::Usb2) : m_protocol(protocol) { power(); }

    /// Borrowed; null: nothing is plugged in.
    void plug(UsbDevice* device);
    [[nodiscard]] UsbDevice* device() const { return m_device; }
    /// Register `offset` 0, 4, 8 or 12 of the set.
    [[nodiscard]] std::uint32_t read(std::uint32_t offset) const;
    void write(std::uint32_t offset, std::uint32_t value);
    /// After a controller reset: what is plugged in appears as newly connected.
    void reset();
    /// The device signals resume (4.15.2.1).
    void remoteWakeup();

    [[nodiscard]] bool isEnabled() const;
    /// Enabled and in U0: transfers reach the device.
    [[nodiscard]] bool carriesTransfers() const;
    /// Any change bit is set (PSCEG).
    [[nodiscard]] bool hasChange() const;
    /// True once after hasChange() has become true.
    [[nodiscard]] bool takeChangeEdge();

    void saveState(StateWriter& out) const;
    void readState(StateReader& in);

private:
    void power();
    void setLink(unsigned state);
    void startReset(bool warm);
    void writeLink(unsigned state);
    void change(std::uint32_t bits);

    Protocol m_protocol;
    UsbDevice* m_device = nullptr;
    std::uint32_t m_status = 0;     ///< PORTSC
    std::uint32_t m_management = 0; ///< PORTPMSC
    bool m_changeEdge = false;
};

} // namespace engine::usb::xhci
