// SPDX-License-Identifier: GPL-3.0-or-later
#include "firmware/bz_image.h"

#include "base/checked.h"
#include "bus/bus_device.h"
#include "firmware/text.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace engine::firmware {

namespace {

// Offsets in the file and in boot_params alike (boot.rst, "The Real-Mode Kernel Header").
constexpr std::size_t SetupSectors = 0x1f1;      // setup_sects
constexpr std::size_t SystemParagraphs = 0x1f4;  // syssize, 16-byte units
constexpr std::size_t BootFlag = 0x1fe;          // boot_flag
constexpr std::size_t HeaderLength = 0x201;      // second byte of jump
constexpr std::size_t HeaderMagic = 0x202;       // header
constexpr std::size_t Version = 0x206;           // version
constexpr std::size_t LoadFlags = 0x211;         // loadflags
constexpr std::size_t ProtectedEntry = 0x214;    // code32_start
constexpr std::size_t InitrdAddressMax = 0x22c;  // initrd_addr_max, 2.03
constexpr std::size_t Relocatable = 0x234;       // relocatable_kernel, 2.05
constexpr std::size_t ExtendedLoadFlags = 0x236; // xloadflags, 2.12
constexpr std::size_t CommandLineSize = 0x238;   // cmdline_size, 2.06
constexpr std::size_t PreferredAddress = 0x258;  // pref_address, 2.10
constexpr std::size_t InitSize = 0x260;          // init_size, 2.10
constexpr std::size_t HeaderLimit = 0x290;       // the room for it in boot_params

constexpr std::uint64_t BootFlagValue = 0xaa55;
constexpr std::uint64_t HeaderMagicValue = 0x53726448; // "HdrS"
constexpr std::uint64_t LoadedHigh = 1U << 0;
constexpr std::uint64_t Kernel64 = 1U << 0;
constexpr std::uint64_t SectorBytes = 512;
constexpr std::uint64_t DefaultLoadAddress = 0x10'0000;

using Header = std::array<std::byte, HeaderLimit>;

std::uint64_t field(const Header& header, std::size_t offset, std::size_t width)
{
    return loadLittleEndian(std::span(header).subspan(offset, width));
}

/// The header, zero behind the file's end: small test kernels may be shorter than its largest form.
Result<Header> readHeader(const KernelFile& file)
{
    Header header{};
    const auto length = std::min<std::uint64_t>(header.size(), file.sizeBytes());
    VM_TRY(file.read(0, std::span(header).first(length)));
    return header;
}

Result<> checkVersion(const KernelFile& file, const Header& header)
{
    if (field(header, Version, 2) < 0x0204)
        return fail(ErrorCode::Unsupported,
                    file.subject()
                        + " is too old: it speaks a Linux boot protocol before 2.04 "
                          "(Linux 2.6.14). Start it from a disk or CD image instead.");
    if ((field(header, LoadFlags, 1) & LoadedHigh) == 0)
        return fail(ErrorCode::Unsupported, file.subject()
                                                + " is a zImage, which must be loaded below 640 KiB. "
                                                  "Start it from a disk or CD image instead.");
    // Boot programs wrapped as kernels (iPXE's .lkrn) start by BIOS calls in their setup code only.
    if (field(header, ProtectedEntry, 4) == 0)
        return fail(ErrorCode::Unsupported, file.subject()
                                                + " has no 32-bit entry: it only starts from its real-mode "
                                                  "setup code. Start it from a disk or CD image instead.");
    return {};
}

Result<> locateKernel(const KernelFile& file, const Header& header, BzImage& image)
{
    const std::uint64_t sectors = field(header, SetupSectors, 1);
    image.fileOffset = ((sectors == 0 ? 4 : sectors) + 1) * SectorBytes;
    const std::uint64_t expected = field(header, SystemParagraphs, 4) * 16;
    const std::uint64_t present =
        file.sizeBytes() > image.fileOffset ? file.sizeBytes() - image.fileOffset : 0;
    if (expected == 0)
        return fail(ErrorCode::Corrupt, file.subject() + " is damaged: its header says that it has no code");
    if (present + 15 < expected) // the last paragraph need not be filled
        return fail(ErrorCode::Corrupt,
                    file.subject() + " is truncated: it has " + std::to_string(file.sizeBytes())
                        + " bytes where its header promises " + std::to_string(image.fileOffset + expected));
    image.fileBytes = std::min(expected, present); // a signature may follow
    return {};
}

} // namespace

bool looksLikeBzImage(const KernelFile& file)
{
    const auto header = readHeader(file);
    return header && field(*header, BootFlag, 2) == BootFlagValue
           && field(*header, HeaderMagic, 4) == HeaderMagicValue;
}

Result<BzImage> parseBzImage(const KernelFile& file)
{
    const Header header = VM_TRY(readHeader(file));
    VM_TRY(checkVersion(file, header));
    BzImage image;
    image.version = static_cast<std::uint16_t>(field(header, Version, 2));
    VM_TRY(locateKernel(file, header, image));

    image.has64BitEntry = image.version >= 0x020c && (field(header, ExtendedLoadFlags, 2) & Kernel64) != 0;
    image.commandLineBytes = image.version >= 0x0206 ? field(header, CommandLineSize, 4) : 255;
    image.initrdLimit = field(header, InitrdAddressMax, 4) + 1;
    image.loadAddress = DefaultLoadAddress;
    image.memoryBytes = image.fileBytes;
    if (image.version >= 0x020a) {
        if (field(header, Relocatable, 1) != 0)
            image.loadAddress = field(header, PreferredAddress, 8);
        image.memoryBytes = std::max(image.fileBytes, field(header, InitSize, 4));
    }
    if (!checkedAdd(image.loadAddress, image.memoryBytes))
        return fail(ErrorCode::Corrupt,
                    file.subject() + " is damaged: it asks to be loaded at " + hexText(image.loadAddress));

    const std::size_t headerEnd = std::min<std::size_t>(
        HeaderMagic + static_cast<std::size_t>(field(header, HeaderLength, 1)), HeaderLimit);
    image.setupHeader.assign(header.begin() + SetupSectors,
                             header.begin() + static_cast<std::ptrdiff_t>(headerEnd));
    return image;
}

} // namespace engine::firmware
