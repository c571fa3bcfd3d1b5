// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/usb/xhci/core.h"
#include "devices/usb/xhci/registers.h"

#include <algorithm>
#include <bit>

namespace engine::usb::xhci {

using namespace reg;

namespace {

/// TRBs that one settle() looks at, commands and transfers together.
constexpr unsigned WorkLimit = 2048;
/// MFINDEX counts 2^14 microframes of 125 us.
constexpr std::chrono::milliseconds WrapPeriod{2048};

} // namespace

bool Core::isRunning() const
{
    constexpr std::uint32_t Broken = status::HostSystemError | status::ControllerError;
    return (m_operational.command & command::Run) != 0 && (m_operational.status & Broken) == 0
           && m_mayUseMemory;
}

bool Core::spend()
{
    if (m_budget == 0)
        return false;
    --m_budget;
    return true;
}

void Core::hostError(std::string_view reason)
{
    m_log.warning(m_name, std::string("the guest's USB driver made an error: ").append(reason));
    m_operational.status |= status::ControllerError;
}

void Core::memoryError(std::string_view reason)
{
    m_log.warning(m_name, std::string("the guest's USB driver made an error: ").append(reason));
    m_operational.status |= status::HostSystemError | status::Halted;
    m_operational.command &= ~command::Run;
    m_operational.commandsRunning = false;
}

void Core::post(unsigned interrupter, const Trb& event, bool interrupts)
{
    Interrupter& target = m_interrupters.at(interrupter < InterrupterCount ? interrupter : 0);
    if (!target.hasRing())
        return;
    if (const auto posted = target.post(m_memory, event, interrupts); !posted)
        hostError(posted.error().message());
}

bool Core::eventsBlocked() const
{
    return std::ranges::any_of(m_interrupters, &Interrupter::isBlocked);
}

void Core::reportPorts()
{
    for (unsigned i = 0; i < PortCount; ++i) {
        if (m_ports.at(i).takeChangeEdge()) {
            m_operational.status |= status::PortChange;
            m_portEvents |= 1U << i;
        }
        if ((m_portEvents >> i & 1) == 0 || !isRunning())
            continue;
        m_portEvents &= ~(1U << i);
        if (m_ports.at(i).hasChange())
            post(0, {.parameter = std::uint64_t{i + 1} << 24,
                     .status = statusOf(Code::Success),
                     .control = controlOf(TrbType::PortStatusChange)});
    }
}

void Core::reportWrap(std::chrono::nanoseconds now)
{
    const auto wraps = static_cast<std::uint64_t>(now / WrapPeriod);
    if (wraps == m_wraps)
        return;
    m_wraps = wraps;
    if ((m_operational.command & command::WrapEvents) != 0)
        post(0, {.parameter = 0,
                 .status = statusOf(Code::Success),
                 .control = controlOf(TrbType::MicroframeWrap)});
}

bool Core::settle(std::chrono::nanoseconds now)
{
    m_budget = WorkLimit;
    reportPorts();
    if (isRunning()) {
        for (Interrupter& interrupter : m_interrupters)
            if (const auto flushed = interrupter.flush(m_memory); !flushed)
                hostError(flushed.error().message());
        serviceCommands();
        serviceEndpoints();
        reportPorts(); // what transfers and commands have changed
        reportWrap(now);
    }
    for (Interrupter& interrupter : m_interrupters)
        if (interrupter.updatePending(now))
            m_operational.status |= status::EventInterrupt;
    return m_budget == 0;
}

std::optional<std::chrono::nanoseconds> Core::nextDeadline() const
{
    std::optional<std::chrono::nanoseconds> earliest;
    for (const Interrupter& interrupter : m_interrupters)
        if (const auto deadline = interrupter.nextDeadline())
            earliest = std::min(earliest.value_or(*deadline), *deadline);
    if (isRunning() && (m_operational.command & command::WrapEvents) != 0) {
        const std::chrono::nanoseconds wrap = WrapPeriod * static_cast<std::int64_t>(m_wraps + 1);
        earliest = std::min(earliest.value_or(wrap), wrap);
    }
    return earliest;
}

bool Core::pinAsserted() const
{
    return (m_operational.command & command::InterrupterEnable) != 0
           && std::ranges::any_of(m_interrupters, &Interrupter::wantsInterrupt);
}

std::uint32_t Core::takeMessages()
{
    std::uint32_t messages = 0;
    if ((m_operational.command & command::InterrupterEnable) == 0)
        return messages;
    for (unsigned i = 0; i < InterrupterCount; ++i)
        if (m_interrupters.at(i).wantsInterrupt()) {
            m_interrupters.at(i).acknowledgeByMessage();
            messages |= 1U << i;
        }
    return messages;
}

void Core::serviceEndpoints()
{
    for (unsigned number = 1; number <= SlotCount; ++number)
        while (m_endpointsWaiting.at(number) != 0) {
            if (m_budget == 0 || !isRunning() || eventsBlocked())
                return; // with the bits kept
            const auto index = static_cast<unsigned>(std::countr_zero(m_endpointsWaiting.at(number)));
            m_endpointsWaiting.at(number) &= ~(1U << index);
            serviceEndpoint(number, index);
        }
}

void Core::endpointReady(const UsbDevice& device, std::uint8_t address)
{
    for (unsigned number = 1; number <= SlotCount; ++number) {
        const Slot& slot = m_slots.at(number);
        if (slot.enabled && slot.port != 0 && m_ports.at(slot.port - 1U).device() == &device)
            m_endpointsWaiting.at(number) |= 1U << endpointIndex(address);
    }
}

void Core::remoteWakeup(const UsbDevice& device)
{
    for (Port& port : m_ports)
        if (port.device() == &device)
            port.remoteWakeup();
}

void Core::saveState(StateWriter& out) const
{
    out.integer(m_operational.command);
    out.integer(m_operational.status);
    out.integer(m_operational.notification);
    out.integer(m_operational.config);
    out.integer(m_operational.contextArray);
    m_operational.commands.saveState(out);
    out.boolean(m_operational.commandsRunning);
    out.integer(m_legacySupport);
    out.integer(m_legacyControl);
    out.boolean(m_commandsWaiting);
    out.boolean(m_saved);
    out.integer(m_portEvents);
    for (const Interrupter& interrupter : m_interrupters)
        interrupter.saveState(out);
    for (const Interrupter& interrupter : m_savedInterrupters)
        interrupter.saveState(out);
    for (const Port& port : m_ports)
        port.saveState(out);
    for (const Slot& slot : m_slots)
        slot.saveState(out);
    for (const std::uint32_t waiting : m_endpointsWaiting)
        out.integer(waiting);
}

bool Core::readState(StateReader& in)
{
    m_operational.command = in.integer<std::uint32_t>() & command::Kept;
    m_operational.status = in.integer<std::uint32_t>();
    m_operational.notification = in.integer<std::uint32_t>();
    m_operational.config = in.integer<std::uint32_t>();
    m_operational.contextArray = in.integer<std::uint64_t>();
    m_operational.commands.readState(in);
    m_operational.commandsRunning = in.boolean();
    m_legacySupport = in.integer<std::uint32_t>();
    m_legacyControl = in.integer<std::uint32_t>();
    m_commandsWaiting = in.boolean();
    m_saved = in.boolean();
    m_portEvents = in.integer<std::uint32_t>();
    for (Interrupter& interrupter : m_interrupters)
        interrupter.readState(in);
    for (Interrupter& interrupter : m_savedInterrupters)
        interrupter.readState(in);
    for (Port& port : m_ports)
        port.readState(in);
    for (Slot& slot : m_slots)
        slot.readState(in);
    for (std::uint32_t& waiting : m_endpointsWaiting)
        waiting = in.integer<std::uint32_t>();
    return std::ranges::all_of(m_slots, [](const Slot& slot) { return slot.port <= PortCount; });
}

} // namespace engine::usb::xhci
