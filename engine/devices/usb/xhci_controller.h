// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "base/log.h"
#include "bus/bus_device.h"
#include "devices/pci/pci_function.h"
#include "devices/storage/quiescent_device.h"
#include "devices/usb/xhci/core.h"

#include <array>
#include <memory>
#include <mutex>

namespace engine {

/// A USB host controller (xHCI 1.1, class 0C0330) with four USB 2.0 and four USB 3.x ports, eight
/// interrupters, MSI-X in BAR 2, MSI and INTx.
///
///     XhciController xhci(memory, clock, log);
///     xhci.plug(0, std::make_shared<usb::HidTablet>(clock));
///     rootComplex.insert(address, xhci, services, irqLine);
///
/// Transfers run on the thread that rings the doorbell or brings the data; devices answer without waiting. A
/// doorbell carries a value, which an eventfd would lose, so there is no ioeventfd. `memory`, `clock` and
/// `log` outlive the controller.
class XhciController final : public pci::PciFunction,
                             public QuiescentDevice,
                             private BusDevice,
                             private usb::UsbHost {
public:
    XhciController(const GuestMemory& memory, DeviceClock& clock, Log& log, std::string name = "xhci0");
    ~XhciController() override;
    XhciController(const XhciController&) = delete;
    XhciController& operator=(const XhciController&) = delete;
    XhciController(XhciController&&) = delete;
    XhciController& operator=(XhciController&&) = delete;

    /// Any thread. `port` is one of the USB 2.0 ports, from 0; null unplugs.
    void plug(unsigned port, std::shared_ptr<usb::UsbDevice> device);

    void reset() override;
    [[nodiscard]] bool waitIdle(std::chrono::milliseconds /*limit*/) override { return true; }
    void resumeWork() override;
    void saveState(StateWriter& out) const override;
    [[nodiscard]] Result<> restoreState(StateReader& in) override;

protected:
    void onConfigWritten(std::uint16_t offset, unsigned width) override;

private:
    using Devices = std::array<std::shared_ptr<usb::UsbDevice>, usb::xhci::Core::PortsPerProtocol>;
    // BusDevice: BAR 0
    void read(std::uint64_t offset, std::span<std::byte> data) override;
    void write(std::uint64_t offset, std::span<const std::byte> data) override;
    // UsbHost
    void endpointReady(usb::UsbDevice& device, std::uint8_t endpoint) override;
    void remoteWakeup(usb::UsbDevice& device) override;

    void workLocked();
    [[nodiscard]] Result<>
    restoreDevices(const std::array<std::vector<std::byte>, std::tuple_size_v<Devices>>& states);

    const GuestMemory& m_memory;
    DeviceClock& m_clock;
    Log& m_log;
    mutable std::mutex m_mutex;
    Devices m_devices;                       // guarded by m_mutex
    std::unique_ptr<usb::xhci::Core> m_core; // guarded by m_mutex
    std::unique_ptr<Timer> m_timer;          // last: its callback uses all of the above
};

} // namespace engine
