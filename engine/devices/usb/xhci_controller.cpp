// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/usb/xhci_controller.h"

#include <algorithm>

namespace engine {

using usb::xhci::Core;

namespace {

constexpr unsigned RegisterBar = 0;
constexpr unsigned MsixBar = 2;
constexpr std::uint8_t MsixAt = 0x40;
constexpr std::uint8_t ExpressAt = 0x70;
constexpr std::uint8_t MsiAt = 0x50;
constexpr std::uint8_t ExpressCapability = 0x10;
// xHCI 1.2, 5.2: registers in configuration space.
constexpr std::uint16_t SerialBusRelease = 0x60; ///< SBRN
constexpr std::uint16_t FrameLength = 0x61;      ///< FLADJ
constexpr std::uint8_t Release30 = 0x30;
constexpr std::uint8_t FrameLengthDefault = 0x20;

pci::PciIdentity identity()
{
    return {.vendorId = 0x1b36,
            .deviceId = 0x000d,
            .classCode = 0x0c0330,
            .revision = 1,
            .pin = pci::InterruptPin::A};
}

} // namespace

XhciController::XhciController(const GuestMemory& memory, DeviceClock& clock, Log& log, std::string name)
    : PciFunction(name, identity()), m_memory(memory), m_clock(clock), m_log(log),
      m_core(std::make_unique<Core>(memory, log, std::move(name)))
{
    // PCI Express capability, version 2, of a root complex integrated endpoint (PCIe 3.0, 7.8).
    constexpr std::uint16_t IntegratedEndpoint = 0x0092;
    constexpr std::uint32_t RoleBasedErrors = 1U << 15;
    config().addCapability(ExpressCapability, ExpressAt);
    config().set16(ExpressAt + 2, IntegratedEndpoint);
    config().set32(ExpressAt + 4, RoleBasedErrors);
    config().allowWrite(ExpressAt + 8, 2, 0x7eff);
    addMsi(MsiAt);
    addMsix(MsixAt, Core::InterrupterCount, MsixBar);
    config().set8(SerialBusRelease, Release30);
    config().set8(FrameLength, FrameLengthDefault);
    config().allowWrite(FrameLength, 1, 0x3f);
    addBar(RegisterBar, pci::BarKind::Memory64, Core::RegisterBytes, *this);
    m_timer = clock.createTimer([this] {
        std::scoped_lock lock(m_mutex);
        workLocked();
    });
}

XhciController::~XhciController() = default;

void XhciController::plug(unsigned port, std::shared_ptr<usb::UsbDevice> device)
{
    if (device)
        device->connect(*this);
    std::scoped_lock lock(m_mutex);
    m_core->plug(port, device.get());
    m_devices.at(port).swap(device); // the old one goes after the lock
    workLocked();
}

void XhciController::reset()
{
    PciFunction::reset();
    std::scoped_lock lock(m_mutex);
    m_timer->cancel();
    m_core->reset();
    m_core->setMayUseMemory(false);
}

void XhciController::resumeWork()
{
    std::scoped_lock lock(m_mutex);
    workLocked();
}

void XhciController::onConfigWritten(std::uint16_t offset, unsigned width)
{
    const bool commandWritten = offset < pci::reg::Command + 2 && pci::reg::Command < offset + width;
    std::scoped_lock lock(m_mutex);
    m_core->setMayUseMemory(isBusMaster());
    // An interrupt that waits follows the guest to the way it now wants to be told.
    if (commandWritten || usesMessages())
        workLocked();
}

void XhciController::workLocked()
{
    const auto now = m_clock.now();
    const bool again = m_core->settle(now);
    if (usesMessages()) {
        setIntx(false);
        const std::uint32_t messages = m_core->takeMessages();
        for (unsigned vector = 0; vector < Core::InterrupterCount; ++vector)
            if ((messages >> vector & 1) != 0)
                signalMessage(vector);
    } else {
        setIntx(m_core->pinAsserted());
    }
    if (again)
        m_timer->arm(now);
    else if (const auto deadline = m_core->nextDeadline())
        m_timer->arm(*deadline);
}

void XhciController::read(std::uint64_t offset, std::span<std::byte> data)
{
    const auto now = m_clock.now();
    std::scoped_lock lock(m_mutex);
    std::size_t done = 0;
    while (done < data.size()) {
        const std::uint64_t at = offset + done;
        const unsigned skip = at % 4;
        const std::uint32_t dword = m_core->read(static_cast<std::uint32_t>(at - skip), now);
        for (unsigned byte = skip; byte < 4 && done < data.size(); ++byte)
            data[done++] = std::byte(static_cast<std::uint8_t>(dword >> (8 * byte)));
    }
}

void XhciController::write(std::uint64_t offset, std::span<const std::byte> data)
{
    std::scoped_lock lock(m_mutex);
    std::size_t done = 0;
    while (done < data.size()) { // the low half of a quadword goes first (5.1)
        const std::uint64_t at = offset + done;
        const unsigned skip = at % 4;
        std::uint32_t value = 0;
        std::uint32_t mask = 0;
        for (unsigned byte = skip; byte < 4 && done < data.size(); ++byte) {
            value |= std::to_integer<std::uint32_t>(data[done++]) << (8 * byte);
            mask |= 0xffU << (8 * byte);
        }
        m_core->write(static_cast<std::uint32_t>(at - skip), value, mask);
    }
    workLocked();
}

void XhciController::endpointReady(usb::UsbDevice& device, std::uint8_t endpoint)
{
    std::scoped_lock lock(m_mutex);
    m_core->endpointReady(device, endpoint);
    workLocked();
}

void XhciController::remoteWakeup(usb::UsbDevice& device)
{
    std::scoped_lock lock(m_mutex);
    m_core->remoteWakeup(device);
    workLocked();
}

void XhciController::saveState(StateWriter& out) const
{
    StateWriter base;
    PciFunction::saveState(base);
    out.version(1);
    out.bytes(base.data());
    std::scoped_lock lock(m_mutex);
    m_core->saveState(out);
    for (const auto& device : m_devices) {
        StateWriter state;
        if (device)
            device->saveState(state);
        out.bytes(state.data());
    }
}

Result<> XhciController::restoreState(StateReader& in)
{
    constexpr std::size_t BaseLimit = 1 << 18;
    constexpr std::size_t DeviceLimit = 1 << 16;
    (void)in.version(1);
    const auto base = in.bytes(BaseLimit);
    std::scoped_lock lock(m_mutex);
    auto core = std::make_unique<Core>(m_memory, m_log, name());
    for (unsigned port = 0; port < m_devices.size(); ++port)
        core->plug(port, m_devices.at(port).get());
    const bool possible = core->readState(in);
    std::array<std::vector<std::byte>, std::tuple_size_v<Devices>> states;
    for (auto& state : states)
        state = in.bytes(DeviceLimit);
    VM_TRY(in.finish());
    if (!possible)
        return fail(ErrorCode::Corrupt, "the saved state of a USB controller contradicts itself");
    std::array<std::vector<std::byte>, std::tuple_size_v<Devices>> before;
    for (unsigned port = 0; port < before.size(); ++port)
        if (m_devices.at(port)) {
            StateWriter writer;
            m_devices.at(port)->saveState(writer);
            before.at(port) = writer.take();
        }
    auto restored = restoreDevices(states);
    if (restored) {
        StateReader baseIn(base);
        restored = PciFunction::restoreState(baseIn);
    }
    if (!restored) {
        (void)restoreDevices(before);
        return restored;
    }
    m_core = std::move(core);
    m_core->setMayUseMemory(isBusMaster());
    return {};
}

Result<>
XhciController::restoreDevices(const std::array<std::vector<std::byte>, std::tuple_size_v<Devices>>& states)
{
    for (unsigned port = 0; port < states.size(); ++port) {
        if (m_devices.at(port)) {
            StateReader reader(states.at(port));
            VM_TRY(m_devices.at(port)->restoreState(reader));
        } else if (!states.at(port).empty()) {
            return fail(ErrorCode::InvalidArgument,
                        "the saved machine had a USB device on a port that is empty now");
        }
    }
    return {};
}

} // namespace engine
