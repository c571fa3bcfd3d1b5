// SPDX-License-Identifier: GPL-3.0-or-later
#include "bus/bus.h"

#include "base/checked.h"

#include <algorithm>

namespace engine {

namespace {

constexpr auto baseOf = [](const BusMap::Entry& entry) { return entry.range.base; };

} // namespace

const BusMap::Entry* BusMap::find(std::uint64_t address) const
{
    auto it = std::ranges::upper_bound(m_entries, address, {}, baseOf);
    if (it == m_entries.begin())
        return nullptr;
    const Entry& entry = *std::prev(it);
    return address <= entry.range.last() ? &entry : nullptr;
}

const BusMap::Entry* BusMap::findAt(std::uint64_t address, std::uint64_t offset) const
{
    return checkedAdd(address, offset) ? find(address + offset) : nullptr; // the space does not wrap around
}

bool BusMap::read(std::uint64_t address, std::span<std::byte> data) const
{
    const Entry* entry = find(address);
    if (entry && isInside<std::uint64_t>(address - entry->range.base, data.size(), entry->range.length)) {
        entry->device->read(address - entry->range.base, data);
        return true;
    }
    bool answered = false;
    for (std::size_t i = 0; i < data.size(); ++i) {
        entry = findAt(address, i);
        data[i] = std::byte{0xff};
        if (entry) {
            entry->device->read(address + i - entry->range.base, data.subspan(i, 1));
            answered = true;
        }
    }
    return answered;
}

bool BusMap::write(std::uint64_t address, std::span<const std::byte> data) const
{
    const Entry* entry = find(address);
    if (entry && isInside<std::uint64_t>(address - entry->range.base, data.size(), entry->range.length)) {
        entry->device->write(address - entry->range.base, data);
        return true;
    }
    bool answered = false;
    for (std::size_t i = 0; i < data.size(); ++i) {
        entry = findAt(address, i);
        if (entry) {
            entry->device->write(address + i - entry->range.base, data.subspan(i, 1));
            answered = true;
        }
    }
    return answered;
}

void Bus::publish(std::shared_ptr<const BusMap> next)
{
    m_map.store(std::move(next), std::memory_order_release);
    m_generation.fetch_add(1, std::memory_order_release);
}

Result<> Bus::insert(BusRange range, BusDevice& device)
{
    if (!range.isValid())
        return fail(ErrorCode::InvalidArgument, "empty or wrapping bus range");
    std::scoped_lock lock(m_writer);
    auto next = std::make_shared<BusMap>(*map());
    for (const BusMap::Entry& entry : next->m_entries)
        if (entry.range.overlaps(range))
            return fail(ErrorCode::Overlap, "bus range is taken already");
    const auto at = std::ranges::upper_bound(next->m_entries, range.base, {}, baseOf);
    next->m_entries.insert(at, BusMap::Entry{.range = range, .device = &device});
    publish(std::move(next));
    return {};
}

void Bus::remove(BusRange range)
{
    std::scoped_lock lock(m_writer);
    auto next = std::make_shared<BusMap>(*map());
    std::erase_if(next->m_entries, [&](const BusMap::Entry& entry) { return entry.range == range; });
    publish(std::move(next));
}

} // namespace engine
