// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/display/vga_wiring.h"

#include <memory>
#include <span>

namespace engine::display {

/// The standard VGA as a PCI function (1234:1111): BAR 0 is video memory, BAR 2 the register block,
/// the ROM is the VGA BIOS. Its legacy ports and window answer always, whatever the command register
/// says, as on the reference machine. Borrowed by the RootComplex; the scan-out uses adapter().
class VgaDevice final : public pci::PciFunction {
public:
    static constexpr std::uint64_t DefaultMemoryBytes = 16 << 20;
    static constexpr unsigned MemoryBar = 0;
    static constexpr unsigned RegisterBar = 2;

    /// `memoryBytes` is a power of two from 256 KiB to 256 MiB. `rom` is the VGA BIOS, empty for none.
    [[nodiscard]] static Result<std::unique_ptr<VgaDevice>>
    create(DeviceClock& clock, std::span<const std::byte> rom,
           std::uint64_t memoryBytes = DefaultMemoryBytes);
    /// Machine setup, once: puts the legacy ports on `ports` and the window on `memory`, over whatever
    /// RAM lies there. Both outlive this object.
    [[nodiscard]] Result<> attachLegacy(Bus& ports, AddressSpace& memory)
    {
        return m_wiring.attachLegacy(ports, memory);
    }

    [[nodiscard]] VgaAdapter& adapter() { return m_wiring.adapter(); }
    [[nodiscard]] const VgaAdapter& adapter() const { return m_wiring.adapter(); }

    void reset() override;
    void saveState(StateWriter& out) const override;
    [[nodiscard]] Result<> restoreState(StateReader& in) override;

private:
    VgaDevice(std::shared_ptr<HostBlock> videoMemory, DeviceClock& clock);

    VgaWiring m_wiring;
};

} // namespace engine::display
