// SPDX-License-Identifier: GPL-3.0-or-later
#include "firmware/boot_info.h"

#include <array>
#include <cassert>

namespace engine::firmware {

namespace {

// Conventional memory as we use it; all of it is RAM in the map, and free again for a kernel that
// has read it.
constexpr std::uint64_t DescriptorTable = 0x1000;
constexpr std::uint64_t StartInfo = 0x6000;  // hvm_start_info or multiboot information, with its lists
constexpr std::uint64_t ZeroPage = 0x8000;   // boot_params
constexpr std::uint64_t PageTables = 0x9000; // one PML4, one PDPT, four page directories
constexpr std::uint64_t CommandLine = 0x2'0000;
constexpr std::uint64_t PageBytes = 0x1000;

constexpr std::uint16_t CodeSelector = 0x10; // as __BOOT_CS of Linux
constexpr std::uint16_t DataSelector = 0x18; // as __BOOT_DS of Linux
constexpr std::uint16_t TaskSelector = 0x20;

Result<> writeText(const GuestMemory& memory, std::uint64_t address, const std::string& text)
{
    assert(text.size() <= CommandLineRoomBytes);
    return memory.write(GuestAddress(address), std::as_bytes(std::span(text.c_str(), text.size() + 1)));
}

/// Flat segments (SDM volume 3, 3.4.5), written where kernels may find them again through GDTR.
Result<BootEntry> writeDescriptors(const GuestMemory& memory, BootProtocol protocol, CpuMode mode,
                                   std::uint64_t entry)
{
    constexpr std::uint64_t Code32 = 0x00cf'9b00'0000'ffff;
    constexpr std::uint64_t Code64 = 0x00af'9b00'0000'ffff;
    constexpr std::uint64_t Data = 0x00cf'9300'0000'ffff;
    constexpr std::uint64_t BusyTask = 0x0000'8b00'0000'0067;
    ByteWriter table;
    table.u64(0).u64(0).u64(mode == CpuMode::Long64 ? Code64 : Code32).u64(Data).u64(BusyTask).u64(0);
    VM_TRY(memory.write(GuestAddress(DescriptorTable), table.data()));
    BootEntry result;
    result.protocol = protocol;
    result.mode = mode;
    result.rip = entry;
    result.gdtBase = DescriptorTable;
    result.gdtLimit = static_cast<std::uint16_t>(table.size() - 1);
    result.codeSelector = CodeSelector;
    result.dataSelector = DataSelector;
    result.taskSelector = TaskSelector;
    return result;
}

/// Maps the low 4 GiB one to one with pages of 2 MiB (SDM volume 3, 4.5).
Result<> writePageTables(const GuestMemory& memory)
{
    constexpr std::uint64_t PresentWritable = 0x3;
    constexpr std::uint64_t LargePage = 0x80;
    constexpr std::uint64_t Directories = 4;
    constexpr std::uint64_t EntriesPerTable = 512;
    ByteWriter tables;
    tables.u64((PageTables + PageBytes) | PresentWritable).align(PageBytes);
    for (std::uint64_t i = 0; i < Directories; ++i)
        tables.u64((PageTables + (2 + i) * PageBytes) | PresentWritable);
    tables.align(PageBytes);
    for (std::uint64_t i = 0; i < Directories * EntriesPerTable; ++i)
        tables.u64((i << 21) | LargePage | PresentWritable);
    return memory.write(GuestAddress(PageTables), tables.data());
}

/// The part of boot_params that a bzImage brings along and an ELF kernel does not.
void patchSyntheticHeader(ByteWriter& page)
{
    page.patch(0x1fe, 0xaa55, 2)      // boot_flag
        .patch(0x202, 0x5372'6448, 4) // header: "HdrS"
        .patch(0x206, 0x020c, 2)      // version
        .patch(0x211, 1, 1)           // loadflags: LOADED_HIGH
        .patch(0x22c, 0x7fff'ffff, 4) // initrd_addr_max
        .patch(0x230, 0x0100'0000, 4) // kernel_alignment
        .patch(0x236, 1, 2)           // xloadflags: XLF_KERNEL_64
        .patch(0x238, 2047, 4);       // cmdline_size
}

void patchMemoryMap(ByteWriter& page, std::span<const MemoryRange> map)
{
    constexpr std::size_t Table = 0x2d0; // e820_table
    constexpr std::size_t EntryBytes = 20;
    assert(map.size() <= 128);        // E820_MAX_ENTRIES_ZEROPAGE
    page.patch(0x1e8, map.size(), 1); // e820_entries
    for (std::size_t i = 0; i < map.size(); ++i) {
        const std::size_t at = Table + i * EntryBytes;
        page.patch(at, map[i].base, 8).patch(at + 8, map[i].length, 8);
        page.patch(at + 16, static_cast<std::uint32_t>(map[i].type), 4);
    }
}

/// struct screen_info (Linux include/uapi/linux/screen_info.h): a VGA in mode 3.
void patchScreen(ByteWriter& page)
{
    page.patch(0x06, 3, 1)   // orig_video_mode
        .patch(0x07, 80, 1)  // orig_video_cols
        .patch(0x0a, 3, 2)   // orig_video_ega_bx: 256 KiB
        .patch(0x0e, 25, 1)  // orig_video_lines
        .patch(0x0f, 1, 1)   // orig_video_isVGA
        .patch(0x10, 16, 2); // orig_video_points
}

} // namespace

Result<> writeBiosData(const GuestMemory& memory, bool hasTextScreen)
{
    constexpr std::uint64_t BiosData = 0x400;
    constexpr std::size_t BiosDataBytes = 0x100;
    ByteWriter area;
    area.zeros(BiosDataBytes);
    area.patch(0x00, 0x3f8, 2)  // COM1
        .patch(0x02, 0x2f8, 2)  // COM2
        .patch(0x0e, 0x9fc0, 2) // segment of the extended data area
        .patch(0x10, 0x0426, 2) // equipment: mathematics unit, mouse, 80 columns, two serial ports
        .patch(0x13, 639, 2)    // KiB of conventional memory
        .patch(0x1a, 0x001e, 2) // keyboard buffer: head, tail, start, end
        .patch(0x1c, 0x001e, 2)
        .patch(0x80, 0x001e, 2)
        .patch(0x82, 0x003e, 2);
    if (hasTextScreen)
        area.patch(0x49, 3, 1)      // video mode
            .patch(0x4a, 80, 2)     // columns
            .patch(0x4c, 0x1000, 2) // bytes of a page
            .patch(0x60, 0x0d0e, 2) // cursor shape
            .patch(0x63, 0x3d4, 2)  // CRTC
            .patch(0x84, 24, 1)     // last row
            .patch(0x85, 16, 2)     // rows of a character
            .patch(0x87, 0x60, 1)   // EGA: 256 KiB
            .patch(0x88, 0xf9, 1)
            .patch(0x89, 0x51, 1);
    return memory.write(GuestAddress(BiosData), area.data());
}

Result<BootEntry> writePvhInfo(const GuestMemory& memory, std::uint64_t entry, const BootInfo& info)
{
    constexpr std::uint64_t InfoBytes = 56;
    constexpr std::uint64_t ModuleBytes = 32;
    constexpr std::uint64_t ModuleList = StartInfo + InfoBytes;
    constexpr std::uint64_t MapList = ModuleList + ModuleBytes;
    const MemoryRange initrd = info.initrd.value_or(MemoryRange{});
    ByteWriter start;
    start
        .u32(0x336e'c578)                                       // magic: "xEn3" with the top bit of E set
        .u32(1)                                                 // version
        .u32(0)                                                 // flags
        .u32(info.initrd ? 1 : 0)                               // nr_modules
        .u64(info.initrd ? ModuleList : 0)                      // modlist_paddr
        .u64(CommandLine)                                       // cmdline_paddr
        .u64(info.rsdpAddress)                                  // rsdp_paddr
        .u64(MapList)                                           // memmap_paddr
        .u32(static_cast<std::uint32_t>(info.memoryMap.size())) // memmap_entries
        .u32(0);                                                // reserved
    start.u64(initrd.base).u64(initrd.length).u64(0).u64(0);
    for (const MemoryRange& range : info.memoryMap)
        start.u64(range.base).u64(range.length).u32(static_cast<std::uint32_t>(range.type)).u32(0);
    assert(start.size() <= ZeroPage - StartInfo);
    VM_TRY(memory.write(GuestAddress(StartInfo), start.data()));
    VM_TRY(writeText(memory, CommandLine, info.commandLine));
    auto result = VM_TRY(writeDescriptors(memory, BootProtocol::Pvh, CpuMode::Protected32, entry));
    result.rbx = StartInfo;
    return result;
}

Result<BootEntry> writeLinuxInfo(const GuestMemory& memory, std::uint64_t entry, CpuMode mode,
                                 const BootInfo& info, std::span<const std::byte> setupHeader)
{
    constexpr std::size_t SetupHeader = 0x1f1;
    ByteWriter page;
    page.zeros(SetupHeader).bytes(setupHeader).zeros(PageBytes - page.size());
    if (setupHeader.empty())
        patchSyntheticHeader(page);
    const MemoryRange initrd = info.initrd.value_or(MemoryRange{});
    page.patch(0x070, info.rsdpAddress, 8) // acpi_rsdp_addr
        .patch(0x210, 0xff, 1)             // type_of_loader: one without a number
        .patch(0x218, initrd.base, 4)      // ramdisk_image
        .patch(0x21c, initrd.length, 4)    // ramdisk_size
        .patch(0x228, CommandLine, 4)      // cmd_line_ptr
        .patch(0x250, 0, 8);               // setup_data: the loader's, not the file's
    if (info.hasTextScreen)
        patchScreen(page);
    patchMemoryMap(page, info.memoryMap);
    VM_TRY(memory.write(GuestAddress(ZeroPage), page.data()));
    VM_TRY(writeText(memory, CommandLine, info.commandLine));
    const bool isLong = mode == CpuMode::Long64;
    auto result =
        VM_TRY(writeDescriptors(memory, isLong ? BootProtocol::Linux64 : BootProtocol::Linux32, mode, entry));
    if (isLong) {
        VM_TRY(writePageTables(memory));
        result.cr3 = PageTables;
    }
    result.rsi = ZeroPage;
    return result;
}

Result<BootEntry> writeMultibootInfo(const GuestMemory& memory, std::uint64_t entry, const BootInfo& info)
{
    constexpr std::uint64_t InfoBytes = 116;
    constexpr std::uint64_t ModuleList = StartInfo + 128;
    constexpr std::uint64_t MapList = ModuleList + 16;
    constexpr std::uint64_t LoaderName = StartInfo + InfoBytes;
    constexpr std::uint32_t HasMemory = 1U << 0, HasCommandLine = 1U << 2, HasModules = 1U << 3;
    constexpr std::uint32_t HasMap = 1U << 6, HasLoaderName = 1U << 9;
    constexpr std::uint32_t MapEntryBytes = 24;
    constexpr std::uint64_t ModuleText = CommandLine + CommandLineRoomBytes + 1;
    const MemoryRange initrd = info.initrd.value_or(MemoryRange{});
    std::uint64_t upperBytes = 0;
    for (const MemoryRange& range : info.memoryMap) {
        if (range.type == MemoryType::Ram && range.base == LowestKernelAddress)
            upperBytes = range.length;
    }
    ByteWriter start;
    start.u32(HasMemory | HasCommandLine | HasModules | HasMap | HasLoaderName)
        .u32(639)
        .u32(static_cast<std::uint32_t>(upperBytes / 1024)) // mem_lower, mem_upper in KiB
        .u32(0)
        .u32(CommandLine) // boot_device, cmdline
        .u32(info.initrd ? 1 : 0)
        .u32(ModuleList) // mods_count, mods_addr
        .zeros(16)       // syms
        .u32(static_cast<std::uint32_t>(info.memoryMap.size()) * MapEntryBytes)
        .u32(MapList)
        .zeros(12)
        .u32(LoaderName); // drives, config_table; loader name
    start.zeros(InfoBytes - start.size()).text("Guesthouse", 12);
    start.u32(static_cast<std::uint32_t>(initrd.base)).u32(static_cast<std::uint32_t>(initrd.end()));
    start.u32(ModuleText).u32(0);
    for (const MemoryRange& range : info.memoryMap) {
        start.u32(MapEntryBytes - 4).u64(range.base).u64(range.length);
        start.u32(static_cast<std::uint32_t>(range.type));
    }
    assert(start.size() <= ZeroPage - StartInfo);
    VM_TRY(memory.write(GuestAddress(StartInfo), start.data()));
    VM_TRY(writeText(memory, CommandLine, info.commandLine));
    VM_TRY(writeText(memory, ModuleText, info.initrdText));
    auto result = VM_TRY(writeDescriptors(memory, BootProtocol::Multiboot1, CpuMode::Protected32, entry));
    result.rax = 0x2bad'b002;
    result.rbx = StartInfo;
    return result;
}

} // namespace engine::firmware
