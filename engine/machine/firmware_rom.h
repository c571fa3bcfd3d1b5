// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/event_loop.h"
#include "bus/address_space.h"
#include "firmware/firmware_image.h"
#include "vm/vm_config.h"

#include <memory>

namespace engine {

/// The firmware as the guest finds it: a BIOS ROM that ends at 4 GiB. Nothing for a guest that starts
/// a kernel directly.
class FirmwareRom {
public:
    /// Finds, reads, checks and maps. `space` outlives this object.
    [[nodiscard]] static Result<std::unique_ptr<FirmwareRom>> create(const VmConfig& config,
                                                                     AddressSpace& space);

    /// What appears below 1 MiB; null for a direct boot.
    [[nodiscard]] const std::shared_ptr<HostBlock>& rom() const { return m_rom; }

private:
    FirmwareRom() = default;
    [[nodiscard]] Result<> addBios(AddressSpace& space, const firmware::FirmwareImage& image);

    std::shared_ptr<HostBlock> m_rom;
};

} // namespace engine
