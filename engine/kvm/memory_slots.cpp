// SPDX-License-Identifier: GPL-3.0-or-later
#include "kvm/memory_slots.h"

#include "kvm/kvm_api.h"

#include <algorithm>

namespace engine::kvm {

namespace {

constexpr std::uint64_t PageBytes = 4096;
constexpr unsigned SlotsWhenUnknown = 32; // api.rst 4.35: at least 32 without KVM_CAP_NR_MEMSLOTS

} // namespace

std::optional<std::uint32_t> SlotNumbers::take()
{
    if (!m_free.empty())
        return m_free.extract(m_free.begin()).value();
    if (m_next >= m_limit)
        return std::nullopt;
    return m_next++;
}

MemorySlots::MemorySlots(int vmFd, const KvmCaps& caps)
    : m_vmFd(vmFd), m_canBeReadOnly(caps.readonlyMem != 0),
      m_numbers(caps.nrMemslots > 0 ? static_cast<unsigned>(caps.nrMemslots) : SlotsWhenUnknown)
{}

std::vector<MemorySlots::ActiveSlot>::iterator MemorySlots::find(const MemorySlotSpec& spec)
{
    return std::ranges::find(m_active, spec, &ActiveSlot::spec);
}

Result<> MemorySlots::addSlot(const MemorySlotSpec& slot)
{
    const bool readOnly = slot.access == MemoryAccess::ReadOnly;
    if (readOnly && !m_canBeReadOnly)
        return fail(ErrorCode::Unsupported, "The KVM of this host has no read-only memory for firmware.");
    std::scoped_lock lock(m_mutex);
    const auto number = m_numbers.take();
    if (!number)
        return fail(ErrorCode::OutOfBounds,
                    "The guest has more pieces of memory than this host's KVM can map.");
    kvm_userspace_memory_region region{};
    region.slot = *number;
    region.flags = (readOnly ? KVM_MEM_READONLY : 0U) | (slot.logDirty ? KVM_MEM_LOG_DIRTY_PAGES : 0U);
    region.guest_phys_addr = slot.base.raw();
    region.memory_size = slot.length;
    region.userspace_addr = reinterpret_cast<std::uintptr_t>(slot.block->data()) + slot.blockOffset;
    if (callKvm(m_vmFd, KVM_SET_USER_MEMORY_REGION, &region) < 0) {
        const int err = errno;
        m_numbers.giveBack(*number);
        return failSystem("KVM refuses a piece of guest memory", err);
    }
    m_active.push_back({*number, slot});
    return {};
}

void MemorySlots::removeSlot(const MemorySlotSpec& slot)
{
    std::scoped_lock lock(m_mutex);
    const auto active = find(slot);
    if (active == m_active.end())
        return; // it could not be added
    kvm_userspace_memory_region region{};
    region.slot = active->number;
    region.guest_phys_addr = slot.base.raw();
    (void)callKvm(m_vmFd, KVM_SET_USER_MEMORY_REGION, &region);
    m_numbers.giveBack(active->number);
    m_active.erase(active);
}

void MemorySlots::collectDirty(const MemorySlotSpec& slot, std::span<std::uint64_t> bitmap)
{
    std::scoped_lock lock(m_mutex);
    const auto active = find(slot);
    if (active == m_active.end() || !slot.logDirty)
        return;
    std::vector<std::uint64_t> dirty((slot.length / PageBytes + 63) / 64);
    kvm_dirty_log log{};
    log.slot = active->number;
    log.dirty_bitmap = dirty.data();
    if (callKvm(m_vmFd, KVM_GET_DIRTY_LOG, &log) < 0)
        std::ranges::fill(dirty, ~std::uint64_t{0}); // not knowing means: all of it
    for (std::size_t i = 0; i < std::min(bitmap.size(), dirty.size()); ++i)
        bitmap[i] |= dirty[i];
}

} // namespace engine::kvm
