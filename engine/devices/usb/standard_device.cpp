// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/usb/standard_device.h"

#include <algorithm>
#include <utility>

namespace engine::usb {

namespace {

// bRequest (USB 2.0, table 9-4).
constexpr std::uint8_t GetStatus = 0;
constexpr std::uint8_t ClearFeature = 1;
constexpr std::uint8_t SetFeature = 3;
constexpr std::uint8_t SetAddress = 5;
constexpr std::uint8_t GetDescriptor = 6;
constexpr std::uint8_t GetConfiguration = 8;
constexpr std::uint8_t SetConfiguration = 9;
constexpr std::uint8_t GetInterface = 10;
constexpr std::uint8_t SetInterface = 11;

// Feature selectors (table 9-6).
constexpr std::uint16_t EndpointHalt = 0;
constexpr std::uint16_t DeviceRemoteWakeup = 1;

// bmRequestType: bits 6 to 5 the type, bits 4 to 0 the recipient.
constexpr std::uint8_t TypeMask = 0x60;
constexpr std::uint8_t RecipientMask = 0x1f;
constexpr std::uint8_t ToDevice = 0;
constexpr std::uint8_t ToInterface = 1;
constexpr std::uint8_t ToEndpoint = 2;

std::uint8_t recipientOf(const SetupPacket& setup)
{
    return setup.requestType & RecipientMask;
}

} // namespace

StandardDevice::StandardDevice(Description description)
    : m_speed(description.speed), m_endpoint(description.endpoint.address),
      m_strings(description.identity.strings), m_deviceDescriptor(deviceDescriptor(description.identity)),
      m_configurationDescriptor(
          configurationDescriptor(description.function, description.classDescriptor, description.endpoint))
{}

void StandardDevice::connect(UsbHost& host)
{
    m_host = &host;
}

void StandardDevice::busReset()
{
    std::scoped_lock lock(m_mutex);
    m_remoteWakeup = false;
    m_suspended = false;
    setConfiguration(0);
}

void StandardDevice::setConfiguration(std::uint8_t number)
{
    m_configuration = number;
    m_halted = false;
    m_polled = false;
    functionReset();
    followUse();
}

void StandardDevice::followUse()
{
    // A suspended device that may wake the host is in use: its next event is what wakes it.
    const bool inUse = m_configuration != 0 && (m_suspended ? m_remoteWakeup : m_polled);
    if (inUse == m_inUse)
        return;
    m_inUse = inUse;
    useChanged(inUse);
}

void StandardDevice::setSuspended(bool suspended)
{
    std::scoped_lock lock(m_mutex);
    m_suspended = suspended;
    followUse();
}

void StandardDevice::pollingStopped(std::uint8_t endpoint)
{
    std::scoped_lock lock(m_mutex);
    if (endpoint == m_endpoint)
        m_polled = false;
    followUse();
}

TransferStatus StandardDevice::control(const SetupPacket& setup, std::span<const std::byte> out,
                                       std::vector<std::byte>& in)
{
    std::scoped_lock lock(m_mutex);
    auto status = TransferStatus::Stall;
    if ((setup.requestType & TypeMask) != 0)
        status = controlClass(setup, out, in);
    else if (setup.isToHost() && setup.request == GetDescriptor && recipientOf(setup) == ToInterface)
        status = controlClass(setup, out, in);
    else
        status = setup.isToHost() ? standardToHost(setup, in) : standardToDevice(setup);
    in.resize(std::min<std::size_t>(in.size(), setup.length));
    return status;
}

TransferStatus StandardDevice::standardToDevice(const SetupPacket& setup)
{
    switch (setup.request) {
    case ClearFeature: return changeFeature(setup, false);
    case SetFeature: return changeFeature(setup, true);
    case SetAddress: return TransferStatus::Done; // the controller's business
    case SetConfiguration:
        if (setup.value > 1)
            return TransferStatus::Stall;
        setConfiguration(static_cast<std::uint8_t>(setup.value));
        return TransferStatus::Done;
    case SetInterface:
        return isConfigured() && setup.index == 0 && setup.value == 0 ? TransferStatus::Done
                                                                      : TransferStatus::Stall;
    default: return TransferStatus::Stall;
    }
}

TransferStatus StandardDevice::changeFeature(const SetupPacket& setup, bool set)
{
    const std::uint8_t recipient = recipientOf(setup);
    if (recipient == ToDevice && setup.value == DeviceRemoteWakeup) {
        m_remoteWakeup = set;
        return TransferStatus::Done;
    }
    if (recipient == ToEndpoint && setup.value == EndpointHalt) {
        if (setup.index == m_endpoint && isConfigured()) {
            m_halted = set;
            return TransferStatus::Done;
        }
        if ((setup.index & 0x7f) == 0 && !set)
            return TransferStatus::Done;
    }
    return TransferStatus::Stall;
}

TransferStatus StandardDevice::standardToHost(const SetupPacket& setup, std::vector<std::byte>& in)
{
    switch (setup.request) {
    case GetStatus: return getStatus(setup, in);
    case GetDescriptor: return getDescriptor(setup, in);
    case GetConfiguration: in = bytesOf({m_configuration}); return TransferStatus::Done;
    case GetInterface:
        if (!isConfigured() || setup.index != 0)
            return TransferStatus::Stall;
        in = bytesOf({0});
        return TransferStatus::Done;
    default: return TransferStatus::Stall;
    }
}

TransferStatus StandardDevice::getStatus(const SetupPacket& setup, std::vector<std::byte>& in) const
{
    unsigned status = 0;
    switch (recipientOf(setup)) {
    case ToDevice: status = m_remoteWakeup ? 2 : 0; break;
    case ToInterface:
        if (!isConfigured() || setup.index != 0)
            return TransferStatus::Stall;
        break;
    case ToEndpoint:
        if (setup.index == m_endpoint && isConfigured())
            status = m_halted ? 1 : 0;
        else if ((setup.index & 0x7f) != 0)
            return TransferStatus::Stall;
        break;
    default: return TransferStatus::Stall;
    }
    in = bytesOf({status, 0});
    return TransferStatus::Done;
}

TransferStatus StandardDevice::getDescriptor(const SetupPacket& setup, std::vector<std::byte>& in) const
{
    const unsigned index = setup.value & 0xff;
    if (recipientOf(setup) != ToDevice)
        return TransferStatus::Stall;
    switch (static_cast<DescriptorType>(setup.value >> 8)) {
    case DescriptorType::Device: in = m_deviceDescriptor; break;
    case DescriptorType::Configuration:
        if (index != 0)
            return TransferStatus::Stall;
        in = m_configurationDescriptor;
        break;
    case DescriptorType::String:
        if (index > m_strings.size())
            return TransferStatus::Stall;
        in = index == 0 ? languageDescriptor() : stringDescriptor(m_strings.at(index - 1));
        break;
    default: return TransferStatus::Stall; // no qualifier: there is no other speed
    }
    return TransferStatus::Done;
}

InTransfer StandardDevice::in(std::uint8_t endpoint, std::size_t limit)
{
    std::scoped_lock lock(m_mutex);
    if (endpoint != m_endpoint || !isConfigured() || m_halted)
        return {.status = TransferStatus::Stall, .data = {}};
    m_polled = true;
    followUse();
    return nextReport(limit);
}

TransferStatus StandardDevice::out(std::uint8_t /*endpoint*/, std::span<const std::byte> /*data*/)
{
    return TransferStatus::Stall;
}

void StandardDevice::reportReady()
{
    bool wake = false;
    {
        std::scoped_lock lock(m_mutex);
        if (!m_host || !isConfigured())
            return;
        wake = m_suspended && m_remoteWakeup;
    }
    if (wake)
        m_host->remoteWakeup(*this);
    else
        m_host->endpointReady(*this, m_endpoint);
}

void StandardDevice::saveStandard(StateWriter& out) const
{
    out.integer(m_configuration);
    for (const bool flag : {m_halted, m_remoteWakeup, m_suspended, m_polled})
        out.boolean(flag);
}

StandardDevice::StandardState StandardDevice::readStandard(StateReader& in)
{
    StandardState state;
    state.configuration = in.integer<std::uint8_t>();
    for (bool* flag : {&state.halted, &state.remoteWakeup, &state.suspended, &state.polled})
        *flag = in.boolean();
    return state;
}

void StandardDevice::adoptStandard(const StandardState& state)
{
    m_configuration = state.configuration == 1 ? 1 : 0;
    m_halted = state.halted;
    m_remoteWakeup = state.remoteWakeup;
    m_suspended = state.suspended;
    m_polled = state.polled;
    followUse();
}

} // namespace engine::usb
