// SPDX-License-Identifier: GPL-3.0-or-later
#include "summary.h"

#include "acpi.h"
#include "boot_facts.h"

namespace demo {

Summary summary()
{
    constexpr std::uint64_t MiB = 1 << 20;
    constexpr std::uint32_t Usable = 1;
    Summary result{
        .memoryBytes = 0, .cpuCount = processorCount(), .diskCount = facts().diskCount, .diskBytes = 0};
    for (unsigned i = 0; i < facts().memoryRangeCount; ++i) {
        if (memoryRanges()[i].type == Usable)
            result.memoryBytes += memoryRanges()[i].length;
    }
    // The firmware keeps some hundred KiB for itself, so the list never adds up to the whole.
    result.memoryBytes = (result.memoryBytes + MiB - 1) / MiB * MiB;
    for (unsigned i = 0; i < result.diskCount; ++i)
        result.diskBytes += disks()[i].sectorCount * disks()[i].sectorBytes;
    return result;
}

Text summaryText()
{
    const Summary now = summary();
    Text text;
    text.size(now.memoryBytes).add(", ").number(now.cpuCount).add(now.cpuCount == 1 ? " CPU, " : " CPUs, ");
    if (now.diskCount == 0)
        return text.add("no disk");
    return text.add(now.diskCount == 1 ? "disk " : "disks ").size(now.diskBytes);
}

} // namespace demo
