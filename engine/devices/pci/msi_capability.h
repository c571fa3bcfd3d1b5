// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bus/msi.h"
#include "devices/pci/config_space.h"

#include <memory>
#include <mutex>

namespace engine::pci {

/// The MSI capability (PCI 3.0, 6.8.1): one vector, 64-bit address, no per-vector mask. The
/// registers live in the ConfigSpace; this class follows them. signal() from any thread.
class MsiCapability {
public:
    static constexpr std::uint8_t Id = 0x05;
    static constexpr std::uint8_t LengthBytes = 14;

    MsiCapability(ConfigSpace& config, std::uint8_t offset);

    /// Where vectors come from; called once when the function joins a bus.
    [[nodiscard]] Result<> connect(MsiController& controller);
    /// After the guest wrote the capability, a reset or a restore: takes the registers over.
    void update(const ConfigSpace& config);
    [[nodiscard]] std::uint8_t offset() const { return m_offset; }
    [[nodiscard]] bool isEnabled() const;
    void signal();

private:
    const std::uint8_t m_offset;
    mutable std::mutex m_mutex;
    bool m_enabled = false;              // guarded by m_mutex
    std::unique_ptr<MsiVector> m_vector; // guarded by m_mutex
};

} // namespace engine::pci
