// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/display/vga_device.h"

namespace engine::display {

namespace {

pci::PciIdentity identity()
{
    return {.vendorId = 0x1234, .deviceId = 0x1111, .classCode = 0x030000, .revision = 2};
}

} // namespace

Result<std::unique_ptr<VgaDevice>> VgaDevice::create(DeviceClock& clock, std::span<const std::byte> rom,
                                                     std::uint64_t memoryBytes)
{
    auto block = VM_TRY(VgaWiring::createMemory(memoryBytes));
    std::unique_ptr<VgaDevice> device(new VgaDevice(std::move(block), clock));
    if (!rom.empty())
        VM_TRY(device->addRom(rom));
    return device;
}

VgaDevice::VgaDevice(std::shared_ptr<HostBlock> videoMemory, DeviceClock& clock)
    : PciFunction("vga", identity()), m_wiring(*this, MemoryBar, videoMemory, clock)
{
    addMemoryBar(MemoryBar, pci::BarKind::Memory32Prefetchable, std::move(videoMemory), true);
    addBar(RegisterBar, pci::BarKind::Memory32, VgaAdapter::MmioBytes, adapter().mmio());
}

void VgaDevice::reset()
{
    PciFunction::reset();
    adapter().reset();
}

void VgaDevice::saveState(StateWriter& out) const
{
    StateWriter base;
    PciFunction::saveState(base);
    StateWriter vga;
    adapter().save(vga);
    out.version(1);
    out.bytes(base.data());
    out.bytes(vga.data());
}

Result<> VgaDevice::restoreState(StateReader& in)
{
    constexpr std::size_t BlobLimit = 1 << 18;
    (void)in.version(1);
    const auto base = in.bytes(BlobLimit);
    const auto vga = in.bytes(BlobLimit);
    VM_TRY(in.finish());
    StateReader vgaCheck(vga);
    VM_TRY(adapter().check(vgaCheck));
    StateReader baseIn(base);
    VM_TRY(PciFunction::restoreState(baseIn));
    StateReader vgaIn(vga);
    return adapter().restore(vgaIn);
}

} // namespace engine::display
