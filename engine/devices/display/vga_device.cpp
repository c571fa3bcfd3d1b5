// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/display/vga_device.h"

#include <bit>

namespace engine::display {

namespace {

// Over RAM; a direct mapping of the window lies over the hole.
constexpr int HolePriority = 10;
constexpr int DirectPriority = 11;
constexpr std::uint64_t SmallestMemory = 256 << 10;
constexpr std::uint64_t LargestMemory = 256 << 20;

pci::PciIdentity identity()
{
    return {.vendorId = 0x1234, .deviceId = 0x1111, .classCode = 0x030000, .revision = 2};
}

} // namespace

Result<std::unique_ptr<VgaDevice>> VgaDevice::create(DeviceClock& clock, std::span<const std::byte> rom,
                                                     std::uint64_t memoryBytes)
{
    if (!std::has_single_bit(memoryBytes) || memoryBytes < SmallestMemory || memoryBytes > LargestMemory)
        return fail(ErrorCode::InvalidArgument,
                    "the size of video memory must be a power of two from 256 KiB to 256 MiB");
    auto block = VM_TRY(HostBlock::create("video-memory", memoryBytes));
    std::unique_ptr<VgaDevice> device(new VgaDevice(std::move(block), clock));
    if (!rom.empty())
        VM_TRY(device->addRom(rom));
    return device;
}

VgaDevice::VgaDevice(std::shared_ptr<HostBlock> videoMemory, DeviceClock& clock)
    : PciFunction("vga", identity()), m_adapter(videoMemory, clock)
{
    addMemoryBar(MemoryBar, pci::BarKind::Memory32Prefetchable, std::move(videoMemory), true);
    addBar(RegisterBar, pci::BarKind::Memory32, VgaAdapter::MmioBytes, m_adapter.mmio());
    m_adapter.setDirtyCollector([this](DirtyPages& pages) { collectDirty(pages); });
    m_adapter.setWindowFollower([this](std::optional<DirectWindow> window) { followWindow(window); });
}

VgaDevice::~VgaDevice()
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

Result<> VgaDevice::attachLegacy(Bus& ports, AddressSpace& memory)
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

void VgaDevice::followWindow(std::optional<DirectWindow> window)
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

void VgaDevice::collectDirty(DirtyPages& pages)
{
    if (!m_memory)
        return;
    const auto barMapping = mappingOf(MemoryBar);
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

void VgaDevice::reset()
{
    PciFunction::reset();
    m_adapter.reset();
}

void VgaDevice::saveState(StateWriter& out) const
{
    StateWriter base;
    PciFunction::saveState(base);
    StateWriter adapter;
    m_adapter.save(adapter);
    out.version(1);
    out.bytes(base.data());
    out.bytes(adapter.data());
}

Result<> VgaDevice::restoreState(StateReader& in)
{
    constexpr std::size_t BlobLimit = 1 << 18;
    (void)in.version(1);
    const auto base = in.bytes(BlobLimit);
    const auto adapter = in.bytes(BlobLimit);
    VM_TRY(in.finish());
    StateReader adapterCheck(adapter);
    VM_TRY(m_adapter.check(adapterCheck));
    StateReader baseIn(base);
    VM_TRY(PciFunction::restoreState(baseIn));
    StateReader adapterIn(adapter);
    return m_adapter.restore(adapterIn);
}

} // namespace engine::display
