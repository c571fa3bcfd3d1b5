// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/checked.h"
#include "devices/usb/xhci/core.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace engine::usb::xhci {

namespace {

constexpr std::size_t MostTrbs = 1024;                  // of one TD
constexpr std::size_t MostBytes = std::size_t{4} << 20; // of one TD

Code codeOf(TransferStatus status)
{
    switch (status) {
    case TransferStatus::Stall: return Code::Stall;
    case TransferStatus::Babble: return Code::Babble;
    default: return Code::Success;
    }
}

bool isIn(EndpointType type)
{
    return static_cast<unsigned>(type) > static_cast<unsigned>(EndpointType::Control);
}

} // namespace

void Core::transferEvent(unsigned number, unsigned index, std::uint64_t at, const Trb& trb, Code code,
                         std::uint32_t residual)
{
    post(trb.interrupter(),
         {.parameter = at,
          .status = statusOf(code, residual),
          .control = controlOf(TrbType::TransferEvent, number, index)},
         !trb.has(flag::BlockEventInterrupt));
}

void Core::eventDataEvent(unsigned number, unsigned index, Endpoint& endpoint, const Trb& trb, Code code)
{
    if (trb.has(flag::InterruptOnCompletion))
        post(trb.interrupter(),
             {.parameter = trb.parameter,
              .status = statusOf(code, endpoint.transferred),
              .control = controlOf(TrbType::TransferEvent, number, index) | flag::EventData},
             !trb.has(flag::BlockEventInterrupt));
    endpoint.transferred = 0;
}

/// Ends what the endpoint is doing; the ring stays at the TRB that failed.
void Core::fail(unsigned number, unsigned index, Endpoint& endpoint, std::uint64_t at, const Trb& trb,
                Code code)
{
    endpoint.state = code == Code::TrbError ? EndpointState::Error : EndpointState::Halted;
    endpoint.control = {};
    transferEvent(number, index, at, trb, code, trb.length());
    publishEndpoint(m_slots.at(number), index);
}

void Core::serviceEndpoint(unsigned number, unsigned index)
{
    Slot& slot = m_slots.at(number);
    while (slot.enabled && slot.port != 0 && isRunning() && !eventsBlocked()) {
        Endpoint* endpoint = slot.endpoints.at(index).get();
        if (!endpoint || endpoint->state != EndpointState::Running)
            return;
        const Port& port = m_ports.at(slot.port - 1U);
        if (port.isEnabled() && !port.carriesTransfers())
            return; // suspended: everything waits
        if (!port.isEnabled()) {
            RingPosition place = endpoint->ring;
            if (const auto trb = fetchTrb(m_memory, place); trb && *trb)
                fail(number, index, *endpoint, place.address, **trb, Code::TransactionError);
            return;
        }
        if (m_budget == 0) {
            m_endpointsWaiting.at(number) |= 1U << index;
            return;
        }
        const bool more = endpoint->type == EndpointType::Control
                              ? serviceControl(number, *endpoint, *port.device())
                              : serviceData(number, index, *endpoint, *port.device());
        if (!more)
            return;
    }
    if (slot.enabled && slot.port != 0)
        m_endpointsWaiting.at(number) |= 1U << index; // goes on when the event ring has room
}

// --- control endpoints: one TRB after the other

bool Core::serviceControl(unsigned number, Endpoint& endpoint, UsbDevice& device)
{
    (void)spend();
    const auto fetched = fetchTrb(m_memory, endpoint.ring);
    if (!fetched) {
        memoryError("a transfer ring: " + fetched.error().message());
        return false;
    }
    if (!*fetched)
        return false;
    const Trb& trb = **fetched;
    const std::uint64_t at = endpoint.ring.address;
    if (!controlTrb(number, endpoint, device, at, trb))
        return false;
    endpoint.ring.advance();
    return true;
}

bool Core::controlTrb(unsigned number, Endpoint& endpoint, UsbDevice& device, std::uint64_t at,
                      const Trb& trb)
{
    using Phase = ControlTransfer::Phase;
    ControlTransfer& transfer = endpoint.control;
    switch (static_cast<TrbType>(trb.type())) {
    case TrbType::SetupStage: return setupStage(number, endpoint, device, at, trb);
    case TrbType::DataStage:
    case TrbType::Normal:
        if (transfer.phase == Phase::DataIn || transfer.phase == Phase::DataOut)
            return dataStage(number, endpoint, at, trb);
        break;
    case TrbType::StatusStage:
        if (transfer.phase != Phase::Idle)
            return statusStage(number, endpoint, device, at, trb);
        break;
    case TrbType::EventData:
        eventDataEvent(number, 1, endpoint, trb, transfer.isShort ? Code::ShortPacket : Code::Success);
        if (!trb.has(flag::Chain))
            transfer.isShort = false;
        return true;
    case TrbType::NoOp:
        if (trb.has(flag::InterruptOnCompletion))
            transferEvent(number, 1, at, trb, Code::Success, 0);
        return true;
    default: break;
    }
    fail(number, 1, endpoint, at, trb, Code::TrbError);
    return false;
}

bool Core::setupStage(unsigned number, Endpoint& endpoint, UsbDevice& device, std::uint64_t at,
                      const Trb& trb)
{
    using Phase = ControlTransfer::Phase;
    if (!trb.has(flag::ImmediateData) || trb.length() != sizeof(SetupPacket)) {
        fail(number, 1, endpoint, at, trb, Code::TrbError);
        return false;
    }
    ControlTransfer transfer;
    transfer.setup = std::bit_cast<SetupPacket>(trb.parameter);
    transfer.phase = Phase::Status;
    if (transfer.setup.length != 0)
        transfer.phase = transfer.setup.isToHost() ? Phase::DataIn : Phase::DataOut;
    endpoint.transferred = 0;
    if (transfer.phase == Phase::DataIn) {
        const auto status = device.control(transfer.setup, {}, transfer.data);
        if (status != TransferStatus::Done) {
            // The device answers the data stage, so that is where it fails.
            transfer.data.clear();
            transfer.failed = true;
        }
    }
    endpoint.control = std::move(transfer);
    if (trb.has(flag::InterruptOnCompletion))
        transferEvent(number, 1, at, trb, Code::Success, 0);
    return true;
}

bool Core::dataStage(unsigned number, Endpoint& endpoint, std::uint64_t at, const Trb& trb)
{
    using Phase = ControlTransfer::Phase;
    ControlTransfer& transfer = endpoint.control;
    const std::uint32_t length = trb.length();
    if (transfer.failed) {
        fail(number, 1, endpoint, at, trb, Code::Stall);
        return false;
    }
    std::size_t moved = 0;
    bool possible = true;
    if (transfer.phase == Phase::DataIn) {
        moved = std::min<std::size_t>(length, transfer.data.size() - transfer.done);
        const auto part = std::span<const std::byte>(transfer.data).subspan(transfer.done, moved);
        possible =
            !trb.has(flag::ImmediateData) && m_memory.write(GuestAddress(trb.parameter), part).has_value();
        transfer.done += moved;
    } else {
        const std::size_t before = transfer.data.size();
        possible = isInside<std::size_t>(before, length, transfer.setup.length);
        if (possible) {
            moved = length;
            transfer.data.resize(before + length);
            possible = readImmediateOr(trb, std::span(transfer.data).subspan(before));
        }
    }
    if (!possible) {
        fail(number, 1, endpoint, at, trb, Code::TrbError);
        return false;
    }
    endpoint.transferred += static_cast<std::uint32_t>(moved);
    const auto residual = static_cast<std::uint32_t>(length - moved);
    const bool wasShort =
        std::exchange(transfer.isShort, trb.has(flag::Chain) && (transfer.isShort || residual != 0));
    const bool shortNow = residual != 0 && !wasShort;
    if (trb.has(flag::InterruptOnCompletion) || (shortNow && trb.has(flag::InterruptOnShort)))
        transferEvent(number, 1, at, trb, residual != 0 ? Code::ShortPacket : Code::Success, residual);
    return true;
}

bool Core::readImmediateOr(const Trb& trb, std::span<std::byte> into)
{
    if (!trb.has(flag::ImmediateData))
        return m_memory.read(GuestAddress(trb.parameter), into).has_value();
    const auto immediate = std::as_bytes(std::span(&trb.parameter, 1));
    if (into.size() > immediate.size())
        return false;
    std::ranges::copy(immediate.first(into.size()), into.begin());
    return true;
}

bool Core::statusStage(unsigned number, Endpoint& endpoint, UsbDevice& device, std::uint64_t at,
                       const Trb& trb)
{
    using Phase = ControlTransfer::Phase;
    ControlTransfer& transfer = endpoint.control;
    auto status = transfer.failed ? TransferStatus::Stall : TransferStatus::Done;
    if (transfer.phase != Phase::DataIn && !transfer.failed) {
        std::vector<std::byte> nothing;
        status = device.control(transfer.setup, transfer.data, nothing);
    }
    if (status != TransferStatus::Done) {
        fail(number, 1, endpoint, at, trb, codeOf(status));
        return false;
    }
    transfer = {};
    if (trb.has(flag::InterruptOnCompletion))
        transferEvent(number, 1, at, trb, Code::Success, 0);
    return true;
}

// --- interrupt and bulk endpoints: one TD after the other

Core::TdState Core::collect(const Endpoint& endpoint, Td& td)
{
    td.next = endpoint.ring;
    for (;;) {
        (void)spend();
        const auto fetched = fetchTrb(m_memory, td.next);
        if (!fetched) {
            memoryError("a transfer ring: " + fetched.error().message());
            return TdState::Incomplete;
        }
        if (!*fetched)
            return TdState::Incomplete; // goes on when the doorbell rings for the rest
        const Trb& trb = **fetched;
        td.items.push_back({.address = td.next.address, .trb = trb});
        td.next.advance();
        const auto type = static_cast<TrbType>(trb.type());
        if (type == TrbType::Normal) {
            td.bytes += trb.length();
            td.hasData = true;
        } else if (type != TrbType::EventData && type != TrbType::NoOp) {
            return TdState::Broken;
        }
        if (!trb.has(flag::Chain))
            return TdState::Complete;
        if (td.items.size() >= MostTrbs || td.bytes > MostBytes)
            return TdState::Broken;
    }
}

bool Core::serviceData(unsigned number, unsigned index, Endpoint& endpoint, UsbDevice& device)
{
    Td td;
    const TdState state = collect(endpoint, td);
    if (state == TdState::Incomplete)
        return false;
    const Td::Item& first = td.items.front();
    if (state == TdState::Broken) {
        fail(number, index, endpoint, td.items.back().address, td.items.back().trb, Code::TrbError);
        return false;
    }
    std::vector<std::byte> data;
    auto status = TransferStatus::Done;
    bool possible = true;
    if (td.hasData && isIn(endpoint.type)) {
        auto transfer = device.in(endpointAddress(index), td.bytes);
        status = transfer.status;
        data = std::move(transfer.data);
        data.resize(std::min(data.size(), td.bytes));
    } else if (td.hasData) {
        possible = gather(td, data);
        if (possible)
            status = device.out(endpointAddress(index), data);
    }
    if (status == TransferStatus::NotReady)
        return false;
    endpoint.ring.address = first.address; // behind any links, where a failure leaves it
    endpoint.ring.cycle = first.trb.cycle();
    if (!possible || status != TransferStatus::Done) {
        fail(number, index, endpoint, first.address, first.trb, possible ? codeOf(status) : Code::TrbError);
        return false;
    }
    return finishTd(number, index, endpoint, td, data);
}

bool Core::gather(const Td& td, std::vector<std::byte>& data)
{
    data.resize(td.bytes);
    std::size_t done = 0;
    for (const Td::Item& item : td.items) {
        if (static_cast<TrbType>(item.trb.type()) != TrbType::Normal)
            continue;
        if (!readImmediateOr(item.trb, std::span(data).subspan(done, item.trb.length())))
            return false;
        done += item.trb.length();
    }
    return true;
}

/// Hands the data over and tells what the TRBs ask for (4.10.1).
bool Core::finishTd(unsigned number, unsigned index, Endpoint& endpoint, const Td& td,
                    std::span<const std::byte> data)
{
    std::size_t done = 0;
    bool isShort = false;
    bool toldShort = false;
    for (const auto& [address, trb] : td.items) {
        const auto type = static_cast<TrbType>(trb.type());
        const bool wanted = trb.has(flag::InterruptOnCompletion);
        if (type == TrbType::EventData) {
            eventDataEvent(number, index, endpoint, trb, isShort ? Code::ShortPacket : Code::Success);
            continue;
        }
        if (type == TrbType::NoOp) {
            if (wanted)
                transferEvent(number, index, address, trb, Code::Success, 0);
            continue;
        }
        const std::size_t moved = std::min<std::size_t>(trb.length(), data.size() - done);
        if (isIn(endpoint.type) && !m_memory.write(GuestAddress(trb.parameter), data.subspan(done, moved))) {
            fail(number, index, endpoint, address, trb, Code::TrbError);
            return false;
        }
        done += moved;
        endpoint.transferred += static_cast<std::uint32_t>(moved);
        const auto residual = static_cast<std::uint32_t>(trb.length() - moved);
        isShort = isShort || residual != 0;
        if (isShort && !toldShort && (wanted || trb.has(flag::InterruptOnShort))) {
            toldShort = true;
            transferEvent(number, index, address, trb, Code::ShortPacket, residual);
        } else if (!isShort && wanted) {
            transferEvent(number, index, address, trb, Code::Success, 0);
        }
    }
    endpoint.transferred = 0;
    endpoint.ring = td.next;
    return true;
}

} // namespace engine::usb::xhci
