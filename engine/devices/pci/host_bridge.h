// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bus/address_space.h"
#include "devices/pci/pci_function.h"
#include "devices/pci/root_complex.h"

#include <array>
#include <memory>
#include <optional>
#include <vector>

namespace engine::pci {

/// The memory controller hub of the Q35 chipset (8086:29c0) at 00.0: Intel 3 Series Express Chipset
/// Family datasheet (316966), chapter 5. Owns the two things of it that software needs: PAM, which
/// turns the area C0000h to FFFFFh from ROM into shadow RAM piece by piece, and PCIEXBAR, which
/// places the memory-mapped configuration window. SMRAM registers hold their values; there is no SMM.
class HostBridge final : public PciFunction {
public:
    static constexpr std::uint64_t DefaultEcamBase = 0xb000'0000;

    /// `lowRam` is the block behind guest address 0 and on; `biosRom` holds at least the last 128 KiB
    /// of the firmware, whose end appears below 1 MiB; null without a firmware ROM.
    HostBridge(RootComplex& root, AddressSpace& memory, std::shared_ptr<HostBlock> lowRam,
               std::shared_ptr<HostBlock> biosRom);
    ~HostBridge() override;
    HostBridge(const HostBridge&) = delete;
    HostBridge& operator=(const HostBridge&) = delete;
    HostBridge(HostBridge&&) = delete;
    HostBridge& operator=(HostBridge&&) = delete;

    /// Applies the registers' power-on values; once, when the machine is built.
    [[nodiscard]] Result<> powerOn();
    void reset() override;
    [[nodiscard]] Result<> restoreState(StateReader& in) override;

    /// Where configuration space is memory-mapped now, nullopt while disabled.
    [[nodiscard]] std::optional<std::uint64_t> ecamBase() const { return m_ecamBase; }
    /// For guests that start without firmware: what firmware would have programmed.
    void enableEcam(std::uint64_t base);
    void shadowAll();

protected:
    void onConfigWritten(std::uint16_t offset, unsigned width) override;

private:
    static constexpr unsigned PamRegionCount = 13;
    struct PamRegion {
        std::uint64_t base;
        std::uint64_t length;
    };
    [[nodiscard]] static PamRegion pamRegion(unsigned index);
    [[nodiscard]] std::uint8_t pamAttributes(unsigned index) const;
    [[nodiscard]] std::optional<MemoryMapping> pamMapping(unsigned index) const;
    void updatePam();
    void updateEcam();

    RootComplex& m_root;
    AddressSpace& m_memory;
    std::shared_ptr<HostBlock> m_lowRam;
    std::shared_ptr<HostBlock> m_biosRom;
    std::array<std::optional<std::uint8_t>, PamRegionCount> m_pamApplied{};
    std::array<std::optional<MappingId>, PamRegionCount> m_pamMappings{};
    std::optional<std::uint64_t> m_ecamBase;
    std::uint64_t m_ecamLength = 0;
};

} // namespace engine::pci
