// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/storage/nvme/shadow_doorbells.h"

#include "devices/storage/nvme/nvme_types.h"

#include <utility>

namespace engine::nvme {

namespace {

constexpr std::uint64_t EntryBytes = 4; // CAP.DSTRD = 0: the layout of the registers
constexpr std::uint64_t UsedBytes = 2 * EntryBytes * QueueCount;
static_assert(UsedBytes <= 4096);

} // namespace

bool ShadowDoorbells::activate(GuestAddress values, GuestAddress events, std::uint64_t pageBytes)
{
    for (const GuestAddress page : {values, events}) {
        const auto last = page.checkedAdd(pageBytes - EntryBytes);
        if (!last || !m_memory.loadAcquire<std::uint32_t>(page)
            || !m_memory.loadAcquire<std::uint32_t>(*last))
            return false;
    }
    m_place = Place{.values = values, .events = events};
    return true;
}

GuestAddress ShadowDoorbells::at(GuestAddress page, unsigned queue, Side side)
{
    return GuestAddress(page.raw() + EntryBytes * (2 * std::uint64_t{queue} + std::to_underlying(side)));
}

std::optional<std::uint32_t> ShadowDoorbells::read(unsigned queue, Side side) const
{
    const auto value = m_memory.loadAcquire<std::uint32_t>(at(m_place->values, queue, side));
    return value ? std::optional(*value) : std::nullopt;
}

void ShadowDoorbells::initialise(unsigned queue, Side side, std::uint32_t value) const
{
    (void)m_memory.storeRelease(at(m_place->values, queue, side), value);
    askFor(queue, side, value);
}

void ShadowDoorbells::askFor(unsigned queue, Side side, std::uint32_t index) const
{
    (void)m_memory.storeRelease(at(m_place->events, queue, side), index);
}

void ShadowDoorbells::saveState(StateWriter& out) const
{
    out.boolean(isActive());
    out.integer(m_place ? m_place->values.raw() : 0);
    out.integer(m_place ? m_place->events.raw() : 0);
}

bool ShadowDoorbells::readState(StateReader& in)
{
    const bool isActive = in.boolean();
    const GuestAddress values(in.integer<std::uint64_t>());
    const GuestAddress events(in.integer<std::uint64_t>());
    if (!isActive)
        return true;
    constexpr std::uint64_t SmallestPage = 4096;
    return values.raw() % SmallestPage == 0 && events.raw() % SmallestPage == 0
           && activate(values, events, SmallestPage);
}

} // namespace engine::nvme
