// SPDX-License-Identifier: GPL-3.0-or-later
// PCI Local Bus Specification 3.0: section 3.2.2.3.2 (configuration mechanism #1), 6.1 (header), appendix D
// (class codes).
#include "pci.h"

#include "ports.h"

namespace demo {

namespace {

constexpr std::uint16_t ConfigAddress = 0xCF8;
constexpr std::uint16_t ConfigData = 0xCFC;

PciFunction found[MostPciFunctions];
unsigned foundCount = 0;
std::uint32_t videoMemory = 0;

struct KnownDevice {
    std::uint16_t vendor, id;
    const char* name;
};
constexpr KnownDevice KnownDevices[] = {{0x8086, 0x29C0, "Host bridge (Intel Q35)"},
                                        {0x8086, 0x2918, "LPC bridge (Intel ICH9)"},
                                        {0x8086, 0x2922, "SATA controller (AHCI)"},
                                        {0x8086, 0x2930, "System management bus"},
                                        {0x8086, 0x10D3, "Network card (Intel 82574L)"},
                                        {0x1234, 0x1111, "Display (standard VGA)"},
                                        {0x1AF4, 0x1000, "Network card (virtio)"},
                                        {0x1AF4, 0x1041, "Network card (virtio)"},
                                        {0x1AF4, 0x1001, "Disk (virtio)"},
                                        {0x1AF4, 0x1042, "Disk (virtio)"},
                                        {0x1AF4, 0x1005, "Random numbers (virtio)"},
                                        {0x1AF4, 0x1044, "Random numbers (virtio)"}};

struct KnownClass {
    std::uint8_t baseClass, subClass;
    const char* name;
};
constexpr KnownClass KnownClasses[] = {
    {0x01, 0x06, "SATA controller"}, {0x01, 0x08, "NVMe disk"},      {0x01, 0xFF, "Storage controller"},
    {0x02, 0xFF, "Network card"},    {0x03, 0xFF, "Display"},        {0x04, 0xFF, "Sound"},
    {0x06, 0x00, "Host bridge"},     {0x06, 0x01, "ISA bridge"},     {0x06, 0x04, "PCI bridge"},
    {0x06, 0xFF, "Bridge"},          {0x0C, 0x03, "USB controller"}, {0x0C, 0x05, "System management bus"},
    {0x0C, 0xFF, "Serial bus"}};

std::uint32_t read(unsigned bus, unsigned device, unsigned function, unsigned offset)
{
    out32(ConfigAddress, 0x80000000U | bus << 16 | device << 11 | function << 8 | (offset & 0xFC));
    return in32(ConfigData);
}

void scanBus(unsigned bus);

void lookAt(unsigned bus, unsigned device, unsigned function, std::uint32_t identity)
{
    constexpr unsigned ClassOffset = 0x08;
    constexpr unsigned FirstBar = 0x10;
    constexpr unsigned BusNumbers = 0x18;
    if (foundCount == MostPciFunctions)
        return;
    const std::uint32_t classes = read(bus, device, function, ClassOffset);
    PciFunction& entry = found[foundCount++];
    entry = {.bus = static_cast<std::uint8_t>(bus),
             .device = static_cast<std::uint8_t>(device),
             .function = static_cast<std::uint8_t>(function),
             .vendor = static_cast<std::uint16_t>(identity),
             .id = static_cast<std::uint16_t>(identity >> 16),
             .baseClass = static_cast<std::uint8_t>(classes >> 24),
             .subClass = static_cast<std::uint8_t>(classes >> 16),
             .interface = static_cast<std::uint8_t>(classes >> 8)};
    if (entry.vendor == 0x1234 && entry.id == 0x1111)
        videoMemory = read(bus, device, function, FirstBar) & ~15U;
    if (entry.baseClass == 6 && entry.subClass == 4) {
        const unsigned behind = (read(bus, device, function, BusNumbers) >> 8) & 0xFF;
        if (behind > bus) // a number that leads back would lead in circles
            scanBus(behind);
    }
}

void scanBus(unsigned bus)
{
    constexpr std::uint32_t ManyFunctions = 0x00800000;
    for (unsigned device = 0; device < 32; ++device) {
        for (unsigned function = 0; function < 8; ++function) {
            const std::uint32_t identity = read(bus, device, function, 0);
            if ((identity & 0xFFFF) != 0xFFFF)
                lookAt(bus, device, function, identity);
            if (function == 0
                && ((identity & 0xFFFF) == 0xFFFF || !(read(bus, device, 0, 0x0C) & ManyFunctions)))
                break;
        }
    }
}

} // namespace

void scanPci()
{
    foundCount = 0;
    scanBus(0);
}

unsigned pciCount()
{
    return foundCount;
}

const PciFunction& pciFunction(unsigned index)
{
    return found[index];
}

const char* pciName(const PciFunction& function)
{
    for (const KnownDevice& known : KnownDevices) {
        if (known.vendor == function.vendor && known.id == function.id)
            return known.name;
    }
    for (const KnownClass& known : KnownClasses) {
        if (known.baseClass == function.baseClass
            && (known.subClass == function.subClass || known.subClass == 0xFF))
            return known.name;
    }
    return "Other device";
}

std::uint32_t videoMemoryAddress()
{
    return videoMemory;
}

} // namespace demo
