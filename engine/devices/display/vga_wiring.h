// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "devices/display/vga_adapter.h"
#include "devices/pci/pci_function.h"

#include <memory>
#include <mutex>
#include <optional>

namespace engine::display {

/// What ties a VgaAdapter to the board, whichever PCI function it is part of: the legacy ports and the
/// window, direct mappings of it, and the log of pages that the guest wrote.
class VgaWiring {
public:
    /// `function` has the video memory behind `memoryBar`; it owns this object. `memory` is a power of
    /// two from 256 KiB to 256 MiB, see createMemory().
    VgaWiring(const pci::PciFunction& function, unsigned memoryBar, std::shared_ptr<HostBlock> memory,
              DeviceClock& clock);
    ~VgaWiring();
    VgaWiring(const VgaWiring&) = delete;
    VgaWiring& operator=(const VgaWiring&) = delete;
    VgaWiring(VgaWiring&&) = delete;
    VgaWiring& operator=(VgaWiring&&) = delete;

    [[nodiscard]] static Result<std::shared_ptr<HostBlock>> createMemory(std::uint64_t bytes);

    /// Machine setup, once: puts the legacy ports on `ports` and the window on `memory`, over whatever
    /// RAM lies there. Both outlive this object.
    [[nodiscard]] Result<> attachLegacy(Bus& ports, AddressSpace& memory);

    [[nodiscard]] VgaAdapter& adapter() { return m_adapter; }
    [[nodiscard]] const VgaAdapter& adapter() const { return m_adapter; }

private:
    void collectDirty(DirtyPages& pages);
    void followWindow(std::optional<DirectWindow> window);

    const pci::PciFunction& m_function;
    const unsigned m_memoryBar;
    VgaAdapter m_adapter;
    Bus* m_ports = nullptr;
    AddressSpace* m_memory = nullptr;
    std::optional<MappingId> m_windowHole;

    std::mutex m_windowMutex;
    std::optional<MappingId> m_windowMapping;  // guarded by m_windowMutex
    DirectWindow m_mappedWindow;               // guarded by m_windowMutex
    std::optional<MappingId> m_lastBarMapping; // scan-out thread only
};

} // namespace engine::display
