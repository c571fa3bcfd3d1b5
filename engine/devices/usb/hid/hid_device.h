// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "devices/usb/standard_device.h"

#include <functional>
#include <memory>

namespace engine::usb {

/// A human interface device (HID 1.11) with one kind of input report: the class requests, idle rate and
/// protocol. Subclasses describe and make the reports; their hooks run with the lock held.
class HidDevice : public StandardDevice {
public:
    ~HidDevice() override;
    HidDevice(const HidDevice&) = delete;
    HidDevice& operator=(const HidDevice&) = delete;
    HidDevice(HidDevice&&) = delete;
    HidDevice& operator=(HidDevice&&) = delete;

    /// Called when the guest begins or ceases to take this device's reports; on any thread and with locks
    /// held, so it only takes note. Set before use.
    void setUseCallback(std::function<void(bool inUse)> callback) { m_onUse = std::move(callback); }

    void saveState(StateWriter& out) const final;
    [[nodiscard]] Result<> restoreState(StateReader& in) final;

protected:
    struct HidDescription {
        Identity identity;
        InterfaceClass function{.classCode = 3};
        Bytes report; ///< the report descriptor
        InterruptIn endpoint;
        bool hasProtocol = false;  ///< a boot device: GET_PROTOCOL and SET_PROTOCOL
        std::uint8_t idleRate = 0; ///< after reset, in units of 4 ms; 0: reports changes only
    };
    HidDevice(DeviceClock& clock, HidDescription description);

    // --- hooks, lock held
    /// The oldest change that has not been reported; false when there is none.
    [[nodiscard]] virtual bool takeChange() = 0;
    /// The present input report.
    [[nodiscard]] virtual Bytes inputReport() const = 0;
    /// An output report arrived; false when it makes no sense.
    [[nodiscard]] virtual bool setOutput(std::span<const std::byte> report) = 0;
    [[nodiscard]] virtual Bytes outputReport() const { return {}; }
    /// Changes not reported are void, everything is up.
    virtual void clearInput() = 0;
    virtual void saveInput(StateWriter& out) const = 0;
    /// Reads all of it; the result is judged and then used by adoptInput().
    virtual void readInput(StateReader& in) = 0;
    virtual void adoptInput() = 0;

    [[nodiscard]] bool usesBootProtocol() const { return m_bootProtocol; }

private:
    [[nodiscard]] TransferStatus controlClass(const SetupPacket& setup, std::span<const std::byte> out,
                                              std::vector<std::byte>& in) final;
    [[nodiscard]] TransferStatus classToHost(const SetupPacket& setup, std::vector<std::byte>& in) const;
    [[nodiscard]] TransferStatus classToDevice(const SetupPacket& setup, std::span<const std::byte> out);
    [[nodiscard]] TransferStatus interfaceDescriptor(const SetupPacket& setup,
                                                     std::vector<std::byte>& in) const;
    [[nodiscard]] InTransfer nextReport(std::size_t limit) final;
    void functionReset() final;
    void useChanged(bool inUse) final;
    void armIdleTimer();

    DeviceClock& m_clock;
    const Bytes m_classDescriptor;
    const Bytes m_report;
    const bool m_hasProtocol;
    const std::uint8_t m_firstIdleRate;
    std::function<void(bool)> m_onUse;
    std::uint8_t m_idleRate = 0; // guarded by the device's lock, as all below
    bool m_bootProtocol = false;
    bool m_idleReportDue = false;
    std::unique_ptr<Timer> m_idleTimer;
};

} // namespace engine::usb
