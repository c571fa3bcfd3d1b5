// SPDX-License-Identifier: GPL-3.0-or-later
#include "firmware/linux_boot.h"

#include "firmware/boot_info.h"
#include "firmware/bz_image.h"
#include "firmware/elf_image.h"
#include "firmware/multiboot.h"
#include "firmware/packed_kernel.h"
#include "firmware/text.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <vector>

namespace engine::firmware {

namespace {

constexpr std::uint64_t LinuxCommandLineBytes = 2047; // COMMAND_LINE_SIZE on x86, without its end mark
constexpr std::uint64_t PageBytes = 0x1000;

/// A kernel that lies in guest RAM and what it expects of us.
struct LoadedKernel {
    BootProtocol protocol{};
    std::uint64_t entry = 0;
    std::uint64_t begin = 0; ///< what it occupies, with the room that it unpacks into
    std::uint64_t end = 0;
    std::uint64_t initrdLimit = MemoryLayout::HighRamBase;
    std::uint64_t commandLineBytes = LinuxCommandLineBytes;
    Bytes setupHeader;
};

std::unexpected<Error> protocolMissing(const KernelFile& kernel, BootProtocol wanted)
{
    return fail(ErrorCode::Unsupported, kernel.subject() + " cannot be started with the "
                                            + std::string(toString(wanted)) + " protocol that was asked for");
}

Result<BootProtocol> chooseElfProtocol(const KernelFile& kernel, const ElfImage& image,
                                       std::optional<BootProtocol> wanted)
{
    std::vector<BootProtocol> offered;
    if (image.pvhEntry)
        offered.push_back(BootProtocol::Pvh);
    if (!image.is64Bit && VM_TRY(hasMultibootHeader(kernel)))
        offered.push_back(BootProtocol::Multiboot1);
    if (image.is64Bit)
        offered.push_back(BootProtocol::Linux64);
    if (wanted && std::ranges::find(offered, *wanted) == offered.end())
        return protocolMissing(kernel, *wanted);
    if (offered.empty())
        return fail(ErrorCode::Unsupported,
                    kernel.subject()
                        + " is a 32-bit program without a PVH note or a Multiboot header, "
                          "so there is no way to start it as a kernel");
    return wanted.value_or(offered.front());
}

Result<LoadedKernel> loadElf(const GuestMemory& memory, const KernelFile& kernel,
                             const LinuxBootConfig& config)
{
    const ElfImage image = VM_TRY(parseElf(kernel));
    LoadedKernel loaded;
    loaded.protocol = VM_TRY(chooseElfProtocol(kernel, image, config.protocol));
    loaded.entry = loaded.protocol == BootProtocol::Pvh ? image.pvhEntry.value_or(0) : image.entry;
    if (!image.contains(loaded.entry))
        return fail(ErrorCode::Corrupt, kernel.subject()
                                            + " is not a Linux kernel or is damaged: its entry point "
                                            + hexText(loaded.entry) + " lies outside of what it loads");
    VM_TRY(loadElfSegments(memory, kernel, image, LowestKernelAddress, config.memory.tableAreaBase()));
    loaded.begin = image.begin();
    loaded.end = image.end();
    return loaded;
}

Result<LoadedKernel> loadBzImage(const GuestMemory& memory, const KernelFile& kernel,
                                 const LinuxBootConfig& config)
{
    BzImage image = VM_TRY(parseBzImage(kernel));
    LoadedKernel loaded;
    loaded.protocol = image.has64BitEntry ? BootProtocol::Linux64 : BootProtocol::Linux32;
    if (config.protocol.value_or(loaded.protocol) != loaded.protocol)
        return protocolMissing(kernel, *config.protocol);
    loaded.begin = image.loadAddress;
    loaded.end = image.loadAddress + image.memoryBytes;
    if (loaded.begin < LowestKernelAddress || loaded.end > config.memory.tableAreaBase())
        return fail(ErrorCode::OutOfBounds, kernel.subject() + " needs " + sizeText(image.memoryBytes)
                                                + " of memory from " + hexText(image.loadAddress)
                                                + " on to unpack itself, but this guest's memory ends at "
                                                + hexText(config.memory.tableAreaBase())
                                                + ". Give the guest more memory.");
    VM_TRY(kernel.load(memory, GuestAddress(image.loadAddress), image.fileOffset, image.fileBytes));
    constexpr std::uint64_t Entry64Offset = 0x200;
    loaded.entry = image.loadAddress + (image.has64BitEntry ? Entry64Offset : 0);
    loaded.initrdLimit = image.initrdLimit;
    loaded.commandLineBytes = std::min(image.commandLineBytes, CommandLineRoomBytes);
    loaded.setupHeader = std::move(image.setupHeader);
    return loaded;
}

/// Says what the file is instead, where its first bytes tell.
std::string describeOther(const KernelFile& kernel)
{
    const auto magic = kernel.readObject<std::array<char, 6>>(0).value_or(std::array<char, 6>{});
    const auto startsWith = [&magic](std::string_view text) {
        return std::string_view(magic.data(), magic.size()).starts_with(text);
    };
    if (startsWith("\x1f\x8b")
        || startsWith("\xfd"
                      "7zXZ")
        || startsWith("\x28\xb5\x2f\xfd") || startsWith("BZh"))
        return "It is a compressed file: unpack it first.";
    if (startsWith("MZ"))
        return "It is an EFI program or a kernel for another processor.";
    return "Choose a vmlinux or vmlinuz file, or start the guest from a disk or CD image.";
}

Result<LoadedKernel> loadAny(const GuestMemory& memory, const KernelFile& kernel,
                             const LinuxBootConfig& config)
{
    if (looksLikeElf(kernel))
        return loadElf(memory, kernel, config);
    if (looksLikeBzImage(kernel))
        return loadBzImage(memory, kernel, config);
    return fail(ErrorCode::Unsupported,
                kernel.subject() + " is not a Linux kernel: neither an ELF executable nor a bzImage. "
                    + describeOther(kernel));
}

/// As high as the kernel allows, out of the way of everything that it allocates early.
Result<MemoryRange> placeInitrd(const KernelFile& initrd, const LoadedKernel& kernel,
                                const MemoryLayout& layout)
{
    const std::uint64_t size = initrd.sizeBytes();
    const std::uint64_t limit = std::min(layout.tableAreaBase(), kernel.initrdLimit);
    const auto highestBelow = [size](std::uint64_t end, std::uint64_t floor) -> std::optional<std::uint64_t> {
        if (end < floor || end - floor < size)
            return std::nullopt;
        const std::uint64_t base = (end - size) / PageBytes * PageBytes;
        return base >= floor ? std::optional(base) : std::nullopt;
    };
    auto base = highestBelow(limit, kernel.end);
    if (!base)
        base = highestBelow(std::min(limit, kernel.begin), LowestKernelAddress);
    if (!base)
        return fail(ErrorCode::OutOfBounds, initrd.subject() + " (" + sizeText(size)
                                                + ") does not fit beside the kernel into the memory below "
                                                + hexText(limit) + ". Give the guest more memory.");
    return MemoryRange{*base, size, MemoryType::Ram};
}

Result<> checkCommandLine(const std::string& text, std::uint64_t maxBytes)
{
    if (text.size() > maxBytes)
        return fail(ErrorCode::InvalidArgument,
                    "The kernel command line is too long: it has " + std::to_string(text.size())
                        + " characters, this kernel takes " + std::to_string(maxBytes));
    if (text.contains('\0'))
        return fail(ErrorCode::InvalidArgument, "The kernel command line contains a zero character");
    return {};
}

} // namespace

Result<BootEntry> loadKernel(const GuestMemory& memory, const KernelFile& kernel, const KernelFile* initrd,
                             const LinuxBootConfig& config)
{
    VM_TRY(checkDirectBoot(config.memory));
    const LoadedKernel loaded = VM_TRY(loadAny(memory, kernel, config));
    VM_TRY(checkCommandLine(config.commandLine, loaded.commandLineBytes));
    const auto map = directBootMemoryMap(config.memory);
    BootInfo info{.commandLine = config.commandLine,
                  .initrd = std::nullopt,
                  .initrdText = {},
                  .rsdpAddress = config.rsdpAddress,
                  .memoryMap = map,
                  .hasTextScreen = config.hasTextScreen};
    if (loaded.protocol == BootProtocol::Multiboot1)
        info.commandLine = multibootText(kernel, config.commandLine);
    VM_TRY(writeBiosData(memory, config.hasTextScreen));
    if (initrd != nullptr) {
        info.initrdText = multibootText(*initrd, {});
        info.initrd = VM_TRY(placeInitrd(*initrd, loaded, config.memory));
        VM_TRY(initrd->load(memory, GuestAddress(info.initrd->base), 0, info.initrd->length));
    }
    switch (loaded.protocol) {
    case BootProtocol::Pvh: return writePvhInfo(memory, loaded.entry, info);
    case BootProtocol::Multiboot1: return writeMultibootInfo(memory, loaded.entry, info);
    case BootProtocol::Linux64:
        return writeLinuxInfo(memory, loaded.entry, CpuMode::Long64, info, loaded.setupHeader);
    case BootProtocol::Linux32:
        return writeLinuxInfo(memory, loaded.entry, CpuMode::Protected32, info, loaded.setupHeader);
    }
    std::unreachable();
}

Result<BootEntry> loadLinux(const GuestMemory& memory, const LinuxBootConfig& config)
{
    const KernelFile kernel = VM_TRY(openKernel(config.kernelPath));
    if (!config.initrdPath)
        return loadKernel(memory, kernel, nullptr, config);
    const KernelFile initrd = VM_TRY(KernelFile::open(*config.initrdPath, "initial RAM disk"));
    return loadKernel(memory, kernel, &initrd, config);
}

} // namespace engine::firmware
