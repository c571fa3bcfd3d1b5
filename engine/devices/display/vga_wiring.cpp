// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/display/vga_wiring.h"

#include <bit>

namespace engine::display {

namespace {

// Over RAM; a direct mapping of the window lies over the hole.
constexpr int HolePriority = 10;
constexpr int DirectPriority = 11;
constexpr std::uint64_t SmallestMemory = 256 << 10;
constexpr std::uint64_t LargestMemory = 256 << 20;

} // namespace

Result<std::shared_ptr<HostBlock>> VgaWiring::createMemory(std::uint64_t bytes)
{
    if (!std::has_single_bit(bytes) || bytes < SmallestMemory || bytes > LargestMemory)
        return fail(ErrorCode::InvalidArgument,
                    "the size of video memory must be a power of two from 256 KiB to 256 MiB");
    return HostBlock::create("video-memory", bytes);
}

VgaWiring::VgaWiring(const pci::PciFunction& function, unsigned memoryBar, std::shared_ptr<HostBlock> memory,
                     DeviceClock& clock)
    : m_function(function), m_memoryBar(memoryBar), m_adapter(std::move(memory), clock)
{
    m_adapter.setDirtyCollector([this](DirtyPages& pages) { collectDirty(pages); });
    m_adapter.setWindowFollower([this](std::optional<DirectWindow> window) { followWindow(window); });
}

VgaWiring::~VgaWiring()
{
    if (m_ports) {
        m_ports->remove({.base = VgaAdapter::LegacyPortsBase, .length = VgaAdapter::LegacyPortsLength});
        m_ports->remove({.base = VgaAdapter::DispiPortsBase, .length = VgaAdapter::DispiPortsLength});
    }
    if (!m_memory)
        return;
    followWindow(std::nullopt);
    m_memory->mmio().remove({.base = VgaAdapter::WindowBase, .length = WindowBytes});
    if (m_windowHole)
        m_memory->unmap(*m_windowHole);
}

Result<> VgaWiring::attachLegacy(Bus& ports, AddressSpace& memory)
{
    VM_TRY(ports.insert({.base = VgaAdapter::LegacyPortsBase, .length = VgaAdapter::LegacyPortsLength},
                        m_adapter.legacyPorts()));
    VM_TRY(ports.insert({.base = VgaAdapter::DispiPortsBase, .length = VgaAdapter::DispiPortsLength},
                        m_adapter.dispiPorts()));
    VM_TRY(memory.mmio().insert({.base = VgaAdapter::WindowBase, .length = WindowBytes}, m_adapter.window()));
    m_windowHole = VM_TRY(memory.map({.base = GuestAddress(VgaAdapter::WindowBase),
                                      .length = WindowBytes,
                                      .block = nullptr,
                                      .priority = HolePriority}));
    m_ports = &ports;
    m_memory = &memory;
    return {};
}

void VgaWiring::followWindow(std::optional<DirectWindow> window)
{
    if (!m_memory)
        return;
    std::scoped_lock lock(m_windowMutex);
    if (m_windowMapping) {
        m_memory->unmap(*m_windowMapping);
        m_windowMapping.reset();
        // Writes between the last look and now went unseen.
        m_adapter.markDirtyLocked(m_mappedWindow.memoryOffset, m_mappedWindow.length);
    }
    if (!window)
        return;
    auto mapped = m_memory->map({.base = GuestAddress(VgaAdapter::WindowBase + window->windowOffset),
                                 .length = window->length,
                                 .block = m_adapter.videoMemory(),
                                 .blockOffset = window->memoryOffset,
                                 .priority = DirectPriority,
                                 .logDirty = true});
    if (!mapped)
        return; // the window goes on working through the adapter
    m_windowMapping = *mapped;
    m_mappedWindow = *window;
}

void VgaWiring::collectDirty(DirtyPages& pages)
{
    if (!m_memory)
        return;
    const auto barMapping = m_function.mappingOf(m_memoryBar);
    if (barMapping != m_lastBarMapping) {
        // The log of the old place is gone; look at everything once.
        pages.markAll();
        m_lastBarMapping = barMapping;
    }
    if (barMapping)
        pages.merge(m_memory->takeDirty(*barMapping));
    std::optional<MappingId> windowMapping;
    DirectWindow window;
    {
        std::scoped_lock lock(m_windowMutex);
        windowMapping = m_windowMapping;
        window = m_mappedWindow;
    }
    if (windowMapping)
        pages.merge(m_memory->takeDirty(*windowMapping), window.memoryOffset / DirtyPages::PageBytes);
}

} // namespace engine::display
