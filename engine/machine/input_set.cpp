// SPDX-License-Identifier: GPL-3.0-or-later
#include "machine/input_set.h"

namespace engine {

namespace {

constexpr pci::PciAddress UsbAddress{.device = 0x1d, .function = 0};
constexpr std::uint8_t VirtioKeyboardDevice = 0x1a;
constexpr std::uint8_t VirtioPointerDevice = 0x1b;
constexpr unsigned TabletPort = 0;
constexpr unsigned KeyboardPort = 1;

} // namespace

InputSet::InputSet(Chipset& chipset, std::function<void()> changed) : m_changed(std::move(changed))
{
    I8042& ps2 = chipset.keyboardController();
    const std::size_t ps2Keyboard = m_keyboard.add(ps2, "ps2", false);
    (void)m_pointer.add(ps2, "ps2");
    // A guest that enables the PS/2 keyboard after the USB one, as a system without USB drivers does
    // behind firmware that has them, types there.
    ps2.setCallbacks([this, ps2Keyboard] { m_keyboard.choice().setUse(ps2Keyboard, true); }, m_changed);
    m_keyboard.choice().setListener(m_changed);
    m_pointer.choice().setListener(m_changed);
}

Result<std::unique_ptr<InputSet>> InputSet::create(PointerKind pointer, KeyboardKind keyboard,
                                                   Chipset& chipset, PciTopology& pci,
                                                   const GuestMemory& memory, const MachinePlatform& platform,
                                                   std::function<void()> changed)
{
    using virtio::InputKeyboard;
    using virtio::InputPointer;
    std::unique_ptr<InputSet> set(new InputSet(chipset, std::move(changed)));
    if (pointer == PointerKind::UsbTablet)
        set->addUsbTablet(set->controller(memory, platform), platform.clock);
    if (keyboard == KeyboardKind::Usb)
        set->addUsbKeyboard(set->controller(memory, platform), platform.clock);
    if (set->m_xhci)
        VM_TRY(pci.insert(UsbAddress, *set->m_xhci));
    if (pointer == PointerKind::VirtioTablet || keyboard == KeyboardKind::Virtio)
        set->m_loop = VM_TRY(EventLoop::create("input"));
    if (keyboard == KeyboardKind::Virtio) {
        auto device = std::make_unique<InputKeyboard>(*set->m_loop);
        const std::size_t number = set->m_keyboard.add(*device, "virtio", true);
        device->setUseCallback(
            [set = set.get(), number](bool inUse) { set->m_keyboard.choice().setUse(number, inUse); });
        device->setLedCallback(set->m_changed);
        VM_TRY(set->addVirtio(std::move(device), "virtio-keyboard", VirtioKeyboardDevice, pci, memory,
                              platform.log));
    }
    if (pointer == PointerKind::VirtioTablet) {
        auto device = std::make_unique<InputPointer>(*set->m_loop, InputPointer::Kind::Tablet);
        const std::size_t number = set->m_pointer.add(*device, "virtio");
        device->setUseCallback(
            [set = set.get(), number](bool inUse) { set->m_pointer.choice().setUse(number, inUse); });
        VM_TRY(set->addVirtio(std::move(device), "virtio-tablet", VirtioPointerDevice, pci, memory,
                              platform.log));
    }
    return set;
}

XhciController& InputSet::controller(const GuestMemory& memory, const MachinePlatform& platform)
{
    if (!m_xhci)
        m_xhci = std::make_unique<XhciController>(memory, platform.clock, platform.log);
    return *m_xhci;
}

void InputSet::addUsbKeyboard(XhciController& controller, DeviceClock& clock)
{
    auto device = std::make_shared<usb::HidKeyboard>(clock);
    const std::size_t number = m_keyboard.add(*device, "usb", false);
    device->setUseCallback([this, number](bool inUse) { m_keyboard.choice().setUse(number, inUse); });
    device->setLedCallback(m_changed);
    controller.plug(KeyboardPort, std::move(device));
}

void InputSet::addUsbTablet(XhciController& controller, DeviceClock& clock)
{
    auto device = std::make_shared<usb::HidTablet>(clock);
    const std::size_t number = m_pointer.add(*device, "usb");
    device->setUseCallback([this, number](bool inUse) { m_pointer.choice().setUse(number, inUse); });
    controller.plug(TabletPort, std::move(device));
}

Result<> InputSet::addVirtio(std::unique_ptr<virtio::InputDevice> device, const char* name,
                             std::uint8_t pciDevice, PciTopology& pci, const GuestMemory& memory, Log& log)
{
    auto transport = VM_TRY(virtio::VirtioPciTransport::create(name, std::move(device), memory, log));
    VM_TRY(pci.insert({.device = pciDevice, .function = 0}, *transport));
    m_virtio.push_back(std::move(transport));
    return {};
}

void InputSet::reset()
{
    m_keyboard.choice().reset();
    m_pointer.choice().reset();
}

std::vector<Saveable*> InputSet::saveables()
{
    std::vector<Saveable*> all;
    if (m_xhci)
        all.push_back(m_xhci.get());
    for (const auto& transport : m_virtio)
        all.push_back(transport.get());
    all.push_back(this); // after the devices, whose restores change it
    return all;
}

void InputSet::saveState(StateWriter& out) const
{
    out.version(1);
    m_keyboard.choice().saveState(out);
    m_pointer.choice().saveState(out);
}

Result<> InputSet::restoreState(StateReader& in)
{
    (void)in.version(1);
    const auto keyboards = InputChoice::readState(in);
    const auto pointers = InputChoice::readState(in);
    VM_TRY(in.finish());
    m_keyboard.choice().adopt(keyboards);
    m_pointer.choice().adopt(pointers);
    return {};
}

} // namespace engine
