// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/input/input_router.h"
#include "devices/usb/hid/hid_keyboard.h"
#include "devices/usb/hid/hid_tablet.h"
#include "devices/usb/xhci_controller.h"
#include "devices/virtio/input_device.h"
#include "devices/virtio/virtio_pci_transport.h"
#include "machine/machine_platform.h"
#include "machine/pci_topology.h"
#include "vm/vm_config.h"

#include <functional>
#include <memory>
#include <vector>

namespace engine {

/// The keyboards and pointers of a machine: the PS/2 ones, which are always there, and those that a VmConfig
/// asks for on a USB controller at 1d.0 or as virtio devices at 1a.0 and 1b.0. Events go where the guest
/// takes them.
class InputSet final : private Saveable {
public:
    /// Everything passed in outlives this object. `changed` may be empty; it is called with device locks
    /// held.
    [[nodiscard]] static Result<std::unique_ptr<InputSet>>
    create(PointerKind pointer, KeyboardKind keyboard, Chipset& chipset, PciTopology& pci,
           const GuestMemory& memory, const MachinePlatform& platform, std::function<void()> changed);

    [[nodiscard]] KeyboardRouter& keyboard() { return m_keyboard; }
    [[nodiscard]] PointerRouter& pointer() { return m_pointer; }
    /// After the devices' own resets: the guest uses none of them.
    void reset();
    [[nodiscard]] std::vector<Saveable*> saveables();

private:
    InputSet(Chipset& chipset, std::function<void()> changed);
    [[nodiscard]] XhciController& controller(const GuestMemory& memory, const MachinePlatform& platform);
    void addUsbKeyboard(XhciController& controller, DeviceClock& clock);
    void addUsbTablet(XhciController& controller, DeviceClock& clock);
    [[nodiscard]] Result<> addVirtio(std::unique_ptr<virtio::InputDevice> device, const char* name,
                                     std::uint8_t pciDevice, PciTopology& pci, const GuestMemory& memory,
                                     Log& log);

    [[nodiscard]] std::string stateName() const override { return "input"; }
    void saveState(StateWriter& out) const override;
    [[nodiscard]] Result<> restoreState(StateReader& in) override;

    const std::function<void()> m_changed;
    mutable KeyboardRouter m_keyboard;
    mutable PointerRouter m_pointer;
    std::unique_ptr<XhciController> m_xhci; ///< null without USB devices
    std::unique_ptr<EventLoop> m_loop;      ///< of the virtio devices
    std::vector<std::unique_ptr<virtio::VirtioPciTransport>> m_virtio;
};

} // namespace engine
