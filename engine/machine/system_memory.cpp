// SPDX-License-Identifier: GPL-3.0-or-later
#include "machine/system_memory.h"

#include "machine/address_map.h"

#include <sys/stat.h>

namespace engine {

Result<std::unique_ptr<SystemMemory>> SystemMemory::create(AddressSpace& space, std::uint64_t bytes)
{
    using namespace address_map;
    std::unique_ptr<SystemMemory> memory(new SystemMemory);
    const std::uint64_t low = bytes <= LowRamLimit ? bytes : LowRamOfLargeGuests;
    memory->m_low = VM_TRY(HostBlock::create("guest-ram", low));
    std::vector<GuestMemoryRegion> regions{{.base = GuestAddress(0), .block = memory->m_low}};

    // The area from A0000h to 1 MiB is left out: video memory, ROM and shadow RAM are mapped there.
    std::vector<MemoryMapping> mappings;
    mappings.push_back({.base = GuestAddress(0), .length = LegacyVideoBase, .block = memory->m_low});
    mappings.push_back({.base = GuestAddress(OneMebibyte),
                        .length = low - OneMebibyte,
                        .block = memory->m_low,
                        .blockOffset = OneMebibyte});
    if (low < bytes) {
        memory->m_high = VM_TRY(HostBlock::create("guest-ram-high", bytes - low));
        regions.push_back({.base = GuestAddress(FourGibibytes), .block = memory->m_high});
        mappings.push_back(
            {.base = GuestAddress(FourGibibytes), .length = bytes - low, .block = memory->m_high});
    }
    memory->m_guestMemory = VM_TRY(GuestMemory::create(std::move(regions)));
    VM_TRY(space.replace({}, std::move(mappings)));
    return memory;
}

std::uint64_t SystemMemory::touchedBytes() const
{
    std::uint64_t touched = 0;
    for (const auto& block : {m_low, m_high}) {
        struct stat status{};
        constexpr std::uint64_t StatBlock = 512;
        if (block && ::fstat(block->fd(), &status) == 0)
            touched += static_cast<std::uint64_t>(status.st_blocks) * StatBlock;
    }
    return touched;
}

} // namespace engine
