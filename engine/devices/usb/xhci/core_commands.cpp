// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/usb/xhci/core.h"

#include <algorithm>

namespace engine::usb::xhci {

namespace {

// Input control context (xHCI 1.2, 6.2.5.1).
constexpr unsigned DropFlags = 0;
constexpr unsigned AddFlags = 1;
constexpr std::uint32_t SlotFlag = 1U << 0;
constexpr std::uint32_t Endpoint0Flag = 1U << 1;
constexpr unsigned InputSlot = 1; ///< place of the slot context in an input context

// Slot context (6.2.2).
constexpr std::uint32_t RouteMask = 0xf'ffff;
constexpr unsigned EntriesShift = 27;
constexpr unsigned PortShift = 16;
constexpr unsigned StateShift = 27;
constexpr std::uint32_t LatencyMask = 0xffff;
constexpr std::uint32_t TargetMask = 0x3ffU << 22;

// Endpoint context (6.2.3).
constexpr std::uint32_t EndpointStateMask = 7;
constexpr std::uint32_t PacketMask = 0xffffU << 16;

} // namespace

void Core::serviceCommands()
{
    while (m_commandsWaiting && isRunning() && !eventsBlocked() && spend()) {
        auto fetched = fetchTrb(m_memory, m_operational.commands);
        if (!fetched)
            return memoryError("the command ring: " + fetched.error().message());
        if (!*fetched) {
            m_commandsWaiting = false;
            return;
        }
        const std::uint64_t at = m_operational.commands.address;
        m_operational.commands.advance();
        const Completion completion = run(**fetched);
        post(0, {.parameter = at,
                 .status = statusOf(completion.code),
                 .control = controlOf(TrbType::CommandCompletion, completion.slot)});
    }
}

Core::Completion Core::run(const Trb& command)
{
    switch (static_cast<TrbType>(command.type())) {
    case TrbType::NoOpCommand: return {};
    case TrbType::EnableSlot: return enableSlot();
    case TrbType::GetPortBandwidth: return {.code = portBandwidth(command)};
    case TrbType::DisableSlot:
    case TrbType::AddressDevice:
    case TrbType::ConfigureEndpoint:
    case TrbType::EvaluateContext:
    case TrbType::ResetDevice:
    case TrbType::ResetEndpoint:
    case TrbType::StopEndpoint:
    case TrbType::SetDequeue: break;
    default: return {.code = Code::TrbError, .slot = command.slot()};
    }
    const unsigned number = command.slot();
    if (number == 0 || number > SlotCount)
        return {.code = Code::TrbError, .slot = number};
    if (!m_slots.at(number).enabled)
        return {.code = Code::SlotNotEnabled, .slot = number};
    return {.code = runOnSlot(command, number), .slot = number};
}

Code Core::runOnSlot(const Trb& command, unsigned number)
{
    switch (static_cast<TrbType>(command.type())) {
    case TrbType::DisableSlot: disableSlot(number); return Code::Success;
    case TrbType::AddressDevice: return addressDevice(number, command);
    case TrbType::ConfigureEndpoint:
        return command.has(flag::Deconfigure) ? deconfigure(number) : configureEndpoints(number, command);
    case TrbType::EvaluateContext: return evaluateContext(number, command);
    case TrbType::ResetDevice: return resetDevice(number);
    default: return runOnEndpoint(command, number);
    }
}

Core::Completion Core::enableSlot()
{
    const unsigned enabled = std::min<unsigned>(m_operational.config & 0xff, SlotCount);
    for (unsigned number = 1; number <= enabled; ++number)
        if (!m_slots.at(number).enabled) {
            m_slots.at(number) = {};
            m_slots.at(number).enabled = true;
            return {.code = Code::Success, .slot = number};
        }
    return {.code = Code::NoSlots};
}

void Core::disableSlot(unsigned number)
{
    Slot& slot = m_slots.at(number);
    for (unsigned index = 1; index < Slot::EndpointCount; ++index)
        closeEndpoint(number, index);
    slot.state = SlotState::Enabled;
    writeSlotState(slot, 0, std::nullopt);
    slot = {};
    m_endpointsWaiting.at(number) = 0;
}

std::optional<Context> Core::readContext(std::uint64_t base, unsigned index)
{
    const auto context =
        m_memory.readObject<Context>(GuestAddress((base & ~std::uint64_t{15}) + index * ContextBytes));
    if (context)
        return *context;
    memoryError("a context: " + context.error().message());
    return std::nullopt;
}

void Core::writeContext(std::uint64_t base, unsigned index, const Context& context)
{
    const auto written = m_memory.writeObject(GuestAddress(base + index * ContextBytes), context);
    if (!written)
        memoryError("a device context: " + written.error().message());
}

void Core::writeSlotState(const Slot& slot, unsigned address, std::optional<unsigned> entries)
{
    constexpr std::uint32_t EntriesMask = 0x1fU << EntriesShift;
    if (slot.context == 0)
        return;
    auto context = readContext(slot.context, 0);
    if (!context)
        return;
    if (entries)
        context->at(0) = (context->at(0) & ~EntriesMask) | *entries << EntriesShift;
    context->at(3) = static_cast<std::uint32_t>(slot.state) << StateShift | address;
    writeContext(slot.context, 0, *context);
}

void Core::publishEndpoint(const Slot& slot, unsigned index)
{
    auto context = readContext(slot.context, index);
    if (!context)
        return;
    const Endpoint* endpoint = slot.endpoints.at(index).get();
    const auto state = endpoint ? endpoint->state : EndpointState::Disabled;
    context->at(0) = (context->at(0) & ~EndpointStateMask) | static_cast<std::uint32_t>(state);
    if (endpoint) {
        context->at(2) = static_cast<std::uint32_t>(endpoint->ring.packed());
        context->at(3) = static_cast<std::uint32_t>(endpoint->ring.packed() >> 32);
    }
    writeContext(slot.context, index, *context);
}

bool Core::openEndpoint(unsigned number, unsigned index, const Context& wanted)
{
    Slot& slot = m_slots.at(number);
    const auto type = static_cast<EndpointType>(wanted[1] >> 3 & 7);
    const unsigned maxStreams = wanted[0] >> 10 & 0x1f;
    const bool towardsHost = static_cast<unsigned>(type) > static_cast<unsigned>(EndpointType::Control);
    const bool fits = index == 1 ? type == EndpointType::Control
                                 : type != EndpointType::Control && towardsHost == (index % 2 != 0);
    if (type == EndpointType::NotValid || !fits || maxStreams != 0 || (wanted[1] & PacketMask) == 0)
        return false;
    auto endpoint = std::make_unique<Endpoint>();
    endpoint->type = type;
    endpoint->ring = RingPosition::unpack(wanted[2] | std::uint64_t{wanted[3]} << 32);
    slot.endpoints.at(index) = std::move(endpoint);
    m_endpointsWaiting.at(number) &= ~(1U << index);
    Context published = wanted;
    published[0] &= ~EndpointStateMask;
    writeContext(slot.context, index, published);
    publishEndpoint(slot, index);
    return true;
}

void Core::closeEndpoint(unsigned number, unsigned index)
{
    Slot& slot = m_slots.at(number);
    if (!slot.endpoints.at(index))
        return;
    slot.endpoints.at(index).reset();
    if (UsbDevice* device = slot.port != 0 ? m_ports.at(slot.port - 1U).device() : nullptr)
        device->pollingStopped(endpointAddress(index));
    publishEndpoint(slot, index);
}

Code Core::addressDevice(unsigned number, const Trb& command)
{
    Slot& slot = m_slots.at(number);
    const bool defaultOnly = command.has(flag::BlockSetAddress);
    const auto control = readContext(command.parameter, 0);
    const auto wantedSlot = readContext(command.parameter, InputSlot);
    const auto wantedEndpoint = readContext(command.parameter, InputSlot + 1);
    if (!control || !wantedSlot || !wantedEndpoint)
        return Code::TrbError;
    if (control->at(DropFlags) != 0 || control->at(AddFlags) != (SlotFlag | Endpoint0Flag))
        return Code::TrbError;
    if (slot.state != SlotState::Enabled && (defaultOnly || slot.state != SlotState::Default))
        return Code::ContextState;
    const unsigned port = wantedSlot->at(1) >> PortShift & 0xff;
    if (port == 0 || port > PortCount)
        return Code::TrbError;
    const bool taken = std::ranges::any_of(
        m_slots, [&](const Slot& other) { return &other != &slot && other.enabled && other.port == port; });
    if (taken)
        return Code::TrbError;
    if ((wantedSlot->at(0) & RouteMask) != 0 || !m_ports.at(port - 1).isEnabled())
        return Code::TransactionError; // nobody answers there
    const auto pointer =
        m_memory.readObject<std::uint64_t>(GuestAddress(m_operational.contextArray + 8ULL * number));
    if (!pointer) {
        memoryError("the device context array: " + pointer.error().message());
        return Code::TrbError;
    }
    slot.context = *pointer & ~std::uint64_t{0x3f};
    slot.port = static_cast<std::uint8_t>(port);
    writeContext(slot.context, 0, *wantedSlot);
    if (!openEndpoint(number, 1, *wantedEndpoint))
        return Code::ParameterError;
    slot.state = defaultOnly ? SlotState::Default : SlotState::Addressed;
    writeSlotState(slot, defaultOnly ? 0 : number, std::nullopt);
    return Code::Success;
}

Code Core::configureEndpoints(unsigned number, const Trb& command)
{
    Slot& slot = m_slots.at(number);
    if (slot.state != SlotState::Addressed && slot.state != SlotState::Configured)
        return Code::ContextState;
    const auto control = readContext(command.parameter, 0);
    const auto wantedSlot = readContext(command.parameter, InputSlot);
    if (!control || !wantedSlot)
        return Code::TrbError;
    const std::uint32_t drop = control->at(DropFlags);
    const std::uint32_t add = control->at(AddFlags);
    if ((drop & (SlotFlag | Endpoint0Flag)) != 0 || (add & Endpoint0Flag) != 0)
        return Code::TrbError;
    auto code = Code::Success;
    for (unsigned index = 2; index < Slot::EndpointCount; ++index) {
        if ((drop >> index & 1) != 0)
            closeEndpoint(number, index);
        if ((add >> index & 1) == 0)
            continue;
        const auto wanted = readContext(command.parameter, InputSlot + index);
        if (!wanted || !openEndpoint(number, index, *wanted))
            code = Code::ParameterError;
    }
    const bool anyOpen = std::any_of(slot.endpoints.begin() + 2, slot.endpoints.end(),
                                     [](const auto& endpoint) { return endpoint != nullptr; });
    slot.state = anyOpen ? SlotState::Configured : SlotState::Addressed;
    writeSlotState(slot, number, anyOpen ? wantedSlot->at(0) >> EntriesShift : 1);
    return code;
}

Code Core::deconfigure(unsigned number)
{
    Slot& slot = m_slots.at(number);
    if (slot.state != SlotState::Addressed && slot.state != SlotState::Configured)
        return Code::ContextState;
    for (unsigned index = 2; index < Slot::EndpointCount; ++index)
        closeEndpoint(number, index);
    slot.state = SlotState::Addressed;
    writeSlotState(slot, number, 1);
    return Code::Success;
}

Code Core::evaluateContext(unsigned number, const Trb& command)
{
    const Slot& slot = m_slots.at(number);
    if (slot.state == SlotState::Enabled)
        return Code::ContextState;
    const auto control = readContext(command.parameter, 0);
    if (!control)
        return Code::TrbError;
    const std::uint32_t add = control->at(AddFlags);
    if (control->at(DropFlags) != 0 || (add & ~(SlotFlag | Endpoint0Flag)) != 0)
        return Code::TrbError;
    const auto evaluate = [&](unsigned index, unsigned word, std::uint32_t mask) {
        const auto wanted = readContext(command.parameter, InputSlot + index);
        auto present = readContext(slot.context, index);
        if (!wanted || !present)
            return;
        present->at(word) = (present->at(word) & ~mask) | (wanted->at(word) & mask);
        writeContext(slot.context, index, *present);
    };
    if ((add & SlotFlag) != 0) {
        evaluate(0, 1, LatencyMask);
        evaluate(0, 2, TargetMask);
    }
    if ((add & Endpoint0Flag) != 0)
        evaluate(1, 1, PacketMask);
    return Code::Success;
}

Code Core::resetDevice(unsigned number)
{
    Slot& slot = m_slots.at(number);
    if (slot.state != SlotState::Addressed && slot.state != SlotState::Configured)
        return Code::ContextState;
    for (unsigned index = 2; index < Slot::EndpointCount; ++index)
        closeEndpoint(number, index);
    slot.state = SlotState::Default;
    writeSlotState(slot, 0, 1);
    return Code::Success;
}

Code Core::runOnEndpoint(const Trb& command, unsigned number)
{
    Slot& slot = m_slots.at(number);
    const unsigned index = command.endpoint();
    if (index == 0)
        return Code::TrbError;
    Endpoint* endpoint = slot.endpoints.at(index).get();
    if (!endpoint)
        return Code::EndpointNotEnabled;
    switch (static_cast<TrbType>(command.type())) {
    case TrbType::ResetEndpoint:
        if (endpoint->state != EndpointState::Halted)
            return Code::ContextState;
        endpoint->state = EndpointState::Stopped;
        endpoint->control = {};
        break;
    case TrbType::StopEndpoint: return stopEndpoint(number, index);
    default: // Set TR Dequeue Pointer
        if (endpoint->state != EndpointState::Stopped && endpoint->state != EndpointState::Error)
            return Code::ContextState;
        endpoint->state = EndpointState::Stopped;
        endpoint->ring = RingPosition::unpack(command.parameter & ~std::uint64_t{0xe});
        endpoint->control = {};
        endpoint->transferred = 0;
        break;
    }
    publishEndpoint(slot, index);
    return Code::Success;
}

Code Core::stopEndpoint(unsigned number, unsigned index)
{
    Slot& slot = m_slots.at(number);
    Endpoint& endpoint = *slot.endpoints.at(index);
    if (endpoint.state != EndpointState::Running)
        return Code::ContextState;
    endpoint.state = EndpointState::Stopped;
    m_endpointsWaiting.at(number) &= ~(1U << index);
    // A transfer that waits for the device is told to be stopped with nothing done (4.6.9).
    RingPosition place = endpoint.ring;
    if (const auto trb = fetchTrb(m_memory, place); trb && *trb) {
        endpoint.ring = place;
        transferEvent(number, index, place.address, **trb, Code::Stopped, (*trb)->length());
    }
    if (UsbDevice* device = slot.port != 0 ? m_ports.at(slot.port - 1U).device() : nullptr)
        device->pollingStopped(endpointAddress(index));
    publishEndpoint(slot, index);
    return Code::Success;
}

Code Core::portBandwidth(const Trb& command)
{
    // 4.6.15: nothing is reserved, so every port has what periodic transfers may take of it, in percent.
    constexpr std::uint8_t Usb2Share = 80;
    constexpr std::uint8_t Usb3Share = 90;
    std::array<std::uint8_t, PortCount + 1> shares{};
    for (unsigned i = 0; i < PortCount; ++i)
        shares.at(i + 1) = i < PortsPerProtocol ? Usb2Share : Usb3Share;
    const auto written = m_memory.write(GuestAddress(command.parameter & ~std::uint64_t{15}),
                                        std::as_bytes(std::span(shares)));
    return written ? Code::Success : Code::TrbError;
}

} // namespace engine::usb::xhci
