// SPDX-License-Identifier: GPL-3.0-or-later
#include "bus/address_space.h"

#include "base/checked.h"

#include <algorithm>
#include <cstring>
#include <set>

namespace engine {

namespace {

constexpr std::uint64_t PageBytes = 4096;

Result<> validate(const MemoryMapping& mapping)
{
    if (mapping.length == 0 || mapping.base.raw() % PageBytes != 0 || mapping.length % PageBytes != 0
        || mapping.blockOffset % PageBytes != 0)
        return fail(ErrorCode::InvalidArgument, "memory mapping is not made of whole pages");
    if (!checkedAdd(mapping.base.raw(), mapping.length))
        return fail(ErrorCode::InvalidArgument, "memory mapping wraps around the address space");
    if (mapping.block && !isInside(mapping.blockOffset, mapping.length, mapping.block->sizeBytes()))
        return fail(ErrorCode::OutOfBounds, "memory mapping exceeds its block");
    return {};
}

std::uint64_t endOf(const MemoryMapping& mapping)
{
    return mapping.base.raw() + mapping.length;
}

} // namespace

AddressSpace::~AddressSpace()
{
    if (m_sink)
        for (const MemorySlotSpec& slot : *m_layout.load())
            m_sink->removeSlot(slot);
}

Result<MappingId> AddressSpace::map(MemoryMapping mapping)
{
    std::vector<MemoryMapping> one;
    one.push_back(std::move(mapping));
    return VM_TRY(replace({}, std::move(one))).front();
}

void AddressSpace::unmap(MappingId id)
{
    (void)replace(std::span(&id, 1), {});
}

Result<std::vector<MappingId>> AddressSpace::replace(std::span<const MappingId> remove,
                                                     std::vector<MemoryMapping> add)
{
    for (const MemoryMapping& mapping : add)
        VM_TRY(validate(mapping));
    std::scoped_lock lock(m_mutex);
    for (const MappingId id : remove) {
        m_mappings.erase(id);
        m_softDirty.erase(id);
    }
    std::vector<MappingId> ids;
    for (MemoryMapping& mapping : add) {
        ids.push_back(m_nextId);
        m_mappings.emplace(m_nextId++, std::move(mapping));
    }
    if (auto published = publish(); !published) {
        // The caller never learns the ids, so nobody could remove these later.
        for (const MappingId id : ids)
            m_mappings.erase(id);
        (void)publish();
        return std::unexpected(std::move(published).error());
    }
    return ids;
}

AddressSpace::Layout AddressSpace::flatten() const
{
    // Cut the space at every mapping's edges; in each cut the highest priority (then the newest) wins.
    std::set<std::uint64_t> edges;
    for (const auto& [id, mapping] : m_mappings) {
        edges.insert(mapping.base.raw());
        edges.insert(endOf(mapping));
    }
    Layout layout;
    MappingId previousWinner = 0;
    for (auto edge = edges.begin(); edge != edges.end() && std::next(edge) != edges.end(); ++edge) {
        const std::uint64_t start = *edge;
        const std::uint64_t end = *std::next(edge);
        const MemoryMapping* winner = nullptr;
        MappingId winnerId = 0;
        for (const auto& [id, mapping] : m_mappings)
            if (mapping.base.raw() <= start && end <= endOf(mapping)
                && (!winner || mapping.priority >= winner->priority)) {
                winner = &mapping;
                winnerId = id;
            }
        if (winner && winner->block) {
            // Neighbouring cuts of one mapping stay one slot; slots of different mappings never merge, so
            // that changing one mapping does not pull a slot from under a running vCPU elsewhere.
            if (winnerId == previousWinner && !layout.empty()
                && layout.back().base.raw() + layout.back().length == start) {
                layout.back().length += end - start;
            } else {
                layout.push_back({.base = GuestAddress(start),
                                  .length = end - start,
                                  .block = winner->block,
                                  .blockOffset = winner->blockOffset + (start - winner->base.raw()),
                                  .access = winner->access,
                                  .logDirty = winner->logDirty});
            }
        }
        previousWinner = winnerId;
    }
    return layout;
}

Result<> AddressSpace::publish()
{
    const auto before = m_layout.load();
    auto after = std::make_shared<const Layout>(flatten());
    Result<> outcome;
    if (m_sink) {
        for (const MemorySlotSpec& slot : *before)
            if (std::ranges::find(*after, slot) == after->end()) {
                m_sink->removeSlot(slot);
                // Its log is gone, and vCPUs wrote until now: whoever still tracks these pages looks at all.
                if (slot.logDirty)
                    markWritten(slot.base.raw(), slot.length);
            }
        for (const MemorySlotSpec& slot : *after)
            if (std::ranges::find(*before, slot) == before->end())
                if (auto added = m_sink->addSlot(slot); !added && outcome)
                    outcome = std::move(added);
    }
    m_layout.store(std::move(after));
    return outcome;
}

const MemorySlotSpec* AddressSpace::find(const Layout& layout, std::uint64_t address)
{
    auto it = std::ranges::upper_bound(layout, address, {},
                                       [](const MemorySlotSpec& slot) { return slot.base.raw(); });
    if (it == layout.begin())
        return nullptr;
    const MemorySlotSpec& slot = *std::prev(it);
    return address - slot.base.raw() < slot.length ? &slot : nullptr;
}

void AddressSpace::read(GuestAddress at, std::span<std::byte> data) const
{
    const auto layout = m_layout.load();
    std::uint64_t address = at.raw();
    while (!data.empty()) {
        // Accesses are served page by page: layouts only change at page boundaries.
        const auto chunk = std::min<std::uint64_t>(data.size(), PageBytes - address % PageBytes);
        const auto part = data.first(chunk);
        if (const MemorySlotSpec* slot = find(*layout, address)) {
            (void)slot->block->read(slot->blockOffset + (address - slot->base.raw()), part);
        } else {
            for (std::size_t done = 0; done < part.size();) {
                const auto width = std::min<std::size_t>(part.size() - done, sizeof(std::uint64_t));
                m_mmio.read(address + done, part.subspan(done, width));
                done += width;
            }
        }
        address += chunk;
        data = data.subspan(chunk);
    }
}

void AddressSpace::write(GuestAddress at, std::span<const std::byte> data)
{
    const auto layout = m_layout.load();
    std::uint64_t address = at.raw();
    while (!data.empty()) {
        const auto chunk = std::min<std::uint64_t>(data.size(), PageBytes - address % PageBytes);
        const auto part = data.first(chunk);
        const MemorySlotSpec* slot = find(*layout, address);
        if (slot && slot->access == MemoryAccess::ReadWrite) {
            (void)slot->block->write(slot->blockOffset + (address - slot->base.raw()), part);
            if (slot->logDirty) {
                std::scoped_lock lock(m_mutex);
                markWritten(address, chunk);
            }
        } else {
            for (std::size_t done = 0; done < part.size();) {
                const auto width = std::min<std::size_t>(part.size() - done, sizeof(std::uint64_t));
                m_mmio.write(address + done, part.subspan(done, width));
                done += width;
            }
        }
        address += chunk;
        data = data.subspan(chunk);
    }
}

void AddressSpace::markWritten(std::uint64_t address, std::uint64_t length)
{
    const std::uint64_t end = address + length;
    for (const auto& [id, mapping] : m_mappings) {
        if (!mapping.logDirty || end <= mapping.base.raw() || endOf(mapping) <= address)
            continue;
        auto& bits = m_softDirty[id];
        bits.resize((mapping.length / PageBytes + 63) / 64);
        const std::uint64_t first = (std::max(address, mapping.base.raw()) - mapping.base.raw()) / PageBytes;
        const std::uint64_t last = (std::min(end, endOf(mapping)) - 1 - mapping.base.raw()) / PageBytes;
        for (std::uint64_t page = first; page <= last; ++page)
            bits[page / 64] |= std::uint64_t{1} << (page % 64);
    }
}

void AddressSpace::noteWritten(GuestAddress at, std::uint64_t length)
{
    if (length == 0 || !checkedAdd(at.raw(), length))
        return;
    const auto layout = m_layout.load();
    const MemorySlotSpec* first = find(*layout, at.raw());
    const MemorySlotSpec* last = find(*layout, at.raw() + length - 1);
    if ((first && first->logDirty) || (last && last->logDirty)) {
        std::scoped_lock lock(m_mutex);
        markWritten(at.raw(), length);
    }
}

std::vector<std::uint64_t> AddressSpace::takeDirty(MappingId id)
{
    std::scoped_lock lock(m_mutex);
    const auto it = m_mappings.find(id);
    if (it == m_mappings.end() || !it->second.logDirty)
        return {};
    const MemoryMapping& mapping = it->second;
    std::vector<std::uint64_t> bits((mapping.length / PageBytes + 63) / 64);
    if (const auto soft = m_softDirty.extract(id))
        std::ranges::copy(soft.mapped(), bits.begin());
    if (!m_sink)
        return bits;
    for (const MemorySlotSpec& slot : *m_layout.load()) {
        if (slot.block != mapping.block || slot.base < mapping.base || slot.base.raw() >= endOf(mapping))
            continue;
        std::vector<std::uint64_t> part((slot.length / PageBytes + 63) / 64);
        m_sink->collectDirty(slot, part);
        const auto firstPage = (slot.base.raw() - mapping.base.raw()) / PageBytes;
        for (std::uint64_t page = 0; page < slot.length / PageBytes; ++page)
            if (part[page / 64] >> (page % 64) & 1)
                bits[(firstPage + page) / 64] |= std::uint64_t{1} << ((firstPage + page) % 64);
    }
    return bits;
}

std::vector<MemorySlotSpec> AddressSpace::slots() const
{
    return *m_layout.load();
}

} // namespace engine
