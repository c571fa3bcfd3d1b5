// SPDX-License-Identifier: GPL-3.0-or-later
#include "firmware/multiboot_bios.h"

#include "bus/bus_device.h"
#include "firmware/elf_image.h"
#include "firmware/multiboot.h"
#include "firmware/text.h"

#include <numeric>
#include <optional>

// The assembled rom/multiboot.asm.
asm(R"(
    .section .rodata
    .globl guesthouseMultibootRom
    .globl guesthouseMultibootRomEnd
guesthouseMultibootRom:
    .incbin ")" MULTIBOOT_ROM R"("
guesthouseMultibootRomEnd:
    .text
)");
extern "C" {
extern const std::byte guesthouseMultibootRom[];
extern const std::byte guesthouseMultibootRomEnd[];
}

namespace engine::firmware {

namespace {

// As in rom/multiboot.asm.
constexpr std::uint32_t InfoAddress = 0x9000;
constexpr std::size_t ModuleListOffset = 0x80;
constexpr std::size_t LoaderNameOffset = 0xa0;
constexpr std::size_t DescriptorsOffset = 0xc0;
constexpr std::size_t DescriptorPointerOffset = 0xe0;
constexpr std::size_t CommandLineOffset = 0x100;
constexpr std::size_t LongestCommandLine = 0x4000;

constexpr std::uint64_t LowestKernelByte = 0x10'0000;
constexpr std::uint64_t FirmwareRoom = 2 << 20; ///< of RAM's end, which the BIOS keeps for itself
constexpr std::uint64_t PageBytes = 4096;

std::uint8_t negatedSum(std::span<const std::byte> bytes)
{
    const auto sum = std::accumulate(bytes.begin(), bytes.end(), 0U, [](unsigned total, std::byte byte) {
        return total + std::to_integer<unsigned>(byte);
    });
    return static_cast<std::uint8_t>(0x100U - (sum & 0xffU));
}

Bytes romWithChecksums()
{
    constexpr std::size_t PlugAndPlayOffset = 0x1a; // of the pointer to the expansion header
    constexpr std::size_t HeaderBytes = 32;
    constexpr std::size_t HeaderChecksum = 9;
    Bytes rom(guesthouseMultibootRom, guesthouseMultibootRomEnd);
    const auto header = loadLittleEndian(std::span(rom).subspan(PlugAndPlayOffset, 2));
    rom.at(header + HeaderChecksum) =
        std::byte{negatedSum(std::span(rom).subspan(static_cast<std::size_t>(header), HeaderBytes))};
    rom.back() = std::byte{negatedSum(rom)};
    return rom;
}

struct Module {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    std::string text;
};

Bytes informationFor(const std::string& commandLine, const std::optional<Module>& module)
{
    constexpr std::uint32_t HasMemory = 1U << 0, HasCommandLine = 1U << 2, HasModules = 1U << 3;
    constexpr std::uint32_t HasMap = 1U << 6, HasLoaderName = 1U << 9;
    constexpr std::uint64_t Code = 0x00cf'9b00'0000'ffff;
    constexpr std::uint64_t Data = 0x00cf'9300'0000'ffff;
    const auto moduleText =
        static_cast<std::uint32_t>(InfoAddress + CommandLineOffset + commandLine.size() + 1);
    ByteWriter info;
    info.zeros(CommandLineOffset);
    info.patch(0, HasMemory | HasCommandLine | (module ? HasModules : 0) | HasMap | HasLoaderName, 4)
        .patch(16, InfoAddress + CommandLineOffset, 4) // cmdline
        .patch(20, module ? 1 : 0, 4)                  // mods_count
        .patch(24, InfoAddress + ModuleListOffset, 4)  // mods_addr
        .patch(64, InfoAddress + LoaderNameOffset, 4)  // boot_loader_name
        .patch(DescriptorsOffset + 16, Code, 8)
        .patch(DescriptorsOffset + 24, Data, 8)
        .patch(DescriptorPointerOffset, 4 * 8 - 1, 2)
        .patch(DescriptorPointerOffset + 2, InfoAddress + DescriptorsOffset, 4);
    if (module)
        info.patch(ModuleListOffset, module->begin, 4)
            .patch(ModuleListOffset + 4, module->end, 4)
            .patch(ModuleListOffset + 8, moduleText, 4);
    constexpr std::string_view LoaderName = "Guesthouse";
    for (std::size_t i = 0; i < LoaderName.size(); ++i)
        info.patch(LoaderNameOffset + i, static_cast<unsigned char>(LoaderName[i]), 1);
    info.bytes(std::as_bytes(std::span(commandLine.c_str(), commandLine.size() + 1)));
    if (module)
        info.bytes(std::as_bytes(std::span(module->text.c_str(), module->text.size() + 1)));
    return info.take();
}

Result<> checkPlace(const KernelFile& file, std::uint64_t begin, std::uint64_t end, std::uint64_t limit)
{
    if (begin >= LowestKernelByte && end <= limit && begin < end)
        return {};
    return fail(ErrorCode::OutOfBounds, file.subject() + " wants to lie from " + hexText(begin) + " to "
                                            + hexText(end) + " in memory, where this guest has room from "
                                            + hexText(LowestKernelByte) + " to " + hexText(limit)
                                            + " only. Give the guest more memory.");
}

} // namespace

Result<bool> wantsMultibootBios(const KernelFile& kernel)
{
    if (!looksLikeElf(kernel))
        return false;
    const ElfImage image = VM_TRY(parseElf(kernel));
    if (image.is64Bit || image.pvhEntry)
        return false;
    return hasMultibootHeader(kernel);
}

Result<MultibootStart> prepareMultiboot(const KernelFile& kernel, const KernelFile* initrd,
                                        const std::string& commandLine, const MemoryLayout& layout)
{
    if (commandLine.size() > LongestCommandLine || commandLine.contains('\0'))
        return fail(ErrorCode::InvalidArgument, "The kernel command line is longer than "
                                                    + std::to_string(LongestCommandLine)
                                                    + " characters or contains a zero character");
    const ElfImage image = VM_TRY(parseElf(kernel));
    const std::uint64_t limit = layout.lowRamBytes < FirmwareRoom ? 0 : layout.lowRamBytes - FirmwareRoom;
    VM_TRY(checkPlace(kernel, image.begin(), image.end(), limit));
    if (!image.contains(image.entry))
        return fail(ErrorCode::Corrupt, kernel.subject() + " is damaged: its entry point "
                                            + hexText(image.entry) + " lies outside of what it loads");
    MultibootStart start{.rom = romWithChecksums(),
                         .kernelAddress = static_cast<std::uint32_t>(image.begin()),
                         .entry = static_cast<std::uint32_t>(image.entry)};
    std::uint64_t end = image.end() - image.begin();
    std::uint64_t moduleBegin = 0;
    std::optional<Module> module;
    if (initrd) {
        moduleBegin = (end + PageBytes - 1) / PageBytes * PageBytes;
        VM_TRY(checkPlace(*initrd, image.begin() + moduleBegin,
                          image.begin() + moduleBegin + initrd->sizeBytes(), limit));
        end = moduleBegin + initrd->sizeBytes();
        module = {.begin = static_cast<std::uint32_t>(image.begin() + moduleBegin),
                  .end = static_cast<std::uint32_t>(image.begin() + end),
                  .text = multibootText(*initrd, {})};
    }
    start.kernel.resize(end);
    for (const ElfImage::Segment& segment : image.segments)
        VM_TRY(
            kernel.read(segment.fileOffset,
                        std::span(start.kernel).subspan(segment.address - image.begin(), segment.fileBytes)));
    if (initrd)
        VM_TRY(initrd->read(0, std::span(start.kernel).subspan(moduleBegin)));
    start.info = informationFor(multibootText(kernel, commandLine), module);
    return start;
}

} // namespace engine::firmware
