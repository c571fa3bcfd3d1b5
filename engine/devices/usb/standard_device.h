// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/usb/descriptors.h"
#include "devices/usb/usb_device.h"

#include <mutex>

namespace engine::usb {

/// The chapter 9 part of a device with one configuration, one interface and one interrupt endpoint towards
/// the host: descriptors, states, halts and remote wakeup. Subclasses add what their class says. The hooks
/// are called with the device's lock held.
class StandardDevice : public UsbDevice {
public:
    [[nodiscard]] Speed speed() const override { return m_speed; }
    void connect(UsbHost& host) override;
    void busReset() override;
    [[nodiscard]] TransferStatus control(const SetupPacket& setup, std::span<const std::byte> out,
                                         std::vector<std::byte>& in) override;
    [[nodiscard]] InTransfer in(std::uint8_t endpoint, std::size_t limit) override;
    [[nodiscard]] TransferStatus out(std::uint8_t endpoint, std::span<const std::byte> data) override;
    void pollingStopped(std::uint8_t endpoint) override;
    void setSuspended(bool suspended) override;

protected:
    struct Description {
        Speed speed = Speed::Full;
        Identity identity;
        InterfaceClass function;
        Bytes classDescriptor;
        InterruptIn endpoint;
    };
    explicit StandardDevice(Description description);

    // --- hooks
    /// Requests of type class or vendor, and GET_DESCRIPTOR of the interface.
    [[nodiscard]] virtual TransferStatus
    controlClass(const SetupPacket& setup, std::span<const std::byte> out, std::vector<std::byte>& in) = 0;
    [[nodiscard]] virtual InTransfer nextReport(std::size_t limit) = 0;
    /// The configuration was set anew or taken away, or the bus was reset: pending reports are void.
    virtual void functionReset() = 0;
    /// The host has begun or ceased to ask for reports.
    virtual void useChanged(bool inUse) = 0;

    // --- for subclasses, with the lock held
    [[nodiscard]] bool isInUse() const { return m_inUse; }
    [[nodiscard]] bool isConfigured() const { return m_configuration != 0; }
    void saveStandard(StateWriter& out) const;
    struct StandardState {
        std::uint8_t configuration = 0;
        bool halted = false;
        bool remoteWakeup = false;
        bool suspended = false;
        bool polled = false;
    };
    [[nodiscard]] static StandardState readStandard(StateReader& in);
    void adoptStandard(const StandardState& state);

    /// After the subclass has something to report. Without the lock: wakes the bus or lets a waiting transfer
    /// go on.
    void reportReady();
    [[nodiscard]] std::mutex& mutex() const { return m_mutex; }

private:
    [[nodiscard]] TransferStatus standardToDevice(const SetupPacket& setup);
    [[nodiscard]] TransferStatus standardToHost(const SetupPacket& setup, std::vector<std::byte>& in);
    [[nodiscard]] TransferStatus changeFeature(const SetupPacket& setup, bool set);
    [[nodiscard]] TransferStatus getStatus(const SetupPacket& setup, std::vector<std::byte>& in) const;
    [[nodiscard]] TransferStatus getDescriptor(const SetupPacket& setup, std::vector<std::byte>& in) const;
    void setConfiguration(std::uint8_t number);
    void followUse();

    const Speed m_speed;
    const std::uint8_t m_endpoint;
    const std::vector<std::string> m_strings;
    const Bytes m_deviceDescriptor;
    const Bytes m_configurationDescriptor;
    mutable std::mutex m_mutex;
    UsbHost* m_host = nullptr;        // set before use
    std::uint8_t m_configuration = 0; // guarded by m_mutex, as all below
    bool m_halted = false;            // the interrupt endpoint
    bool m_remoteWakeup = false;
    bool m_suspended = false;
    bool m_polled = false;
    bool m_inUse = false;
};

} // namespace engine::usb
