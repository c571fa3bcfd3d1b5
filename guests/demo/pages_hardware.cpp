// SPDX-License-Identifier: GPL-3.0-or-later
// The pages about devices, processors and memory.
#include "acpi.h"
#include "boot_facts.h"
#include "pages.h"
#include "pci.h"
#include "screen.h"
#include "summary.h"

namespace demo {

namespace {

struct Feature {
    std::uint8_t word; ///< 0: ECX, 1: EDX of CPUID leaf 1
    std::uint8_t bit;
    const char* name;
};
constexpr Feature Features[] = {{1, 0, "x87"},    {1, 23, "MMX"},  {1, 25, "SSE"},    {1, 26, "SSE2"},
                                {0, 0, "SSE3"},   {0, 9, "SSSE3"}, {0, 19, "SSE4.1"}, {0, 20, "SSE4.2"},
                                {0, 28, "AVX"},   {0, 25, "AES"},  {0, 13, "CX16"},   {0, 21, "x2APIC"},
                                {0, 30, "RDRAND"}};

const char* memoryKind(std::uint32_t type)
{
    static constexpr const char* Kinds[] = {"?",           "usable",        "reserved",
                                            "ACPI tables", "ACPI firmware", "broken"};
    return Kinds[type < sizeof Kinds / sizeof *Kinds ? type : 0];
}

} // namespace

void drawDevices()
{
    Screen::write(PageLeft, PageTop, "What answers on the PCI bus:", on(Night, Silver));
    constexpr unsigned MostRows = PageRows - 3;
    for (unsigned i = 0; i < pciCount() && i < MostRows; ++i) {
        const PciFunction& function = pciFunction(i);
        Text place;
        place.hex(function.bus, 2).add(':').hex(function.device, 2).add('.').number(function.function);
        Text identity;
        identity.hex(function.vendor, 4).add(':').hex(function.id, 4);
        Screen::write(PageLeft, PageTop + 2 + i, place, on(Night, Cyan));
        Screen::write(PageLeft + 9, PageTop + 2 + i, identity, on(Night, Grey));
        Screen::write(PageLeft + 20, PageTop + 2 + i, pciName(function), on(Night, White));
    }
    if (pciCount() > MostRows)
        Screen::write(PageLeft, PageTop + PageRows - 1,
                      Text("and ").number(pciCount() - MostRows).add(" more"), on(Night, Silver));
}

void drawProcessors()
{
    const BootFacts& boot = facts();
    Text name;
    name.add(boot.cpuName, sizeof boot.cpuName);
    Screen::write(PageLeft, PageTop,
                  name.length() == 0 ? "This processor does not tell its name." : name.get(),
                  on(Night, White));
    Text makers("Made by ");
    makers.add(boot.cpuVendor, sizeof boot.cpuVendor);
    if (boot.hypervisor[0])
        makers.add(", run by ").add(boot.hypervisor, sizeof boot.hypervisor);
    Screen::write(PageLeft, PageTop + 1, makers, on(Night, Silver));
    unsigned column = PageLeft;
    unsigned row = PageTop + 3;
    for (const Feature& feature : Features) {
        const bool isThere = (boot.features[feature.word] >> feature.bit) & 1;
        const unsigned width = lengthOf(feature.name) + 2;
        if (column + width > PageLeft + PageWidth) {
            column = PageLeft;
            ++row;
        }
        Screen::write(column, row, feature.name, on(Night, isThere ? Lime : Grey));
        column += width;
    }
    Screen::write(PageLeft, row + 2,
                  Text("The firmware's tables list ")
                      .number(processorCount())
                      .add(processorCount() == 1 ? " processor:" : " processors:"),
                  on(Night, Silver));
    constexpr unsigned PerRow = 3;
    for (unsigned i = 0; i < processorEntries() && i < 3 * (PageRows - 9); ++i) {
        Text line("CPU ");
        line.number(i).add("  APIC ").number(processor(i).apicId);
        Screen::write(PageLeft + (i % PerRow) * 18, row + 4 + i / PerRow, line,
                      on(Night, processor(i).isEnabled ? Lime : Grey));
    }
}

void drawMemory()
{
    Screen::write(PageLeft, PageTop, Text("The BIOS lists ").size(summary().memoryBytes).add(" of memory:"),
                  on(Night, Silver));
    Screen::write(PageLeft, PageTop + 2, "from              to                size", on(Night, Grey));
    constexpr unsigned MostRows = PageRows - 4;
    for (unsigned i = 0; i < facts().memoryRangeCount && i < MostRows; ++i) {
        const MemoryRange& range = memoryRanges()[i];
        Text line;
        line.hex(range.base, 12)
            .padTo(18)
            .hex(range.base + range.length - 1, 12)
            .padTo(34)
            .size(range.length);
        const bool isUsable = range.type == 1;
        Screen::write(PageLeft, PageTop + 3 + i, line, on(Night, isUsable ? White : Silver));
        Screen::write(PageLeft + 44, PageTop + 3 + i, Text(memoryKind(range.type)),
                      on(Night, isUsable ? Lime : Amber));
    }
}

} // namespace demo
