// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bus/bus_device.h"
#include "bus/msi.h"
#include "devices/pci/config_space.h"

#include <memory>
#include <mutex>
#include <vector>

namespace engine::pci {

/// MSI-X (PCI 3.0, 6.8.2): the capability registers, and the vector table with its pending bits as a
/// bus device of `windowBytes()`: the table at 0, the pending bit array in the window's upper half.
/// A function gives it a BAR of its own, or forwards a part of one. signal() from any thread.
class MsixTable final : public BusDevice {
public:
    static constexpr std::uint8_t Id = 0x11;
    static constexpr std::uint8_t LengthBytes = 12;

    /// 1 to 2048 vectors. `barIndex`: the BAR that holds the window at `barOffset`, which has at least
    /// `leastBytes`, a power of two.
    MsixTable(ConfigSpace& config, std::uint8_t capabilityOffset, unsigned vectors, std::uint8_t barIndex,
              std::uint32_t barOffset = 0, std::uint32_t leastBytes = 0);

    [[nodiscard]] std::uint8_t capabilityOffset() const { return m_capabilityOffset; }
    [[nodiscard]] std::uint32_t windowBytes() const { return m_windowBytes; }
    [[nodiscard]] unsigned vectorCount() const { return static_cast<unsigned>(m_entries.size()); }

    /// Vectors are made when the guest first programs them, so unused ones cost nothing.
    void connect(MsiController& controller);
    void update(const ConfigSpace& config);
    [[nodiscard]] bool isEnabled() const;
    /// Delivers, or remembers while masked. Vectors out of range are ignored (a guest can choose them).
    void signal(unsigned vector);
    void reset();

    void read(std::uint64_t offset, std::span<std::byte> data) override;
    void write(std::uint64_t offset, std::span<const std::byte> data) override;

    void saveState(StateWriter& out) const;
    [[nodiscard]] Result<> restoreState(StateReader& in);

private:
    struct Entry {
        std::uint32_t addressLow = 0;
        std::uint32_t addressHigh = 0;
        std::uint32_t data = 0;
        std::uint32_t control = 1; ///< bit 0: masked, set after reset
        bool pending = false;
        std::unique_ptr<MsiVector> vector;
    };
    [[nodiscard]] std::uint32_t readDword(std::uint32_t index) const;
    void writeDword(std::uint32_t index, std::uint32_t value, std::uint32_t byteMask);
    [[nodiscard]] bool canDeliver(const Entry& entry) const;
    void program(Entry& entry);
    void deliverPending();

    const std::uint8_t m_capabilityOffset;
    std::uint32_t m_windowBytes;
    mutable std::mutex m_mutex;
    std::vector<Entry> m_entries;          // guarded by m_mutex
    MsiController* m_controller = nullptr; // guarded by m_mutex
    bool m_enabled = false;                // guarded by m_mutex
    bool m_functionMasked = false;         // guarded by m_mutex
};

} // namespace engine::pci
