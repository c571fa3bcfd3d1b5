// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bus/address_space.h"
#include "memory/guest_memory.h"

#include <cstdint>
#include <memory>

namespace engine {

/// The guest's RAM: one block from address 0 and, for large guests, one from 4 GiB, placed into the
/// address space. Between A0000h and FFFFFh the chipset decides what answers.
class SystemMemory {
public:
    /// `space` outlives this object.
    [[nodiscard]] static Result<std::unique_ptr<SystemMemory>> create(AddressSpace& space,
                                                                      std::uint64_t bytes);

    [[nodiscard]] const GuestMemory& guestMemory() const { return m_guestMemory; }
    [[nodiscard]] const std::shared_ptr<HostBlock>& lowBlock() const { return m_low; }
    [[nodiscard]] std::uint64_t lowBytes() const { return m_low->sizeBytes(); }
    [[nodiscard]] std::uint64_t highBytes() const { return m_high ? m_high->sizeBytes() : 0; }
    /// How much of it the host has given pages to.
    [[nodiscard]] std::uint64_t touchedBytes() const;

private:
    SystemMemory() = default;
    std::shared_ptr<HostBlock> m_low;
    std::shared_ptr<HostBlock> m_high; // null when all fits below 4 GiB
    GuestMemory m_guestMemory;
};

} // namespace engine
