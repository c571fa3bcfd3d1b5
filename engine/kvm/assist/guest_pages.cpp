// SPDX-License-Identifier: GPL-3.0-or-later
#include "kvm/assist/guest_pages.h"

namespace engine::kvm::assist {

std::byte* GuestPages::writableRam(std::uint64_t address, std::size_t length) const
{
    constexpr std::uint64_t PageBytes = 4096;
    if (length == 0 || address % PageBytes + length > PageBytes)
        return nullptr;
    for (const MemorySlotSpec& slot : m_slots) {
        const std::uint64_t offset = address - slot.base.raw();
        if (address < slot.base.raw() || offset >= slot.length)
            continue;
        if (slot.access != MemoryAccess::ReadWrite)
            return nullptr;
        return slot.block->data() + slot.blockOffset + offset; // slots are whole pages, so it fits
    }
    return nullptr;
}

} // namespace engine::kvm::assist
