// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bus/address_space.h"

#include <cstdint>
#include <span>
#include <vector>

namespace engine::kvm::assist {

/// Guest-physical memory as an assisted instruction sees it: RAM, ROM and devices. Keeps the layout
/// for one instruction; make a new one for the next.
class GuestPages {
public:
    explicit GuestPages(AddressSpace& memory) : m_memory(memory), m_slots(memory.slots()) {}

    void read(std::uint64_t address, std::span<std::byte> data) const
    {
        m_memory.read(GuestAddress(address), data);
    }
    void write(std::uint64_t address, std::span<const std::byte> data) const
    {
        m_memory.write(GuestAddress(address), data);
    }

    /// The host's address of writable RAM, for the instructions that other CPUs must see as one step
    /// (LOCK) and for the accessed and dirty bits of page tables. Null for everything else: read-only
    /// memory, devices, and ranges that cross a page. Report what was written there by noteWritten().
    [[nodiscard]] std::byte* writableRam(std::uint64_t address, std::size_t length) const;
    void noteWritten(std::uint64_t address, std::size_t length) const
    {
        m_memory.noteWritten(GuestAddress(address), length);
    }

private:
    AddressSpace& m_memory;
    std::vector<MemorySlotSpec> m_slots;
};

} // namespace engine::kvm::assist
