// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/usb/xhci/interrupter.h"

#include <algorithm>

namespace engine::usb::xhci {

namespace {

constexpr std::uint32_t Iman = 0x00;
constexpr std::uint32_t Imod = 0x04;
constexpr std::uint32_t Erstsz = 0x08;
constexpr std::uint32_t ErstbaLow = 0x10;
constexpr std::uint32_t ErstbaHigh = 0x14;
constexpr std::uint32_t ErdpLow = 0x18;
constexpr std::uint32_t ErdpHigh = 0x1c;

constexpr std::uint32_t InterruptPending = 1U << 0;
constexpr std::uint32_t InterruptEnable = 1U << 1;
constexpr std::uint32_t SegmentMask = 7;
constexpr std::uint32_t HandlerBusy = 1U << 3;

constexpr std::size_t MostWaiting = 8192; // far above what one transfer and all ports can say at once
constexpr std::uint32_t SmallestSegment = 16;
constexpr std::uint32_t LargestSegment = 4096;
constexpr std::chrono::nanoseconds IntervalUnit{250};

std::uint64_t withLow(std::uint64_t value, std::uint32_t low)
{
    return (value & ~std::uint64_t{0xffff'ffff}) | low;
}

std::uint64_t withHigh(std::uint64_t value, std::uint32_t high)
{
    return (value & 0xffff'ffff) | std::uint64_t{high} << 32;
}

} // namespace

std::uint32_t Interrupter::read(std::uint32_t offset) const
{
    switch (offset) {
    case Iman: return (m_pending ? InterruptPending : 0) | (m_enabled ? InterruptEnable : 0);
    case Imod: return m_interval; // the counter always reads as expired
    case Erstsz: return m_tableSize;
    case ErstbaLow: return static_cast<std::uint32_t>(m_table);
    case ErstbaHigh: return static_cast<std::uint32_t>(m_table >> 32);
    case ErdpLow:
        return static_cast<std::uint32_t>(m_dequeue) | m_dequeueSegment | (m_busy ? HandlerBusy : 0);
    case ErdpHigh: return static_cast<std::uint32_t>(m_dequeue >> 32);
    default: return 0;
    }
}

void Interrupter::write(std::uint32_t offset, std::uint32_t value)
{
    switch (offset) {
    case Iman:
        if ((value & InterruptPending) != 0)
            m_pending = false;
        m_enabled = (value & InterruptEnable) != 0;
        break;
    case Imod:
        m_interval = static_cast<std::uint16_t>(value);
        m_notBefore = std::chrono::nanoseconds{0};
        break;
    case Erstsz: m_tableSize = static_cast<std::uint16_t>(value); break;
    case ErstbaLow:
        m_table = withLow(m_table, value & ~0x3fU);
        m_loaded = false; // the table is read again for the next event
        break;
    case ErstbaHigh:
        m_table = withHigh(m_table, value);
        m_loaded = false;
        break;
    case ErdpLow:
        m_dequeue = withLow(m_dequeue, value & ~0xfU);
        m_dequeueSegment = static_cast<std::uint8_t>(value & SegmentMask);
        if ((value & HandlerBusy) != 0) {
            m_busy = false;
            // What has been seen needs no interrupt, what has not been seen does.
            m_eventPending = m_loaded && m_dequeue != addressOf(m_place);
        }
        break;
    case ErdpHigh: m_dequeue = withHigh(m_dequeue, value); break;
    default: break;
    }
}

Result<> Interrupter::loadTable(const GuestMemory& memory)
{
    struct Entry { // xHCI 1.2, 6.5
        std::uint64_t base;
        std::uint32_t size;
        std::uint32_t reserved;
    };
    if (m_tableSize == 0 || m_tableSize > MostSegments)
        return fail(ErrorCode::Corrupt, "an event ring of an impossible number of segments");
    std::vector<Segment> segments;
    for (std::uint32_t i = 0; i < m_tableSize; ++i) {
        const auto entry = VM_TRY(memory.readObject<Entry>(GuestAddress(m_table + i * sizeof(Entry))));
        const std::uint32_t size = entry.size & 0xffff;
        if (size < SmallestSegment || size > LargestSegment)
            return fail(ErrorCode::Corrupt, "an event ring segment of an impossible size");
        segments.push_back({.base = entry.base & ~std::uint64_t{0x3f}, .size = size});
    }
    m_segments = std::move(segments);
    m_place = {};
    m_toldFull = false;
    m_waiting.clear();
    m_loaded = true;
    return {};
}

Interrupter::Place Interrupter::after(Place place) const
{
    if (++place.index < m_segments.at(place.segment).size)
        return place;
    place.index = 0;
    if (++place.segment == m_segments.size()) {
        place.segment = 0;
        place.cycle = !place.cycle;
    }
    return place;
}

std::uint64_t Interrupter::addressOf(const Place& place) const
{
    return m_segments.at(place.segment).base + TrbBytes * place.index;
}

Result<> Interrupter::store(const GuestMemory& memory, Trb event)
{
    // The cycle bit hands the event over, so its dword goes last.
    constexpr std::uint64_t ControlOffset = 12;
    const std::uint64_t at = addressOf(m_place);
    event.control = (event.control & ~flag::Cycle) | (m_place.cycle ? flag::Cycle : 0);
    VM_TRY(memory.writeObject(GuestAddress(at), event.parameter));
    VM_TRY(memory.writeObject(GuestAddress(at + 8), event.status));
    VM_TRY(memory.storeRelease(GuestAddress(at + ControlOffset), event.control));
    m_place = after(m_place);
    return {};
}

Result<bool> Interrupter::tryPost(const GuestMemory& memory, const Trb& event)
{
    const Place next = after(m_place);
    if (addressOf(next) == m_dequeue)
        return false;
    if (addressOf(after(next)) == m_dequeue) {
        if (!m_toldFull)
            VM_TRY(store(memory, {.parameter = 0,
                                  .status = statusOf(Code::EventRingFull),
                                  .control = controlOf(TrbType::HostController)}));
        m_toldFull = true;
        return false;
    }
    VM_TRY(store(memory, event));
    m_toldFull = false;
    return true;
}

Result<> Interrupter::post(const GuestMemory& memory, Trb event, bool interrupts)
{
    if (!m_loaded)
        VM_TRY(loadTable(memory));
    const bool stored = m_waiting.empty() && VM_TRY(tryPost(memory, event));
    if (!stored && m_waiting.size() < MostWaiting)
        m_waiting.push_back(event);
    m_eventPending = m_eventPending || interrupts;
    return {};
}

Result<> Interrupter::flush(const GuestMemory& memory)
{
    if (!m_loaded)
        return {};
    while (!m_waiting.empty() && VM_TRY(tryPost(memory, m_waiting.front()))) {
        m_waiting.pop_front();
        m_eventPending = true;
    }
    return {};
}

bool Interrupter::updatePending(std::chrono::nanoseconds now)
{
    if (!m_eventPending || m_busy || now < m_notBefore)
        return false;
    m_eventPending = false;
    m_busy = true;
    m_notBefore = now + m_interval * IntervalUnit;
    return !std::exchange(m_pending, true);
}

std::optional<std::chrono::nanoseconds> Interrupter::nextDeadline() const
{
    if (!m_eventPending || m_busy)
        return std::nullopt;
    return m_notBefore;
}

void Interrupter::restorePosition(const Interrupter& saved)
{
    if (m_table != saved.m_table || m_tableSize != saved.m_tableSize || !saved.m_loaded)
        return;
    m_segments = saved.m_segments;
    m_place = saved.m_place;
    m_toldFull = saved.m_toldFull;
    m_waiting = saved.m_waiting;
    m_loaded = true;
}

void Interrupter::saveState(StateWriter& out) const
{
    for (const bool value :
         {m_pending, m_enabled, m_busy, m_loaded, m_toldFull, m_eventPending, m_place.cycle})
        out.boolean(value);
    out.integer(m_interval);
    out.integer(m_tableSize);
    out.integer(m_table);
    out.integer(m_dequeue);
    out.integer(m_dequeueSegment);
    out.integer(m_place.segment);
    out.integer(m_place.index);
    out.integer(static_cast<std::uint32_t>(m_segments.size()));
    for (const Segment& segment : m_segments) {
        out.integer(segment.base);
        out.integer(segment.size);
    }
    out.integer(static_cast<std::uint32_t>(m_waiting.size()));
    for (const Trb& trb : m_waiting) {
        out.integer(trb.parameter);
        out.integer(trb.status);
        out.integer(trb.control);
    }
}

void Interrupter::readState(StateReader& in)
{
    *this = {};
    for (bool* value :
         {&m_pending, &m_enabled, &m_busy, &m_loaded, &m_toldFull, &m_eventPending, &m_place.cycle})
        *value = in.boolean();
    m_interval = in.integer<std::uint16_t>();
    m_tableSize = in.integer<std::uint16_t>();
    m_table = in.integer<std::uint64_t>() & ~std::uint64_t{0x3f};
    m_dequeue = in.integer<std::uint64_t>() & ~std::uint64_t{0xf};
    m_dequeueSegment = in.integer<std::uint8_t>() & SegmentMask;
    m_place.segment = in.integer<std::uint32_t>();
    m_place.index = in.integer<std::uint32_t>();
    const auto segments = std::min(in.integer<std::uint32_t>(), std::uint32_t{MostSegments});
    for (std::uint32_t i = 0; i < segments; ++i) {
        Segment segment;
        segment.base = in.integer<std::uint64_t>() & ~std::uint64_t{0x3f};
        segment.size = std::clamp(in.integer<std::uint32_t>(), SmallestSegment, LargestSegment);
        m_segments.push_back(segment);
    }
    const auto waiting = std::min<std::size_t>(in.integer<std::uint32_t>(), MostWaiting);
    for (std::size_t i = 0; i < waiting; ++i) {
        Trb trb{};
        trb.parameter = in.integer<std::uint64_t>();
        trb.status = in.integer<std::uint32_t>();
        trb.control = in.integer<std::uint32_t>();
        m_waiting.push_back(trb);
    }
    // A place outside of its ring means that the ring is read anew.
    if (m_place.segment >= m_segments.size() || m_place.index >= m_segments.at(m_place.segment).size)
        m_loaded = false;
}

} // namespace engine::usb::xhci
