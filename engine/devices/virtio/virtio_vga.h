// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/display/vga_wiring.h"
#include "devices/virtio/gpu_device.h"
#include "devices/virtio/virtio_pci_transport.h"

namespace engine::virtio {

/// A virtio GPU that firmware and systems without its driver take for a standard VGA: the VGA's video
/// memory in BAR 0 and its registers in BAR 2, as the standard VGA has them, beside the transport's own
/// BARs 1 and 4, its legacy ports and window, and a VGA BIOS. The VGA shows until the driver sets its
/// first picture, and again after a reset (docs/adr/0009-gpu-with-vga.md).
class VirtioVga final : public VirtioPciTransport {
public:
    static constexpr unsigned MemoryBar = 0;
    static constexpr unsigned RegisterBar = 2;

    /// `memoryBytes` is a power of two from 256 KiB to 256 MiB; `rom` is the VGA BIOS, empty for none.
    /// `loop` (not the caller's), `memory`, `clock` and `log` outlive the device.
    [[nodiscard]] static Result<std::unique_ptr<VirtioVga>> create(EventLoop& loop, const GuestMemory& memory,
                                                                   DeviceClock& clock, Log& log,
                                                                   std::span<const std::byte> rom,
                                                                   std::uint64_t memoryBytes);

    /// See VgaWiring::attachLegacy().
    [[nodiscard]] Result<> attachLegacy(Bus& ports, AddressSpace& memory)
    {
        return m_wiring.attachLegacy(ports, memory);
    }
    [[nodiscard]] display::VgaAdapter& adapter() { return m_wiring.adapter(); }
    [[nodiscard]] display::DrawnScreen& screen() { return m_screen; }

    void reset() override;
    void saveState(StateWriter& out) const override;
    [[nodiscard]] Result<> restoreState(StateReader& in) override;

private:
    VirtioVga(std::unique_ptr<GpuDevice> gpu, std::shared_ptr<HostBlock> videoMemory,
              const GuestMemory& memory, DeviceClock& clock, Log& log, std::vector<EventFd> doorbells);

    display::DrawnScreen& m_screen; ///< the GpuDevice's, which the base class owns
    display::VgaWiring m_wiring;
};

} // namespace engine::virtio
