// SPDX-License-Identifier: GPL-3.0-or-later
#include "firmware/memory_map.h"

#include "firmware/text.h"

#include <algorithm>

namespace engine::firmware {

namespace {

constexpr std::uint64_t ExtendedBiosData = 0x9'fc00; // EBDA: the last KiB of conventional memory
constexpr std::uint64_t ConventionalEnd = 0xa'0000;
constexpr std::uint64_t BiosArea = 0xe'0000;
constexpr std::uint64_t OneMiB = 0x10'0000;
constexpr std::uint64_t PageBytes = 0x1000;
constexpr std::uint64_t IoApic = 0xfec0'0000;
constexpr std::uint64_t RootComplexRegisters = 0xfed1'c000; // RCBA
constexpr std::uint64_t RootComplexRegistersBytes = 0x4000;
constexpr std::uint64_t LocalApic = 0xfee0'0000;
constexpr std::uint64_t HypervisorPages = 0xfeff'c000; // KVM: identity map page and three TSS pages
constexpr std::uint64_t HypervisorPagesBytes = 0x4000;
constexpr std::uint64_t FourGiB = 1ULL << 32;

} // namespace

Result<> checkDirectBoot(const MemoryLayout& layout)
{
    if (layout.lowRamBytes < MemoryLayout::MinimumLowRam)
        return fail(ErrorCode::InvalidArgument, "A guest that starts a kernel directly needs at least "
                                                    + sizeText(MemoryLayout::MinimumLowRam) + " of memory");
    if (layout.lowRamBytes > layout.ecamBase)
        return fail(ErrorCode::InvalidArgument,
                    "Low memory reaches into the window of PCI configuration space");
    return {};
}

std::vector<MemoryRange> directBootMemoryMap(const MemoryLayout& layout)
{
    using enum MemoryType;
    const std::uint64_t tables = layout.tableAreaBase();
    std::vector<MemoryRange> map{
        {0, ExtendedBiosData, Ram},
        {ExtendedBiosData, ConventionalEnd - ExtendedBiosData, Reserved},
        {BiosArea, OneMiB - BiosArea, Reserved},
        {OneMiB, tables - OneMiB, Ram},
        {tables, MemoryLayout::TableAreaBytes, AcpiReclaimable},
        {layout.ecamBase, layout.ecamBytes, Reserved},
        {IoApic, PageBytes, Reserved},
        {RootComplexRegisters, RootComplexRegistersBytes, Reserved},
        {LocalApic, PageBytes, Reserved},
        {HypervisorPages, HypervisorPagesBytes, Reserved},
        {FourGiB - layout.flashBytes, layout.flashBytes, Reserved},
    };
    if (layout.highRamBytes != 0)
        map.push_back({MemoryLayout::HighRamBase, layout.highRamBytes, Ram});
    std::erase_if(map, [](const MemoryRange& range) { return range.length == 0; });
    return map;
}

Bytes firmwareMemoryMapFile(const MemoryLayout& layout)
{
    ByteWriter file;
    const auto entry = [&file](std::uint64_t base, std::uint64_t length, MemoryType type) {
        if (length != 0)
            file.u64(base).u64(length).u32(static_cast<std::uint32_t>(type));
    };
    entry(HypervisorPages, HypervisorPagesBytes, MemoryType::Reserved);
    entry(0, layout.lowRamBytes, MemoryType::Ram);
    entry(MemoryLayout::HighRamBase, layout.highRamBytes, MemoryType::Ram);
    return file.take();
}

} // namespace engine::firmware
