// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/virtio/virtio_vga.h"

namespace engine::virtio {

Result<std::unique_ptr<VirtioVga>> VirtioVga::create(EventLoop& loop, const GuestMemory& memory,
                                                     DeviceClock& clock, Log& log,
                                                     std::span<const std::byte> rom,
                                                     std::uint64_t memoryBytes)
{
    auto block = VM_TRY(display::VgaWiring::createMemory(memoryBytes));
    auto gpu = std::make_unique<GpuDevice>(loop);
    auto doorbells = VM_TRY(createDoorbells(*gpu));
    std::unique_ptr<VirtioVga> device(
        new VirtioVga(std::move(gpu), std::move(block), memory, clock, log, std::move(doorbells)));
    if (!rom.empty())
        VM_TRY(device->addRom(rom));
    VM_TRY(device->watchDoorbells());
    return device;
}

VirtioVga::VirtioVga(std::unique_ptr<GpuDevice> gpu, std::shared_ptr<HostBlock> videoMemory,
                     const GuestMemory& memory, DeviceClock& clock, Log& log, std::vector<EventFd> doorbells)
    : VirtioPciTransport("virtio-vga", std::move(gpu), memory, log, std::move(doorbells)),
      m_screen(static_cast<GpuDevice&>(device()).screen()), m_wiring(*this, MemoryBar, videoMemory, clock)
{
    addMemoryBar(MemoryBar, pci::BarKind::Memory32Prefetchable, std::move(videoMemory), true);
    addBar(RegisterBar, pci::BarKind::Memory32, display::VgaAdapter::MmioBytes, adapter().mmio());
}

void VirtioVga::reset()
{
    VirtioPciTransport::reset();
    adapter().reset();
}

void VirtioVga::saveState(StateWriter& out) const
{
    StateWriter transport;
    VirtioPciTransport::saveState(transport);
    StateWriter vga;
    m_wiring.adapter().save(vga);
    out.version(1);
    out.bytes(transport.data());
    out.bytes(vga.data());
}

Result<> VirtioVga::restoreState(StateReader& in)
{
    constexpr std::size_t TransportLimit = std::size_t{512} << 20;
    constexpr std::size_t VgaLimit = 1 << 18;
    (void)in.version(1);
    const auto transport = in.bytes(TransportLimit);
    const auto vga = in.bytes(VgaLimit);
    VM_TRY(in.finish());
    StateReader vgaCheck(vga);
    VM_TRY(adapter().check(vgaCheck));
    StateReader transportIn(transport);
    VM_TRY(VirtioPciTransport::restoreState(transportIn));
    StateReader vgaIn(vga);
    return adapter().restore(vgaIn);
}

} // namespace engine::virtio
